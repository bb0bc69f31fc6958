//! Questions through their life, in order and out of it.

use super::*;
use loopscope_event::{CommandId, DecisionOption, SessionId};

fn key() -> Key {
    (ProjectId::default(), SessionId::new("s").unwrap())
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

fn asked(timeout: Option<f64>) -> DecisionFact {
    let option = |label: &str, recommended| DecisionOption {
        label: label.to_owned(),
        recommended,
        ..DecisionOption::default()
    };
    DecisionFact::Asked(Box::new(Question {
        id: Some("d".to_owned()),
        question: "go on?".to_owned(),
        options: vec![option("yes", false), option("no", true)],
        timeout_seconds: timeout,
        ..Question::default()
    }))
}

fn made(choice: &str) -> DecisionFact {
    DecisionFact::Made {
        id: Some("d".to_owned()),
        choice: RawJson::from_trusted(choice.to_owned()),
        by: None,
        reason: None,
    }
}

fn command(state: CommandState) -> CommandRecord {
    let text = r#"{"command_id":"c","session_id":"s","type":"DECISION","parameters":{"decision_id":"d","choice":0},
        "state":"queued","by":"ann","position":1,"created_at":"2026-01-05T10:00:00Z"}"#;
    let row: CommandRecord = serde_json::from_str(text).unwrap();
    assert_eq!(row.command_id, CommandId::new("c").unwrap());
    CommandRecord { state, ..row }
}

fn state(inbox: &Inbox) -> DecisionState {
    inbox.one(&key(), "d").unwrap().state
}

#[test]
fn a_question_goes_from_asked_to_answered_to_made() {
    let inbox = Inbox::default();
    inbox.fact(&key(), 3, "e", at(1), asked(Some(9.0)));
    assert_eq!(state(&inbox), DecisionState::Pending);
    let row = inbox.one(&key(), "d").unwrap();
    assert_eq!(
        row.default.unwrap().as_str(),
        r#""no""#,
        "the recommended one"
    );
    assert_eq!(inbox.due(at(9)), (vec![], Some(at(10))));
    assert_eq!(inbox.due(at(10)).0.len(), 1);
    inbox.command(&command(CommandState::Queued));
    assert_eq!(state(&inbox), DecisionState::Answered);
    let told = inbox.undecided(&key(), "d").unwrap_err();
    assert!(told.message.contains("`ann` decided 0"), "{told}");
    inbox.command(&command(CommandState::Cancelled));
    assert!(
        inbox.undecided(&key(), "d").is_ok(),
        "taken back, it waits again"
    );
    inbox.command(&command(CommandState::Delivered));
    inbox.command(&command(CommandState::Succeeded));
    assert_eq!(state(&inbox), DecisionState::Made);
    inbox.fact(&key(), 8, "e", at(2), made("0"));
    let row = inbox.one(&key(), "d").unwrap();
    assert_eq!(
        (row.state, row.by.as_deref()),
        (DecisionState::Made, Some("ann"))
    );
    assert_eq!(inbox.take_changed().len(), 1);
    assert_eq!(inbox.take_changed().len(), 0);
}

#[test]
fn events_count_by_their_place_in_whatever_order_they_come() {
    let facts = [
        (3, asked(None)),
        (5, made("1")),
        (7, asked(None)),
        (9, made("2")),
    ];
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 3, 0, 1]] {
        let inbox = Inbox::default();
        for place in order.into_iter().chain(order) {
            let (seq, fact) = facts[place].clone();
            inbox.fact(&key(), seq, "e", at(seq as i64), fact);
        }
        let row = inbox.one(&key(), "d").unwrap();
        assert_eq!(row.choice.unwrap().as_str(), "2", "{order:?}");
        assert_eq!((row.state, row.asked_at), (DecisionState::Made, at(7)));
    }
    let inbox = Inbox::default();
    for (seq, fact) in facts.into_iter().take(3) {
        inbox.fact(&key(), seq, "e", at(1), fact);
    }
    assert_eq!(
        state(&inbox),
        DecisionState::Pending,
        "asked again after its answer"
    );
}

#[test]
fn the_end_of_a_session_drops_what_waits_and_unknown_ones_are_told_apart() {
    let inbox = Inbox::default();
    inbox.fact(&key(), 1, "e", at(1), asked(None));
    assert_eq!(inbox.pending(None), 1);
    inbox.session_ended(&key());
    assert_eq!(
        (state(&inbox), inbox.pending(None)),
        (DecisionState::Dropped, 0)
    );
    let unknown = inbox.undecided(&key(), "x").unwrap_err();
    assert_eq!(unknown.code, ErrorCode::InvalidField);
}
