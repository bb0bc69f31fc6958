//! Runs told apart by `TRAINING_STARTED` alone, and frames without what stands beside `data`; until the dialect has both.

use loopscope_event::{Event, NewEvent, SessionId, Timestamp};
use serde_json::json;

/// The runs of one source.
pub(crate) struct Runs {
    source: String,
    current: Option<SessionId>,
}

impl Runs {
    pub(crate) fn new(source: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            current: None,
        }
    }

    pub(crate) fn seed(&mut self, _: Option<&str>, session: SessionId) {
        self.current = Some(session);
    }

    /// Gives an event its session; answers the run that it closes.
    pub(crate) fn place(&mut self, event: &mut NewEvent) -> Option<SessionId> {
        let begins = event.name == "TRAINING_STARTED";
        let closed = if begins { self.current.take() } else { None };
        if self.current.is_none() {
            let episode = event.data.value()["episode_id"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            let name = if episode.is_empty() {
                self.name(event.timestamp)
            } else {
                episode
            };
            self.current = SessionId::new(name).ok();
        }
        if let Some(session) = &self.current {
            event.session_id = session.clone();
        }
        closed.filter(|closed| *closed != event.session_id)
    }

    fn name(&self, at: Timestamp) -> String {
        format!("{}-{}", self.source, at.as_micros())
    }
}

/// The contract's frame.
pub(crate) fn frame(event: &Event) -> String {
    json!({
        "event_id": event.event_id,
        "event_type": event.name,
        "timestamp": event.timestamp,
        "data": event.data,
    })
    .to_string()
}
