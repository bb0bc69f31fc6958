//! Alerts on the board: what fires, what did, within its bound.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails with the test")]

use loopscope_board::{Board, Tone, limits};
use loopscope_dialects::loopscope::{AlertEvent, alert};
use loopscope_event::{AlertPhase, Offset, ProjectId, Seq, SessionId, Severity};

use crate::support::{empty, events, start};

/// Tells a board of an alert, as its next event.
fn tell(board: &mut Board, id: &str, phase: AlertPhase, count: u64) {
    let seq = board.seq().0 + 1;
    let event = AlertEvent {
        phase,
        alert_id: id,
        rule_id: "r",
        rule: "Loss too high",
        severity: Severity::High,
        summary: "loss is 3.5, above 2",
        value: Some(3.5),
        at: start(),
        fired_at: None,
        reason: (phase == AlertPhase::Resolved).then_some("quiet"),
        count,
        cause_seq: None,
        muted: false,
    };
    let (project, session) = (ProjectId::default(), SessionId::new("s").unwrap());
    let event = alert(project, session, start(), &event);
    board.apply(&event.placed(Offset(seq * 10), Seq(seq)));
}

#[test]
fn an_alert_fires_once_and_resolves_and_does_not_move_the_run() {
    let mut board = empty();
    for event in events("0 0 SESSION_STARTED {}\n1 1 STEP_STARTED {\"step\":\"fix\"}") {
        board.apply(&event);
    }
    let before = board.header().clone();
    tell(&mut board, "a1", AlertPhase::Firing, 1);
    tell(&mut board, "a1", AlertPhase::Firing, 1);
    assert_eq!(board.alerts().rows().len(), 1);
    assert_eq!(board.alerts().firing().count(), 1);
    let line = board.lines().back().unwrap();
    assert_eq!(
        (line.sentence.as_str(), line.tone, line.figures.as_str()),
        (
            "Alert: Loss too high: loss is 3.5, above 2",
            Tone::Bad,
            "high"
        )
    );
    tell(&mut board, "a1", AlertPhase::Resolved, 4);
    assert_eq!(board.alerts().firing().count(), 0);
    let row = board.alerts().rows().back().unwrap();
    assert_eq!((row.count, row.reason.as_deref()), (4, Some("quiet")));
    let line = board.lines().back().unwrap();
    assert_eq!(
        (line.sentence.as_str(), line.tone, line.figures.as_str()),
        (
            "Alert resolved: Loss too high: not seen again",
            Tone::Good,
            "4 times"
        )
    );
    assert_eq!(*board.header(), before);
    assert_eq!(board.machine().state(), "FIXING");
}

#[test]
fn what_fires_stays_when_there_are_too_many() {
    let mut board = empty();
    tell(&mut board, "first", AlertPhase::Firing, 1);
    for number in 0..limits::MAX_ALERTS + 10 {
        let id = number.to_string();
        tell(&mut board, &id, AlertPhase::Firing, 1);
        tell(&mut board, &id, AlertPhase::Resolved, 1);
    }
    let alerts = board.alerts();
    assert_eq!(alerts.rows().len(), limits::MAX_ALERTS);
    assert_eq!(alerts.left_out(), 11);
    assert_eq!(alerts.rows().front().unwrap().alert_id, "first");
}
