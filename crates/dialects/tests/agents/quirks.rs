//! What the contract says must be accepted.

use loopscope_dialects::{agents, decode, facts};
use loopscope_event::{AgentState, Dialect, Fact, Severity};

use crate::{context, event, placed, read, said};

#[test]
fn times_without_an_offset_are_utc_whatever_the_zone_of_the_server() {
    for (name, sent, time) in [
        (
            "agent_execution_started",
            "2026-01-05T10:00:00.123456",
            "2026-01-05T10:00:00.123456Z",
        ),
        (
            "agent_execution_started",
            "2026-01-05T10:00:00",
            "2026-01-05T10:00:00.000000Z",
        ),
        (
            "agent_execution_started",
            "2026-01-05T10:00:00.123Z",
            "2026-01-05T10:00:00.123000Z",
        ),
        (
            "agent_execution_started",
            "2026-01-05T10:00:00+02:00",
            "2026-01-05T08:00:00.000000Z",
        ),
        // The sibling writes its host's local time.
        (
            "workflow_started",
            "2026-01-05T10:00:00",
            "2026-01-05T08:00:00.000000Z",
        ),
    ] {
        let event = placed(&format!(
            r#"{{"event_type":"{name}","timestamp":"{sent}"}}"#
        ));
        assert_eq!(event.timestamp.to_string(), time, "{name} {sent}");
        let frame: serde_json::Value = serde_json::from_str(&agents::frame(&event)).unwrap();
        assert_eq!(frame["timestamp"], sent, "relayed as it was sent");
    }
    let numbered = placed(r#"{"event_type":"x","timestamp":1767607200.5}"#);
    assert_eq!(
        numbered.timestamp.to_string(),
        "2026-01-05T10:00:00.500000Z"
    );
}

#[test]
fn nothing_but_a_name_is_required() {
    let (bare, warnings) = read(r#"{"event_type":"agent_execution_completed"}"#);
    assert_eq!(bare.data.as_str(), "{}");
    assert_eq!(bare.timestamp, context().received_at);
    assert_eq!(warnings.len(), 1, "{warnings:?}");
    let event = bare.placed(loopscope_event::Offset(1), loopscope_event::Seq(1));
    let [Fact::Agent(fact)] = &facts(&event)[..] else {
        panic!()
    };
    assert_eq!((&*fact.id, fact.state), ("unnamed", AgentState::Completed));
    for body in [
        r#"{"event_type":""}"#,
        r#"{"event_type":5}"#,
        "{}",
        "7",
        r#"{"event_type":"a\u0000"}"#,
    ] {
        let decoded = decode(format!("[{body}]").as_bytes(), &context()).unwrap();
        assert!(decoded.items[0].is_err(), "{body}");
    }
}

#[test]
fn greetings_and_states_of_other_dashboards_are_no_events() {
    for frame in [
        r#"{"event_type":"connection_established","client_id":"0a1b2c3d","timestamp":"2026-01-05T10:00:00","message":"Connected"}"#,
        r#"{"type":"state","state":{"metrics":{},"recent_events":[],"timestamp":"2026-01-05T10:00:00"}}"#,
        r#"{"type":"metrics","metrics":{"total_agents":2}}"#,
        r#"{"type":"get_state"}"#,
        r#"{"type":"ping"}"#,
    ] {
        let decoded = decode(frame.as_bytes(), &context()).unwrap();
        assert_eq!(
            (decoded.items.len(), decoded.control_frames),
            (0, 1),
            "{frame}"
        );
    }
    let inner =
        r#"{"type":"event","event":{"event_type":"agent_started","data":{"agent_id":"a"}}}"#;
    assert_eq!(placed(inner).name, "agent_started");
}

#[test]
fn numbers_come_as_texts_and_nulls_and_words_that_json_cannot_say() {
    let complete = |field: &str| {
        let data = format!(r#"{{"agent_id":"a","success":"true",{field}}}"#);
        match &said("agent_execution_completed", &data)[..] {
            [Fact::Agent(fact)] => (**fact).clone(),
            other => panic!("{other:?}"),
        }
    };
    for (sent, expected) in [
        ("98.5", Some(98.5)),
        ("\"98.5\"", Some(98.5)),
        ("\" 98.5% \"", Some(98.5)),
        ("0", Some(0.0)),
        ("null", None),
        ("NaN", None),
        ("\"NaN\"", None),
        ("-Infinity", None),
        ("\"inf\"", None),
        ("{}", None),
    ] {
        let fact = complete(&format!(r#""quality_score":{sent}"#));
        assert_eq!(fact.quality, expected, "{sent}");
        assert_eq!(fact.state, AgentState::Completed);
    }
    let spent = complete(r#""duration_ms":"1500.25""#).duration.unwrap();
    assert_eq!(spent.as_micros(), 1_500_250);
    assert_eq!(complete(r#""duration_ms":-1"#).duration, None);
    assert_eq!(complete(r#""duration_ms":NaN"#).duration, None);
}

#[test]
fn severities_come_in_any_case_and_leave_in_the_contracts_words() {
    for (sent, severity, word) in [
        ("info", Severity::Info, "info"),
        ("success", Severity::Info, "success"),
        ("SUCCESS", Severity::Info, "success"),
        ("Warning", Severity::Medium, "warning"),
        ("error", Severity::High, "error"),
        ("critical", Severity::Critical, "error"),
        ("CRITICAL", Severity::Critical, "error"),
        // Nobody knows it: what its event implies counts, and its word is relayed.
        ("purple", Severity::High, "purple"),
    ] {
        let event = placed(&format!(
            r#"{{"event_type":"error_occurred","severity":"{sent}","data":{{"source":"x"}}}}"#
        ));
        assert_eq!(event.severity, Some(severity), "{sent}");
        let frame: serde_json::Value = serde_json::from_str(&agents::frame(&event)).unwrap();
        assert_eq!(frame["severity"], word, "{sent}");
    }
    let odd = placed(r#"{"event_type":"x","severity":7}"#);
    assert_eq!(odd.severity, Some(Severity::Info));
}

#[test]
fn payloads_that_are_none_are_kept_beside_an_empty_one() {
    for (data, kept) in [
        ("null", r#"{"_envelope":{"data":null}}"#),
        ("[1,2]", r#"{"_envelope":{"data":[1,2]}}"#),
        ("\"text\"", r#"{"_envelope":{"data":"text"}}"#),
    ] {
        let event = placed(&format!(
            r#"{{"event_type":"error_occurred","data":{data}}}"#
        ));
        assert_eq!(event.data.as_str(), kept);
        let frame: serde_json::Value = serde_json::from_str(&agents::frame(&event)).unwrap();
        assert_eq!(frame["data"].to_string(), data);
    }
    let flat = placed(
        r#"{"event_type":"agent_execution_started","agent_id":"a","timestamp":"2026-01-05T10:00:00.000000Z"}"#,
    );
    assert_eq!(flat.data.as_str(), r#"{"agent_id":"a"}"#);
}

#[test]
fn the_session_is_the_events_own_or_its_batches_or_its_systems() {
    let bare = r#"{"event_type":"agent_started"}"#;
    let hinted = loopscope_dialects::DecodeContext {
        session_hint: Some(loopscope_event::SessionId::new("north").unwrap()),
        ..context()
    };
    let session = |body: &str| {
        let decoded = decode(body.as_bytes(), &hinted).unwrap();
        let (event, _) = decoded.items.into_iter().next().unwrap().unwrap();
        event.session_id.as_str().to_owned()
    };
    assert_eq!(session(bare), "north");
    assert_eq!(
        session(&format!(r#"{{"session_id":"south","events":[{bare}]}}"#)),
        "south"
    );
    assert_eq!(
        session(r#"{"event_type":"agent_started","session_id":"own"}"#),
        "own"
    );
    assert_eq!(
        session(r#"{"event_type":"agent_started","session_id":["x"]}"#),
        "north"
    );
    // A payload's word is its producer's business: one system stays one session.
    assert_eq!(
        session(r#"{"event_type":"agent_started","data":{"session_id":"x"}}"#),
        "north"
    );
    assert_eq!(read(bare).0.session_id.as_str(), agents::SYSTEM);
}

#[test]
fn escapes_and_emoji_pass_through() {
    let sent =
        r#"{"agent_id":"a","agent_name":"\u00c5sa \ud83d\ude80","task_description":"caf\u00e9"}"#;
    let event = event("agent_execution_started", sent);
    assert_eq!(
        agents::sentence(&event).as_deref(),
        Some("Agent Åsa 🚀 started: café")
    );
    assert!(agents::frame(&event).contains(r"\u00c5sa \ud83d\ude80"));
}

#[test]
fn what_one_system_sends_is_told_without_being_told_its_dialect() {
    let ctx = loopscope_dialects::DecodeContext {
        dialect: None,
        ..context()
    };
    let body = r#"[{"event_type":"agent_execution_started","severity":"info","data":{}},
        {"event_type":"error_occurred","data":{}},{"event_type":"anything","dialect":"agents","data":{}}]"#;
    let decoded = decode(body.as_bytes(), &ctx).unwrap();
    for item in decoded.items {
        let (event, _) = item.unwrap();
        assert_eq!(event.dialect, Dialect::Agents, "{}", event.name);
        assert_eq!(event.session_id.as_str(), "agents");
    }
}
