//! Commands as dashboards send them: what is taken, with which parameters, and what is refused, in which words.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails with the test")]

use loopscope_dialects::orchestrator::{
    CommandContext, MAX_REASON_BYTES, ParsedCommand, RefusalKind, TYPES, check_command,
    parse_command, success,
};
use loopscope_event::RawJson;

/// The parameters that are made of a command of session `s`.
fn taken(text: &str, expected: &str) -> ParsedCommand {
    let ctx = CommandContext {
        session_id: Some("s"),
        declared: &["Warm-Up".to_owned()],
    };
    let command = parse_command(text, &ctx).unwrap();
    assert_eq!(command.parameters.as_str(), expected, "{text}");
    command
}

#[track_caller]
fn refused(text: &str, error: &str, field: Option<&str>) {
    let refusal = parse_command(text, &CommandContext::default()).unwrap_err();
    assert_eq!(
        (refusal.error.as_str(), refusal.field),
        (error, field),
        "{text}"
    );
}

#[test]
fn every_command_of_the_table_is_taken_with_its_defaults() {
    for (text, expected) in [
        (
            r#"{"type":"HALT"}"#,
            r#"{"reason":"Dashboard halt request"}"#,
        ),
        (
            r#"{"type":"HALT","reason":"too hot"}"#,
            r#"{"reason":"too hot"}"#,
        ),
        (r#"{"type":"RESUME"}"#, "{}"),
        (r#"{"type":"ROLLBACK"}"#, r#"{"steps":1}"#),
        (r#"{"type":"ROLLBACK","steps":2}"#, r#"{"steps":2}"#),
        (r#"{"type":"ROLLBACK","steps":null}"#, r#"{"steps":1}"#),
        (r#"{"type":"ROLLBACK","steps":"3"}"#, r#"{"steps":3}"#),
        (
            r#"{"type":"REDIRECT","target_skill":"lint"}"#,
            r#"{"target_skill":"lint"}"#,
        ),
        (
            r#"{"type":"REDIRECT","target_path":"src/a.rs"}"#,
            r#"{"target_path":"src/a.rs"}"#,
        ),
        (
            r#"{"type":"DECISION","decision_id":"d","choice":0}"#,
            r#"{"decision_id":"d","choice":0}"#,
        ),
        (
            r#"{"type":"DECISION","decision_id":"d","choice":false}"#,
            r#"{"decision_id":"d","choice":false}"#,
        ),
        (
            r#"{"type":"DECISION","decision_id":"d","choice":""}"#,
            r#"{"decision_id":"d","choice":""}"#,
        ),
        (
            r#"{"type":"INJECT","skill_name":"docs"}"#,
            r#"{"skill_name":"docs","parameters":{},"position":"next"}"#,
        ),
        (
            r#"{"type":"INJECT","skill_name":"docs","parameters":{"a": 1},"position":0}"#,
            r#"{"skill_name":"docs","parameters":{"a": 1},"position":0}"#,
        ),
        (
            r#"{"type":"INJECT","skill_name":"docs","position":"END"}"#,
            r#"{"skill_name":"docs","parameters":{},"position":"end"}"#,
        ),
        (r#"{"type":"get_execution_state"}"#, "{}"),
        (r#"{"type":"get_skill_status"}"#, "{}"),
        (
            r#"{"type":"get_skill_status","skill_id":"k"}"#,
            r#"{"skill_id":"k"}"#,
        ),
        (
            r#"{"type":"approve_file_change","file_path":"a"}"#,
            r#"{"file_path":"a"}"#,
        ),
        (
            r#"{"type":"revert_file_change","file_path":"a"}"#,
            r#"{"file_path":"a"}"#,
        ),
        (
            r#"{"type":"set_breakpoint","location":"a:3"}"#,
            r#"{"location":"a:3"}"#,
        ),
        (
            r#"{"type":"remove_breakpoint","location":"a:3"}"#,
            r#"{"location":"a:3"}"#,
        ),
        (r#"{"type":"step_over"}"#, "{}"),
        (r#"{"type":"CHECKPOINT","label":"x"}"#, r#"{"label":"x"}"#),
        (r#"{"type":"CANCEL"}"#, "{}"),
        (r#"{"type":"PRIORITY"}"#, r#"{"priority":5}"#),
        (
            r#"{"type":"warm-up","rounds":null,"id":7}"#,
            r#"{"rounds":null,"id":7}"#,
        ),
    ] {
        taken(text, expected);
    }
}

#[test]
fn types_match_in_any_case_and_keep_their_spelling() {
    for known in TYPES {
        let fields = r#""decision_id":"d","choice":1,"skill_name":"s","target_skill":"t","file_path":"f","location":"l""#;
        for spelled in [known.to_lowercase(), (*known).to_owned()] {
            let text = format!(r#"{{"type":"{spelled}",{fields}}}"#);
            let ctx = CommandContext {
                session_id: Some("s"),
                ..CommandContext::default()
            };
            assert_eq!(parse_command(&text, &ctx).unwrap().kind, spelled);
        }
    }
}

#[test]
fn fields_stand_flat_or_nested() {
    let nested = r#"{"steps":4}"#;
    taken(r#"{"type":"ROLLBACK","params":{"steps":4}}"#, nested);
    taken(r#"{"type":"ROLLBACK","parameters":{"steps":4}}"#, nested);
    taken(
        r#"{"type":"ROLLBACK","steps":4,"params":{"steps":9}}"#,
        nested,
    );
    taken(
        r#"{"type":"ROLLBACK","steps":null,"params":{"steps":4}}"#,
        nested,
    );
    taken(r#"{"type":"RESUME","parameters":{}}"#, "{}");
    let inject = r#"{"skill_name":"docs","parameters":{"a":1},"position":"end"}"#;
    let fields = r#"{"skill_name":"docs","parameters":{"a":1},"position":"end"}"#;
    taken(&format!(r#"{{"type":"INJECT","params":{fields}}}"#), inject);
    taken(
        &format!(r#"{{"type":"INJECT","parameters":{fields}}}"#),
        inject,
    );
    let halt = taken(
        r#"{"type":"halt","params":{"reason":"r","session_id":"other"}}"#,
        r#"{"reason":"r"}"#,
    );
    assert_eq!(halt.session_id.as_deref(), Some("other"));
    let keyed = taken(
        r#"{"type":"RESUME","session_id":"t","idempotency_key":"k","reason":"now","extra":[1]}"#,
        r#"{"extra":[1]}"#,
    );
    assert_eq!(keyed.session_id.as_deref(), Some("t"));
    assert_eq!(keyed.idempotency_key.as_deref(), Some("k"));
    assert_eq!(keyed.reason.as_deref(), Some("now"));
}

#[test]
fn what_is_missing_or_wrong_is_said_in_the_contracts_words() {
    const DECISION: &str = "decision_id and choice are required";
    for (text, error, field) in [
        ("", "Command must be an object", None),
        ("null", "Command must be an object", None),
        ("[]", "Command must be an object", None),
        ("\"HALT\"", "Command must be an object", None),
        ("{", "Command must be an object", None),
        ("{}", "Command type is required", Some("type")),
        (r#"{"type":null}"#, "Command type is required", Some("type")),
        (r#"{"type":""}"#, "Command type is required", Some("type")),
        (r#"{"type":7}"#, "Command type is required", Some("type")),
        (
            r#"{"type":"Dance"}"#,
            "Unknown command type: Dance",
            Some("type"),
        ),
        (
            r#"{"type":"warm-up"}"#,
            "Unknown command type: warm-up",
            Some("type"),
        ),
        (
            r#"{"type":"ROLLBACK"}"#,
            "session_id is required for rollback",
            Some("session_id"),
        ),
        (
            r#"{"type":"REDIRECT","target_skill":""}"#,
            "target_skill or target_path is required",
            Some("target_skill"),
        ),
        (
            r#"{"type":"DECISION","choice":1}"#,
            DECISION,
            Some("decision_id"),
        ),
        (
            r#"{"type":"DECISION","decision_id":"d"}"#,
            DECISION,
            Some("choice"),
        ),
        (
            r#"{"type":"DECISION","decision_id":"d","choice":null}"#,
            DECISION,
            Some("choice"),
        ),
        (
            r#"{"type":"INJECT"}"#,
            "skill_name is required",
            Some("skill_name"),
        ),
        (
            r#"{"type":"INJECT","skill_name":"a","parameters":3}"#,
            "parameters must be an object",
            Some("parameters"),
        ),
        (
            r#"{"type":"INJECT","skill_name":"a","position":"soon"}"#,
            "position must be \"next\", \"end\" or an index of 0 or more",
            Some("position"),
        ),
        (
            r#"{"type":"approve_file_change"}"#,
            "file_path is required",
            Some("file_path"),
        ),
        (
            r#"{"type":"set_breakpoint"}"#,
            "location is required",
            Some("location"),
        ),
        (
            r#"{"type":"PRIORITY","priority":11}"#,
            "priority must be a whole number from 1 to 10",
            Some("priority"),
        ),
        (
            r#"{"type":"HALT","reason":{}}"#,
            "reason must be a text",
            Some("reason"),
        ),
    ] {
        refused(text, error, field);
    }
    for steps in ["0", "-1", "1.5", "\"many\"", "[]", "true", "NaN"] {
        let text = format!(r#"{{"type":"ROLLBACK","steps":{steps},"session_id":"s"}}"#);
        if steps == "NaN" {
            taken(&text, r#"{"steps":1}"#);
        } else {
            let error = "steps must be a whole number of 1 or more";
            refused(&text, error, Some("steps"));
        }
    }
}

#[test]
fn bounds_are_named() {
    let long = "x".repeat(1_000_000);
    for (text, kind, limit) in [
        (
            format!(r#"{{"type":"HALT","reason":"{long}"}}"#),
            RefusalKind::Limit,
            Some(format!("{MAX_REASON_BYTES} bytes")),
        ),
        (
            format!(r#"{{"type":"RESUME","blob":"{long}"}}"#),
            RefusalKind::Limit,
            Some("65536 bytes".to_owned()),
        ),
        (
            format!(r#"{{"type":"RESUME","a":{}}}"#, "[".repeat(100_000)),
            RefusalKind::Limit,
            Some("64 levels".to_owned()),
        ),
        (
            format!(r#"{{"type":"{long}"}}"#),
            RefusalKind::UnknownType,
            None,
        ),
    ] {
        let refusal = parse_command(&text, &CommandContext::default()).unwrap_err();
        assert_eq!((refusal.kind, refusal.limit), (kind, limit));
        assert!(refusal.error.len() < 200);
        assert!(refusal.command_type.is_none_or(|kind| kind.len() < 80));
    }
}

#[test]
fn parameters_in_an_object_of_their_own_are_checked_alike() {
    let ctx = CommandContext {
        session_id: Some("s"),
        ..CommandContext::default()
    };
    let parameters = RawJson::parse(r#"{"steps":2}"#).unwrap();
    let command = check_command("rollback", Some(&parameters), Some("why"), &ctx).unwrap();
    assert_eq!(command.parameters.as_str(), r#"{"steps":2}"#);
    assert_eq!(command.reason.as_deref(), Some("why"));
    let halt = check_command("HALT", None, Some("too \"hot\""), &ctx).unwrap();
    assert_eq!(halt.parameters.as_str(), r#"{"reason":"too \"hot\""}"#);
    let list = RawJson::parse("[1]").unwrap();
    let refusal = check_command("HALT", Some(&list), None, &ctx).unwrap_err();
    assert_eq!(refusal.error, "parameters must be an object");
    assert_eq!(refusal.command_type.as_deref(), Some("HALT"));
}

#[test]
fn the_immediate_answer_has_the_contracts_fields() {
    for (text, parameters, expected) in [
        (
            r#"{"type":"halt"}"#,
            r#"{"reason":"Dashboard halt request"}"#,
            r#"{"message":"Execution halted successfully"}"#,
        ),
        (
            r#"{"type":"DECISION","decision_id":"d","choice":[1]}"#,
            r#"{"decision_id":"d","choice":[1]}"#,
            r#"{"message":"Decision recorded","decision_id":"d","choice":[1]}"#,
        ),
        (
            r#"{"type":"REDIRECT","target_path":"a"}"#,
            r#"{"target_path":"a"}"#,
            r#"{"message":"Redirect to a requested","target":"a"}"#,
        ),
    ] {
        assert_eq!(success(&taken(text, parameters)).as_str(), expected);
    }
}

proptest::proptest! {
    #[test]
    fn whatever_is_sent_is_taken_as_json_or_refused(text in "\\{\"type\":\"(HALT|INJECT|DECISION|x)\",[\\[\\]{}:,\"\\\\a-zN0-9 ]{0,64}\\}") {
        if let Ok(command) = parse_command(&text, &CommandContext::default()) {
            proptest::prop_assert!(RawJson::parse(command.parameters.as_str()).is_ok());
        }
    }
}
