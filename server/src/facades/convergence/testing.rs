//! What the tests of this facade share.

use loopscope_board::Board;
use loopscope_event::{
    Dialect, Event, EventId, Kind, Offset, ProjectId, RawJson, Seq, SessionId, Timestamp,
};

/// An event with a name and a payload; the rest is fixed.
pub(crate) fn event(name: &str, data: &str) -> Event {
    Event {
        offset: Offset(1),
        seq: Seq(1),
        event_id: EventId::new("e-1").unwrap(),
        project: ProjectId::default(),
        session_id: SessionId::new("s-1").unwrap(),
        timestamp: Timestamp::from_micros(1_767_607_200_000_000),
        received_at: Timestamp::from_micros(1_767_607_200_000_000),
        name: name.to_owned(),
        kind: Kind::Generic,
        dialect: Dialect::Convergence,
        iteration: 2,
        state: None,
        severity: None,
        data: RawJson::from_trusted(data),
    }
}

/// The board of a session that consists of these events, in iteration 2.
pub(crate) fn board_of(events: &[(&str, &str)]) -> Board {
    let mut board = Board::new(ProjectId::default(), SessionId::new("s-1").unwrap());
    for (index, (name, data)) in events.iter().enumerate() {
        let mut event = event(name, data);
        event.seq = Seq(index as u64 + 1);
        event.offset = Offset(index as u64 + 1);
        event.kind = loopscope_dialects::convergence::kind(name);
        board.apply(&event);
    }
    board
}
