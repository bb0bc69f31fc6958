//! What loops send over the contract's own ways in, where a wrong field loses no event.

use loopscope_dialects::DecodeContext;
use loopscope_event::Dialect;

use super::{context, lines};

/// One event with one field more from a convergence loop, over one of its own ways in.
fn check_loop(field: &str, expected: &str) {
    let body = format!(
        r#"{{"event_id":"e","session_id":"s","timestamp":"2026-01-05T10:00:00Z","event_type":"ERROR","iteration":2,{field}}}"#
    );
    let ctx = DecodeContext {
        dialect: Some(Dialect::Convergence),
        ..context()
    };
    assert_eq!(lines(&body, &ctx), [expected], "{body}");
}

#[test]
fn a_wrong_field_of_a_loop_loses_no_event() {
    for (time, got) in [
        ("true", "not a time"),
        ("{}", "not a time"),
        ("[]", "not a time"),
        ("null", "missing"),
    ] {
        let expected = format!(
            "ERROR error convergence s 2 12:00:00 {{}} | timestamp: {got}, time of receipt used"
        );
        check_loop(&format!(r#""timestamp":{time}"#), &expected);
    }
    for (iteration, why) in [
        ("-1", "must be a whole number of zero or more, got -1"),
        (
            "true",
            "must be a whole number of zero or more, got a boolean",
        ),
        (
            r#""x""#,
            "must be a whole number of zero or more, got a text that is none",
        ),
        ("[]", "must be a whole number of zero or more, got an array"),
        ("20000000", "is 20000000, the limit is 10000000"),
    ] {
        let expected =
            format!("ERROR error convergence s 0 10:00:00 {{}} | iteration: {why}, 0 used");
        check_loop(&format!(r#""iteration":{iteration}"#), &expected);
    }
    for (data, got) in [
        ("5", "a number"),
        (r#""s""#, "a string"),
        ("[]", "an array"),
    ] {
        let expected = format!(
            r#"ERROR error convergence s 2 10:00:00 {{"value":{data}}} | data: must be an object, got {got}, kept as its `value`"#
        );
        check_loop(&format!(r#""data":{data}"#), &expected);
    }
    check_loop(
        r#""session_id":7"#,
        "ERROR error convergence 7 2 10:00:00 {} | session_id: is a number, taken as a text",
    );
    check_loop(
        r#""session_id":{}"#,
        "ERROR error convergence convergence 2 10:00:00 {} | session_id: is an object, left out | session_id: missing, `convergence` used",
    );
    check_loop(
        r#""event_id":12"#,
        "ERROR error convergence s 2 10:00:00 {} | event_id: is a number, taken as a text",
    );
    check_loop(
        r#""event_id":[]"#,
        "ERROR error convergence s 2 10:00:00 {} | event_id: is an array, left out",
    );
    check_loop(
        r#""state":1"#,
        "ERROR error convergence s 2 10:00:00 {} | state: is a number, taken as a text",
    );
    check_loop(
        r#""event_type":{}"#,
        "UNKNOWN generic convergence s 2 10:00:00 {} | event_type: is an object, left out",
    );
    check_loop(
        r#""severity":3"#,
        "ERROR error convergence s 2 10:00:00 {} | severity: is a number, taken as a text | severity: `3` is not known, left out",
    );
}

#[test]
fn a_time_without_an_offset_is_the_hosts_own_where_loops_write_so() {
    let line = |name: &str| {
        let body = format!(
            r#"{{"event_type":"{name}","session_id":"s","timestamp":"2026-01-05T10:00:00.5"}}"#
        );
        lines(&body, &context())
    };
    assert_eq!(line("ERROR"), ["ERROR error convergence s 0 08:00:00 {}"]);
    assert_eq!(line("CACHE"), ["CACHE generic generic s 0 10:00:00 {}"]);
}
