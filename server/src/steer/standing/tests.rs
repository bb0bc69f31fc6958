//! Words to a session and of its program, in order and out of it.

use loopscope_dialects::loopscope::{self, CommandEvent};
use loopscope_event::{EventId, NewEvent, Offset, ProjectId, RawJson, SessionId, Timestamp};

use super::*;

fn key() -> Key {
    (ProjectId::default(), SessionId::new("s").unwrap())
}

fn placed(seq: u64, new: NewEvent) -> Event {
    Event {
        offset: Offset(seq),
        seq: Seq(seq),
        event_id: new.event_id,
        project: new.project,
        session_id: new.session_id,
        timestamp: new.timestamp,
        received_at: new.received_at,
        name: new.name,
        kind: new.kind,
        dialect: new.dialect,
        iteration: 0,
        state: None,
        severity: None,
        data: new.data,
    }
}

fn command(seq: u64, step: CommandStep, id: &str, kind: &str) -> Event {
    let at = Timestamp::default();
    let parameters = RawJson::empty_object();
    let event = CommandEvent::new(step, id, kind, &parameters, "ann", at);
    let (project, session) = key();
    placed(seq, loopscope::command_step(project, session, at, &event))
}

fn said(seq: u64, name: &str) -> Event {
    let (project, session_id) = key();
    let at = Timestamp::default();
    placed(
        seq,
        NewEvent {
            event_id: EventId::mint(at),
            project,
            session_id,
            timestamp: at,
            received_at: at,
            name: name.to_owned(),
            kind: loopscope_dialects::orchestrator::kind(name),
            dialect: Dialect::Orchestrator,
            iteration: 0,
            state: None,
            severity: None,
            data: RawJson::empty_object(),
        },
    )
}

fn asked(seq: u64, kind: &str) -> Event {
    command(seq, CommandStep::Queued, &format!("c{seq}"), kind)
}

/// What is known after these events.
fn after(events: &[Event]) -> Option<bool> {
    let standing = Standing::default();
    for event in events {
        standing.take(event);
    }
    standing.told(&key())
}

#[test]
fn the_newest_word_of_people_counts_until_the_program_says_how_it_stands() {
    assert_eq!(after(&[]), None);
    assert_eq!(after(&[asked(1, "halt")]), Some(true));
    assert_eq!(after(&[asked(1, "HALT"), asked(2, "resume")]), Some(false));
    assert_eq!(after(&[asked(1, "HALT"), asked(2, "INJECT")]), Some(true));
    for name in [
        "execution:halted",
        "execution_resumed",
        "execution:started",
        "execution:completed",
    ] {
        assert_eq!(after(&[asked(1, "HALT"), said(2, name)]), None, "{name}");
        let again = [asked(1, "HALT"), said(2, name), asked(3, "RESUME")];
        assert_eq!(after(&again), Some(false), "{name}");
    }
    for name in ["skill:started", "execution:progress", "session:created"] {
        let events = [asked(1, "HALT"), said(2, name)];
        assert_eq!(after(&events), Some(true), "{name}");
    }
}

#[test]
fn what_came_to_nothing_says_nothing() {
    for step in [
        CommandStep::Failed,
        CommandStep::Expired,
        CommandStep::Cancelled,
    ] {
        let halt = asked(1, "HALT");
        assert_eq!(after(&[halt.clone(), command(2, step, "c1", "HALT")]), None);
        let resume = asked(2, "RESUME");
        let void = command(3, step, "c2", "RESUME");
        assert_eq!(after(&[halt, resume, void]), Some(true), "{step}");
    }
    let done = command(2, CommandStep::Succeeded, "c1", "HALT");
    assert_eq!(after(&[asked(1, "HALT"), done]), Some(true));
}

#[test]
fn each_counts_by_its_place_and_once() {
    assert_eq!(
        after(&[said(5, "execution:resumed"), asked(3, "HALT")]),
        None
    );
    let twice = [
        asked(1, "HALT"),
        said(2, "execution:halted"),
        asked(1, "HALT"),
    ];
    assert_eq!(after(&twice), None);
}

#[test]
fn any_order_of_the_same_events_says_the_same() {
    let resumed_by_itself = [
        asked(1, "HALT"),
        said(2, "execution:halted"),
        said(3, "execution:resumed"),
        asked(4, "RESUME"),
        command(5, CommandStep::Cancelled, "c4", "RESUME"),
    ];
    let halted_again = [
        asked(1, "HALT"),
        said(2, "execution:resumed"),
        asked(3, "HALT"),
        asked(4, "RESUME"),
        command(5, CommandStep::Expired, "c4", "RESUME"),
    ];
    for (events, expected) in [(resumed_by_itself, None), (halted_again, Some(true))] {
        for order in orders(5) {
            let events: Vec<Event> = order.iter().map(|place| events[*place].clone()).collect();
            assert_eq!(after(&events), expected, "{order:?}");
        }
    }
}

/// All orders of so many places.
fn orders(count: usize) -> Vec<Vec<usize>> {
    let Some(last) = count.checked_sub(1) else {
        return vec![Vec::new()];
    };
    let mut all = Vec::new();
    for order in orders(last) {
        for place in 0..count {
            let mut order = order.clone();
            order.insert(place, last);
            all.push(order);
        }
    }
    all
}

#[test]
fn it_keeps_a_bounded_number_of_sessions_and_words() {
    let standing = Standing::default();
    for n in 0..=MOST {
        let session_id = SessionId::new(n.to_string()).unwrap();
        let event = said(1, "execution:started");
        standing.take(&Event {
            session_id,
            ..event
        });
    }
    standing.take(&asked(1, "HALT"));
    assert!(standing.lock().len() <= MOST);
    assert_eq!(standing.told(&key()), Some(true));
    for seq in 2..100 {
        standing.take(&asked(seq, "HALT"));
    }
    assert_eq!(standing.lock()[&key()].told.len(), MOST_WORDS);
    standing.forget(&key());
    assert_eq!(standing.told(&key()), None);
}
