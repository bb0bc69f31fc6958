//! Names, and the shapes in which their events come.

use loopscope_dialects::orchestrator::as_sent;
use loopscope_dialects::{decode, detect, facts, orchestrator};
use loopscope_event::{Dialect, Kind, Offset, RawJson, Seq};

use crate::{context, event, read};

/// A stored payload without what was noted at its end.
fn without_notes(data: &RawJson) -> String {
    let text = data.as_str();
    let Some(at) = text.find("\"_envelope\":") else {
        return text.to_owned();
    };
    let head = &text[..at];
    format!("{}}}", head.strip_suffix(',').unwrap_or(head))
}

#[test]
fn every_name_has_its_kind() {
    let table = [
        ("skill:pending", Kind::StepProgress),
        ("skill:queued", Kind::StepProgress),
        ("skill:injected", Kind::Command),
        ("skill:started", Kind::StepStarted),
        ("skill:progress", Kind::StepProgress),
        ("skill:completed", Kind::StepCompleted),
        ("skill:failed", Kind::StepFailed),
        ("skill:skipped", Kind::StepCompleted),
        ("wave:started", Kind::StepStarted),
        ("wave:completed", Kind::StepCompleted),
        ("wave:failed", Kind::StepFailed),
        ("file:created", Kind::FileChange),
        ("file:modified", Kind::FileChange),
        ("file:changed", Kind::FileChange),
        ("file:deleted", Kind::FileChange),
        ("file:moved", Kind::FileChange),
        ("file:approved", Kind::FileChange),
        ("file:reverted", Kind::FileChange),
        ("decision:point", Kind::Decision),
        ("decision:required", Kind::Decision),
        ("decision:made", Kind::Decision),
        ("validation:started", Kind::Validation),
        ("validation:output", Kind::Log),
        ("validation:completed", Kind::Validation),
        ("validation:result", Kind::Validation),
        ("validation:failed", Kind::Validation),
        ("agent:spawned", Kind::Agent),
        ("agent:started", Kind::Agent),
        ("agent:progress", Kind::Agent),
        ("agent:idle", Kind::Agent),
        ("agent:completed", Kind::Agent),
        ("agent:failed", Kind::Agent),
        ("checkpoint:created", Kind::Checkpoint),
        ("checkpoint:restored", Kind::Checkpoint),
        ("execution:started", Kind::SessionStarted),
        ("execution:progress", Kind::StepProgress),
        ("execution:halted", Kind::StateChanged),
        ("execution:paused", Kind::StateChanged),
        ("execution:resumed", Kind::StateChanged),
        ("execution:completed", Kind::SessionEnded),
        ("execution:failed", Kind::SessionEnded),
        ("execution:rollback", Kind::Command),
        ("execution:redirect", Kind::Command),
        ("execution:rollback_started", Kind::Checkpoint),
        ("execution:rollback_completed", Kind::Checkpoint),
        ("execution:rollback_failed", Kind::Checkpoint),
        ("error:occurred", Kind::Error),
        ("error:recovered", Kind::Log),
        ("session:created", Kind::SessionStarted),
        ("producer:disconnected", Kind::SourceLost),
        ("command:result", Kind::Command),
        ("server:shutdown", Kind::Log),
    ];
    assert_eq!(orchestrator::NAMES, table);
    for (name, kind) in table {
        for spelled in [
            name.to_owned(),
            name.replace(':', "_"),
            name.replace([':', '_'], "."),
            name.to_uppercase(),
        ] {
            assert_eq!(event(&spelled, "{}").kind, kind, "{spelled}");
            assert_eq!(event(&spelled, "{}").name, spelled);
        }
        assert_eq!(detect(name, true, false), Dialect::Orchestrator);
    }
    let unknown = event("skill:dreamt", r#"{"of":"sheep"}"#);
    assert_eq!(unknown.kind, Kind::Generic);
    assert_eq!(without_notes(&unknown.data), r#"{"of":"sheep"}"#);
    assert!(facts(&unknown).is_empty());
}

#[test]
fn names_of_other_dialects_are_left_to_them() {
    for (name, expected) in [
        ("skill_started", Dialect::Orchestrator),
        ("execution_progress", Dialect::Orchestrator),
        ("file_changed", Dialect::Orchestrator),
        ("skill.started", Dialect::Orchestrator),
        ("brain:melted", Dialect::Orchestrator),
        ("agent_started", Dialect::Generic),
        ("agent_registered", Dialect::Agents),
        ("decision_made", Dialect::Generic),
        ("EXECUTION_STARTED", Dialect::Generic),
        ("STEP_COMPLETE", Dialect::Convergence),
        ("ratio 3:4", Dialect::Generic),
        (":", Dialect::Generic),
    ] {
        assert_eq!(detect(name, true, false), expected, "{name}");
    }
}

#[test]
fn an_event_is_read_in_every_shape() {
    for (text, data) in [
        (
            r#"{"event_type":"skill:started","session_id":"s","timestamp":"2026-01-05T12:00:00","data":{"skill_name":"a"}}"#,
            r#"{"skill_name":"a"}"#,
        ),
        (
            r#"{"event_type":"skill:started","session_id":"s","data":{"skill_name":"a","timestamp":"2026-01-05T10:00:00Z"}}"#,
            r#"{"skill_name":"a","timestamp":"2026-01-05T10:00:00Z"}"#,
        ),
        (
            r#"{"event_type":"skill:started","data":{"session_id":"s","timestamp":1767607200000}}"#,
            r#"{"session_id":"s","timestamp":1767607200000}"#,
        ),
        (
            r#"{"event_type":"execution:halted","session_id":"s","timestamp":"2026-01-05T12:00:00.000000","reason":"r","initiated_by":"sid"}"#,
            r#"{"timestamp":"2026-01-05T12:00:00.000000","reason":"r","initiated_by":"sid"}"#,
        ),
        (
            r#"{"event_type":"execution:halted","session_id":"s","timestamp":1767607200,"reason":"r","initiated_by":"sid","data":{"reason":"r", "x":NaN}}"#,
            r#"{"reason":"r", "x":null,"initiated_by":"sid"}"#,
        ),
        (
            r#"{"event_type":"execution:halted","session_id":"s","timestamp":1767607200,"reason":"r","data":{ }}"#,
            r#"{ "reason":"r"}"#,
        ),
        (
            r#"{"event_type":"validation:output","session_id":"s","timestamp":1767607200,"type":"stderr","name":"n","state":"x","line":""}"#,
            r#"{"timestamp":1767607200,"type":"stderr","name":"n","state":"x","line":""}"#,
        ),
    ] {
        let (event, odd) = read(text);
        assert_eq!(without_notes(&event.data), data, "{text}");
        assert_eq!(odd, [], "{text}");
        assert_eq!(event.session_id.as_str(), "s");
        assert_eq!(event.timestamp.to_string(), "2026-01-05T10:00:00.000000Z");
    }
}

#[test]
fn what_is_odd_is_taken_with_a_word_and_nothing_is_lost() {
    for (text, data, field) in [
        (
            r#"{"event_type":"a","session_id":"s","timestamp":1767607200,"data":[1]}"#,
            r#"{"value":[1]}"#,
            Some("data"),
        ),
        (
            r#"{"event_type":"a","session_id":"s","timestamp":1767607200,"data":"x"}"#,
            r#"{"value":"x"}"#,
            Some("data"),
        ),
        (
            r#"{"event_type":"a","session_id":"s","timestamp":1767607200,"data":null}"#,
            r#"{"timestamp":1767607200}"#,
            None,
        ),
        (
            r#"{"event_type":"a","session_id":7,"timestamp":1767607200,"data":{}}"#,
            "{}",
            None,
        ),
        (
            r#"{"event_type":"a","session_id":null,"timestamp":1767607200,"data":{}}"#,
            "{}",
            Some("session_id"),
        ),
        (
            r#"{"event_type":"a","session_id":"s","timestamp":"soon","data":{}}"#,
            "{}",
            Some("timestamp"),
        ),
        (
            r#"{"event_type":"a","session_id":"s","timestamp":[],"data":{}}"#,
            "{}",
            Some("timestamp"),
        ),
        (
            r#"{"event_type":"a","session_id":"s","data":{}}"#,
            "{}",
            Some("timestamp"),
        ),
        (
            r#"{"event_type":"a","event_id":[],"session_id":"s","timestamp":1767607200,"data":{}}"#,
            "{}",
            Some("event_id"),
        ),
        (
            r#"{"event_type":"a","session_id":"s","timestamp":1767607200,"iteration":[],"severity":7,"state":{},"data":{}}"#,
            "{}",
            None,
        ),
    ] {
        let (event, odd) = read(text);
        assert_eq!(without_notes(&event.data), data, "{text}");
        assert_eq!(odd.first().map(|odd| odd.field), field, "{text}");
    }
}

/// What dashboards are told of an event as its producer sent it: its time, its payload.
#[track_caller]
fn relayed(text: &str, timestamp: &str, data: &str) {
    let event = read(text).0.placed(Offset(1), Seq(1));
    assert!(RawJson::parse(event.data.as_str()).is_ok(), "{text}");
    let told = as_sent(&event);
    assert_eq!((&*told.timestamp, &*told.data), (timestamp, data), "{text}");
}

#[test]
fn a_time_is_told_as_it_was_spelled_and_a_missing_one_is_that_of_receipt() {
    const RECEIVED: &str = r#""2026-01-05T10:00:00.000000Z""#;
    for spelled in [
        r#""2026-01-05T10:00:00Z""#,
        r#""2025-11-16T10:30:00.123456""#,
        r#""2025-11-16T10:30:00+02:00""#,
        r#""2025-11-16 10:30:00.1""#,
        r#""garbage""#,
        "1700000000000",
        "1700000000.25",
    ] {
        let text = format!(
            r#"{{"event_type":"a","session_id":"s","timestamp":{spelled},"data":{{"x" : 1.50}}}}"#
        );
        relayed(&text, spelled, r#"{"x" : 1.50}"#);
        let text = format!(r#"{{"event_type":"a","session_id":"s","timestamp":{spelled}}}"#);
        relayed(&text, spelled, "{}");
    }
    let given = r#"{"event_type":"a","session_id":"s","timestamp":"2020-01-05T10:00:00.000000Z","data":{}}"#;
    assert_eq!(read(given).0.data.as_str(), "{}", "nothing is kept twice");
    for text in [
        r#"{"event_type":"a","session_id":"s"}"#,
        r#"{"event_type":"a","session_id":"s","timestamp":null,"data":null}"#,
        r#"{"event_type":"a","session_id":"s","timestamp":[]}"#,
    ] {
        relayed(text, RECEIVED, "{}");
    }
    let inner = r#"{"event_type":"a","session_id":"s","data":{"timestamp":"2020-01-05T10:00:00"}}"#;
    relayed(inner, RECEIVED, r#"{"timestamp":"2020-01-05T10:00:00"}"#);
    assert!(
        read(inner)
            .0
            .timestamp
            .to_string()
            .starts_with("2020-01-05T08")
    );
}

#[test]
fn a_payload_is_told_as_it_was_sent_whatever_it_is() {
    const T: &str = r#""2020-01-05T10:00:00""#;
    for data in [
        "{}",
        "[1,2]",
        "\"text\"",
        "7",
        "1e2",
        "false",
        r#"{ "b":1.0,"a":"ü\u00fc","big":12345678901234567890123 }"#,
        r#"{"session_id":"z","timestamp":"t","beside":1,"value":3}"#,
        r#"{"k":1,"_envelope":{"flat":true}}"#,
    ] {
        let text =
            format!(r#"{{"event_type":"a","session_id":"s","timestamp":{T},"data":{data}}}"#);
        relayed(&text, T, data);
        let beside = format!(
            r#"{{"event_type":"a","extra":{{"k":[1]}},"session_id":"s","timestamp":{T},"more \" \n":"x","data":{data}}}"#
        );
        relayed(&beside, T, data);
    }
    let text = format!(
        r#"{{"event_type":"skill:completed","session_id":"s","timestamp":{T},"duration":3,"data":{{"skill_name":"a","n":NaN}}}}"#
    );
    relayed(&text, T, r#"{"skill_name":"a","n":null}"#);
    let stored = read(&text).0.data.value();
    assert_eq!(stored["duration"], 3, "it counts, and is not told");
    let flat = format!(
        r#"{{"event_type":"skill:started","session_id":"s","timestamp":{T},"skill_name":"a"}}"#
    );
    relayed(&flat, T, "{}");
    assert_eq!(read(&flat).0.data.value()["skill_name"], "a");
}

#[test]
fn an_event_that_was_exported_is_told_as_before() {
    for text in [
        r#"{"event_type":"a","session_id":"s","timestamp":"2020-01-05T10:00:00","extra":1,"data":{"k":1}}"#,
        r#"{"event_type":"a","session_id":"s","timestamp":1578218400,"data":[1]}"#,
        r#"{"event_type":"a","session_id":"s","timestamp":"2020-01-05T10:00:00","k":1}"#,
    ] {
        let event = read(text).0.placed(Offset(1), Seq(1));
        let exported = serde_json::to_string(&event).unwrap();
        let again = read(&exported).0.placed(Offset(1), Seq(1));
        assert_eq!(as_sent(&again), as_sent(&event), "{exported}");
    }
}

#[test]
fn a_producer_that_says_that_it_goes_is_gone() {
    for (data, why) in [("{}", "disconnected"), (r#"{"reason":"closed"}"#, "closed")] {
        let left = event("producer:disconnected", data);
        let said = facts(&left);
        assert_eq!(
            said,
            [loopscope_event::Fact::SourceLost(Some(why.to_owned()))]
        );
    }
}

#[test]
fn what_is_no_name_is_refused() {
    let long = format!(r#"{{"event_type":"{}"}}"#, "x".repeat(300));
    for text in [
        r#"{"session_id":"s"}"#,
        r#"{"event_type":null,"session_id":"s"}"#,
        r#"{"event_type":"","session_id":"s"}"#,
        r#"{"event_type":7,"session_id":"s"}"#,
        r#"{"event_type":"connect","session_id":"s"}"#,
        r#"{"event_type":"disconnect","session_id":"s"}"#,
        r#"{"event_type":"a\nb","session_id":"s"}"#,
        &long,
    ] {
        let decoded = decode(text.as_bytes(), &context()).unwrap();
        let refused = decoded.items[0].as_ref().unwrap_err();
        assert_eq!(refused.field, Some("event_type"), "{text}");
    }
}
