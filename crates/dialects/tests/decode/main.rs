//! Bodies to events, told through one `check`: what is sent, and one line for each event, warning or refusal.

#![expect(
    clippy::unwrap_used,
    clippy::format_push_string,
    reason = "a helper of a test fails with the test"
)]

mod loops;

use jiff::tz::TimeZone;
use loopscope_dialects::{DecodeContext, DecodeError, Format, decode};
use loopscope_event::{Dialect, EventId, SessionId, Timestamp};

fn context() -> DecodeContext {
    let received = Timestamp::parse("2026-01-05T12:00:00Z", &TimeZone::UTC).unwrap();
    DecodeContext {
        naive_zone: TimeZone::fixed(jiff::tz::offset(2)),
        ..DecodeContext::new(received)
    }
}

/// `name kind dialect session iteration time data | warnings`, or `! field: message [limit]`.
fn lines(body: &str, ctx: &DecodeContext) -> Vec<String> {
    let decoded = decode(body.as_bytes(), ctx).unwrap();
    let mut lines: Vec<String> = decoded
        .items
        .iter()
        .enumerate()
        .map(|(index, item)| match item {
            Ok((event, warnings)) => {
                let time = event.timestamp.to_string();
                let mut line = format!(
                    "{} {} {} {} {} {} {}",
                    event.name,
                    event.kind,
                    event.dialect,
                    event.session_id,
                    event.iteration,
                    &time[11..19],
                    event.data.as_str(),
                );
                for warning in warnings {
                    line.push_str(&format!(" | {warning}"));
                }
                line
            }
            Err(error) => {
                assert_eq!(error.index, index);
                let field = error.field.unwrap_or("-");
                let limit = error.limit.as_deref().map(|limit| format!(" [{limit}]"));
                format!("! {field}: {}{}", error.message, limit.unwrap_or_default())
            }
        })
        .collect();
    lines.extend((0..decoded.control_frames).map(|_| "control".to_owned()));
    lines
}

fn check(body: &str, expected: &[&str]) {
    assert_eq!(lines(body, &context()), expected, "{body}");
}

/// One event with one field more; the usual ones stand before it.
fn check_field(field: &str, expected: &str) {
    let body = format!(
        r#"{{"event_id":"e","session_id":"s","timestamp":"2026-01-05T10:00:00Z","event_type":"ERROR","iteration":2,{field}}}"#
    );
    check(&body, &[expected]);
}

const EVENT: &str = r#"{"event_id":"e1","timestamp":"2026-01-05T10:00:00.123456+00:00","session_id":"s","iteration":1,"state":"IDLE","event_type":"STEP_COMPLETE","data":{"step":"fix"}}"#;
const LINE: &str = r#"STEP_COMPLETE step_completed convergence s 1 10:00:00 {"step":"fix"}"#;

#[test]
fn every_layout_of_a_frame_is_read() {
    check(EVENT, &[LINE]);
    check(&format!(" [{EVENT}, {EVENT}] "), &[LINE, LINE]);
    check(&format!(r#"{{"events":[{EVENT}]}}"#), &[LINE]);
    check(
        &format!(r#"{{"session_id":"other","events":[{EVENT}]}}"#),
        &[LINE],
    );
    check(&format!(r#"{{"type":"event","data":{EVENT}}}"#), &[LINE]);
    check(&format!(r#"{{"type":"event","event":{EVENT}}}"#), &[LINE]);
    check(r#"{"events":[]}"#, &[]);
    check("[]", &[]);
}

#[test]
fn frames_that_hold_no_event_are_told_apart() {
    check(
        r#"{"type":"connected","timestamp":"2026-01-05T10:00:00.1"}"#,
        &["control"],
    );
    check(r#"{"type":"pong"}"#, &["control"]);
    let convergence = DecodeContext {
        dialect: Some(Dialect::Convergence),
        ..context()
    };
    let state = r#"{"type":"state","data":{"logs":[]}}"#;
    assert_eq!(lines(state, &convergence), ["control"]);
    // From anybody else it is an event of that name.
    check(
        r#"{"type":"state","session_id":"s","timestamp":"2026-01-05T10:00:00Z"}"#,
        &["state generic generic s 0 10:00:00 {}"],
    );
}

#[test]
fn a_missing_session_comes_from_the_payload_the_batch_the_hint_or_the_dialect() {
    let bare = r#"{"event_type":"ERROR","session_id":"","timestamp":"2026-01-05T10:00:00Z"}"#;
    check(
        bare,
        &[
            "ERROR error convergence convergence 0 10:00:00 {} | session_id: missing, `convergence` used",
        ],
    );
    check(
        &format!(r#"{{"session_id":"batch","events":[{bare}]}}"#),
        &["ERROR error convergence batch 0 10:00:00 {}"],
    );
    let hinted = DecodeContext {
        session_hint: Some(SessionId::new("hint").unwrap()),
        ..context()
    };
    assert_eq!(
        lines(bare, &hinted),
        ["ERROR error convergence hint 0 10:00:00 {}"]
    );
    check(
        r#"{"event_type":"SESSION_STARTED","timestamp":"2026-01-05T10:00:00Z","data":{"session_id":"inner"}}"#,
        &[r#"SESSION_STARTED session_started convergence inner 0 10:00:00 {"session_id":"inner"}"#],
    );
}

#[test]
fn a_missing_event_id_is_minted_and_never_empty() {
    for id in [r#""event_id":"","#, r#""event_id":null,"#, ""] {
        let body = format!(r#"{{{id}"session_id":"s","event_type":"ERROR"}}"#);
        let decoded = decode(body.as_bytes(), &context()).unwrap();
        let (event, _) = decoded.items[0].as_ref().unwrap();
        assert_eq!(event.event_id.as_str().len(), 36, "{body}");
    }
}

#[test]
fn names_are_kept_as_sent_and_read_in_any_case() {
    check_field(
        r#""event_type":"step_complete""#,
        "step_complete step_completed convergence s 2 10:00:00 {}",
    );
    check(
        r#"{"session_id":"s","timestamp":"2026-01-05T10:00:00Z"}"#,
        &["UNKNOWN generic generic s 0 10:00:00 {}"],
    );
    check(
        r#"{"event_type":"CACHE_WARMED","state":"IDLE","session_id":"s","timestamp":"2026-01-05T10:00:00Z","data":{"a" : 1.50}}"#,
        &[r#"CACHE_WARMED generic convergence s 0 10:00:00 {"a" : 1.50}"#],
    );
}

#[test]
fn times_are_read_in_every_form_and_replaced_where_they_are_none() {
    for (time, expected) in [
        (r#""2026-01-05T10:00:00""#, "08:00:00"),
        (r#""2026-01-05T10:00:00.123456789Z""#, "10:00:00"),
        ("1767607200", "10:00:00"),
        ("1767607200000", "10:00:00"),
        ("1767607200.5", "10:00:00"),
    ] {
        let expected = format!("ERROR error convergence s 2 {expected} {{}}");
        check_field(&format!(r#""timestamp":{time}"#), &expected);
    }
    for (time, why) in [
        (r#""yesterday""#, "not a time"),
        ("null", "missing"),
        ("1e300", "not a time"),
    ] {
        let expected = format!(
            "ERROR error convergence s 2 12:00:00 {{}} | timestamp: {why}, time of receipt used"
        );
        check_field(&format!(r#""timestamp":{time}"#), &expected);
    }
}

#[test]
fn iterations_come_as_numbers_texts_and_floats() {
    for (iteration, expected) in [
        ("3", 3),
        ("\"3\"", 3),
        ("3.0", 3),
        ("\" 3.0 \"", 3),
        ("null", 0),
        ("\"\"", 0),
    ] {
        check_field(
            &format!(r#""iteration":{iteration}"#),
            &format!("ERROR error convergence s {expected} 10:00:00 {{}}"),
        );
    }
    check_field(
        r#""iteration":2.7"#,
        "ERROR error convergence s 2 10:00:00 {} | iteration: 2.7 is not whole, 2 used",
    );
    let wrong = "! iteration: must be a whole number of zero or more, got";
    for (iteration, got) in [
        ("-1", "-1"),
        ("-0.5", "-0.5"),
        ("\"-3\"", "-3"),
        ("\"many\"", "a text that is none"),
        ("\"inf\"", "inf"),
        ("true", "a boolean"),
        ("[]", "an array"),
        ("{}", "an object"),
    ] {
        check_field(
            &format!(r#""iteration":{iteration}"#),
            &format!("{wrong} {got}"),
        );
    }
    check_field(
        r#""iteration":1e12"#,
        "! iteration: is 1e12, the limit is 10000000 [10000000]",
    );
}

#[test]
fn a_wrong_type_names_its_field_and_what_was_expected() {
    for (field, expected) in [
        (
            r#""event_id":7"#,
            "! event_id: must be a string, got a number",
        ),
        (
            r#""session_id":{}"#,
            "! session_id: must be a string, got an object",
        ),
        (
            r#""timestamp":[]"#,
            "! timestamp: must be an ISO 8601 time, got an array",
        ),
        (
            r#""timestamp":true"#,
            "! timestamp: must be an ISO 8601 time, got a boolean",
        ),
        (r#""state":1"#, "! state: must be a string, got a number"),
        (
            r#""event_type":["ERROR"]"#,
            "! event_type: must be a string, got an array",
        ),
        (
            r#""severity":3"#,
            "! severity: must be a string, got a number",
        ),
        (
            r#""dialect":"klingon""#,
            "! dialect: must be one of convergence, agents, orchestrator, training, loopscope, generic",
        ),
        (
            r#""data":"text""#,
            "! data: must be an object, got a string",
        ),
        (r#""data":[1]"#, "! data: must be an object, got an array"),
        (
            r#""data":false"#,
            "! data: must be an object, got a boolean",
        ),
        (
            r#""session_id":"a\nb""#,
            "! session_id: holds a control character",
        ),
        (
            r#""event_type":"a\u0007""#,
            "! event_type: holds a control character",
        ),
    ] {
        check_field(field, expected);
    }
    check_field(
        r#""severity":"purple""#,
        "ERROR error convergence s 2 10:00:00 {} | severity: `purple` is not known, left out",
    );
}

#[test]
fn the_good_ones_of_a_batch_are_kept() {
    let body = format!(r#"[{EVENT}, 7, {{"event_id":"bad","iteration":-1}}, null, "x", {EVENT}]"#);
    check(
        &body,
        &[
            LINE,
            "! -: expected an event object, got a number",
            "! iteration: must be a whole number of zero or more, got -1",
            "! -: expected an event object, got null",
            "! -: expected an event object, got a string",
            LINE,
        ],
    );
    let decoded = decode(body.as_bytes(), &context()).unwrap();
    let refused = decoded.items[2].as_ref().unwrap_err();
    assert_eq!(refused.event_id.as_ref().map(EventId::as_str), Some("bad"));
}

#[test]
fn each_line_of_ndjson_stands_for_itself() {
    let ndjson = DecodeContext {
        format: Format::Ndjson,
        ..context()
    };
    let body = format!("{EVENT}\r\n\n{{\"broken\n[{EVENT}]\n\u{1F600}");
    let lines = lines(&body, &ndjson);
    assert_eq!((&*lines[0], &*lines[2]), (LINE, LINE));
    assert!(
        lines[1].starts_with("! -: line 3 of the body: not JSON at line 1"),
        "{}",
        lines[1]
    );
    assert!(
        lines[3].starts_with("! -: line 5 of the body: not JSON"),
        "{}",
        lines[3]
    );
}

#[test]
fn a_payload_is_kept_to_the_letter_and_one_is_made_of_loose_fields() {
    check_field(
        r#""data":{ "b" : 1.50e3, "a":[ ], "a":2 }"#,
        r#"ERROR error convergence s 2 10:00:00 { "b" : 1.50e3, "a":[ ], "a":2 }"#,
    );
    check(
        r#"{"name":"cache","session_id":"s","timestamp":"2026-01-05T10:00:00Z","hits":3,"a \"b\"":[1, 2]}"#,
        &[r#"cache generic generic s 0 10:00:00 {"hits":3,"a \"b\"":[1, 2]}"#],
    );
    check_field(
        r#""data":{},"extra":1,"offset":9,"seq":2"#,
        "ERROR error convergence s 2 10:00:00 {} | data: beside it, these fields are not kept: extra",
    );
}

#[test]
fn numbers_that_json_cannot_say_do_not_lose_the_event() {
    check_field(
        r#""data":{"loss":NaN,"note":"NaN"}"#,
        r#"ERROR error convergence s 2 10:00:00 {"loss":null,"note":"NaN","_non_finite":{"/loss":"NaN"}}"#,
    );
    check_field(
        r#""data":{"file":"a\ud800b"}"#,
        r#"ERROR error convergence s 2 10:00:00 {"file":"a\ufffdb"}"#,
    );
}

#[test]
fn what_cannot_be_read_at_all_says_where() {
    let error = |bytes: &[u8]| decode(bytes, &context()).unwrap_err();
    assert_eq!(error(b"  "), DecodeError::Empty);
    assert_eq!(
        error(b"{\"a\":\"\xff\"}"),
        DecodeError::InvalidUtf8 { offset: 6 }
    );
    assert_eq!(error(b"12"), DecodeError::Shape { got: "a number" });
    assert_eq!(
        error(br#"{"events":{}}"#),
        DecodeError::EventsShape { got: "an object" }
    );
    assert_eq!(
        error(b"{\n\"a\": }").to_string(),
        "not JSON at line 2, column 6: expected value"
    );
    assert!(matches!(
        error(b"[1,2"),
        DecodeError::Syntax { line: 1, .. }
    ));
    assert!(matches!(error(b"[1] x"), DecodeError::Syntax { .. }));
    assert!(matches!(error(b"{} {}"), DecodeError::Syntax { .. }));
}

#[test]
fn our_own_stored_form_comes_back_as_it_was() {
    check(
        r#"{"offset":4,"seq":2,"event_id":"e","session_id":"s","timestamp":"2026-01-05T10:00:00.000000Z","received_at":"2026-01-05T10:00:01.000000Z","name":"STEP_COMPLETE","kind":"step_completed","dialect":"generic","iteration":3,"severity":"info","data":{}}"#,
        &["STEP_COMPLETE step_completed generic s 3 10:00:00 {}"],
    );
}
