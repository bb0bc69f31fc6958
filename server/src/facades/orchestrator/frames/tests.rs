//! Tests of [`frames`](super). In: events as the journal has them. Out: names and payloads, compared.

use loopscope_dialects::loopscope::{self, CommandEvent};
use loopscope_event::{EventId, Kind, NewEvent, Offset, ProjectId, Seq, SessionId, Timestamp};

use super::*;

fn at() -> Timestamp {
    Timestamp::parse_utc("2026-01-05T10:00:00.250000Z").unwrap()
}

fn event(seq: u64, name: &str, data: &str) -> Event {
    Event {
        offset: Offset(seq),
        seq: Seq(seq),
        event_id: EventId::new("e-1").unwrap(),
        project: ProjectId::default(),
        session_id: SessionId::new("s\"1").unwrap(),
        timestamp: at(),
        received_at: at(),
        name: name.to_owned(),
        kind: Kind::Generic,
        dialect: Dialect::Orchestrator,
        iteration: 0,
        state: None,
        severity: None,
        data: RawJson::from_trusted(data),
    }
}

fn told(event: &Event) -> Vec<(String, Value)> {
    of_event(event)
        .into_iter()
        .map(|emit| (emit.name.to_string(), emit.payload.value()))
        .collect()
}

fn queued(kind: &str, parameters: &str, key: Option<&str>) -> Event {
    let parameters = RawJson::from_trusted(parameters);
    let command = CommandEvent {
        idempotency_key: key,
        ..CommandEvent::new(CommandStep::Queued, "c-1", kind, &parameters, "local", at())
    };
    let NewEvent {
        name,
        data,
        dialect,
        ..
    } = loopscope::command_step(
        ProjectId::default(),
        SessionId::new("s").unwrap(),
        at(),
        &command,
    );
    Event {
        dialect,
        ..event(7, &name, data.as_str())
    }
}

#[test]
fn a_programs_event_is_wrapped_and_its_payload_untouched() {
    let told = told(&event(
        2,
        "skill:started",
        r#"{"skill_name":"lint","x":1.50}"#,
    ));
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, "skill:started");
    let expected = json!({
        "timestamp": "2026-01-05T10:00:00.250000Z",
        "data": {"skill_name": "lint", "x": 1.5},
        "session_id": "s\"1",
    });
    assert_eq!(told[0].1, expected);
    let text = wrapped(&event(2, "x", r#"{"x":1.50}"#));
    assert!(text.contains(r#""data":{"x":1.50}"#), "{text}");
}

#[test]
fn a_time_is_told_as_its_producer_spelled_it() {
    for (kept, expected) in [
        (r#""2026-01-05T10:00:00""#, json!("2026-01-05T10:00:00")),
        ("1767607200000", json!(1_767_607_200_000_u64)),
    ] {
        let data = format!(r#"{{"x":1,"_envelope":{{"timestamp":{kept}}}}}"#);
        let told = told(&event(2, "x", &data));
        assert_eq!(told[0].1["timestamp"], expected);
        assert_eq!(told[0].1["data"], json!({"x": 1}));
    }
}

#[test]
fn the_first_event_of_a_session_tells_of_the_session() {
    let names = |seq, name: &str| -> Vec<String> {
        told(&event(seq, name, "{}"))
            .into_iter()
            .map(|(name, _)| name)
            .collect()
    };
    assert_eq!(
        names(1, "execution:started"),
        ["session:created", "execution:started"]
    );
    assert_eq!(names(1, "session:created"), ["session:created"]);
    assert_eq!(names(2, "session:created"), ["session:created"]);
}

#[test]
fn what_exists_flat_and_wrapped_is_sent_as_both() {
    let told = told(&event(
        3,
        "execution:halted",
        r#"{"reason":"asked","data":1}"#,
    ));
    assert_eq!(told[0].1["reason"], "asked");
    assert_eq!(told[0].1["data"], json!({"reason": "asked", "data": 1}));
}

#[test]
fn commands_become_the_contracts_broadcasts() {
    for (kind, parameters, expected) in [
        (
            "HALT",
            r#"{"reason":"why"}"#,
            &["execution:halted", "execution_paused"][..],
        ),
        ("resume", "{}", &["execution:resumed", "execution_resumed"]),
        ("ROLLBACK", r#"{"steps":2}"#, &["execution:rollback"]),
        (
            "REDIRECT",
            r#"{"target_skill":"x"}"#,
            &["execution:redirect"],
        ),
        (
            "DECISION",
            r#"{"decision_id":"d","choice":0}"#,
            &["decision:made"],
        ),
        (
            "INJECT",
            r#"{"skill_name":"x","position":"end"}"#,
            &["skill:injected"],
        ),
        (
            "approve_file_change",
            r#"{"file_path":"a"}"#,
            &["file_approved"],
        ),
        (
            "revert_file_change",
            r#"{"file_path":"a"}"#,
            &["file_reverted"],
        ),
        ("step_over", "{}", &[]),
    ] {
        let told = told(&queued(kind, parameters, None));
        let names: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, expected, "{kind}");
        for (_, payload) in &told {
            assert_eq!(
                payload["timestamp"], "2026-01-05T10:00:00.250000Z",
                "{kind}"
            );
        }
    }
    let told = told(&queued(
        "DECISION",
        r#"{"decision_id":"d","choice":0}"#,
        None,
    ));
    assert_eq!(told[0].1["choice"], 0);
    assert_eq!(told[0].1["data"]["choice"], 0);
    assert_eq!(told[0].1["made_by"], "local");
}

#[test]
fn a_command_of_a_socket_names_the_socket() {
    let told = told(&queued(
        "HALT",
        r#"{"reason":"why"}"#,
        Some("socket.io:AbC:12"),
    ));
    assert_eq!(told[0].1["initiated_by"], "AbC");
    assert_eq!(told[0].1["data"]["reason"], "why");
}

#[test]
fn a_command_of_all_is_not_told_again_by_each_session() {
    let mut event = queued("HALT", r#"{"reason":"why"}"#, None);
    let stored = event.data.as_str().replacen('{', r#"{"to_all":true,"#, 1);
    event.data = RawJson::from_trusted(stored);
    assert!(of_event(&event).is_empty());
    let told = of_order(&Order {
        kind: "halt",
        parameters: json!({"reason": "why"}),
        reason: None,
        by: Some("AbC".to_owned()),
        session: None,
        at: at(),
        command_id: None,
    });
    let names: Vec<&str> = told.iter().map(|emit| &*emit.name).collect();
    assert_eq!(names, ["execution:halted", "execution_paused"]);
    let halted = told[0].payload.value();
    assert_eq!(halted["session_id"], Value::Null);
    assert_eq!(halted["initiated_by"], "AbC");
    assert_eq!(halted["reason"], "why");
}
