//! What this crate's unit tests share.

use std::sync::Arc;

use loopscope_event::{
    Dialect, Event, EventId, Kind, Offset, ProjectId, RawJson, Seq, SessionId, Timestamp,
};

/// An event that says nothing, at a place.
pub(crate) fn event(offset: u64, session: &str, seq: u64) -> Arc<Event> {
    Arc::new(Event {
        offset: Offset(offset),
        seq: Seq(seq),
        event_id: EventId::new(format!("e{offset}")).unwrap(),
        project: ProjectId::default(),
        session_id: SessionId::new(session).unwrap(),
        timestamp: Timestamp::from_micros(offset as i64 * 1_000),
        received_at: Timestamp::from_micros(offset as i64 * 1_000),
        name: "METRICS".to_owned(),
        kind: Kind::Metric,
        dialect: Dialect::Convergence,
        iteration: 1,
        state: None,
        severity: None,
        data: RawJson::empty_object(),
    })
}
