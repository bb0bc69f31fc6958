//! Hostile input: every bound is named, nothing panics, and nothing is read twice.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails with the test")]

use loopscope_dialects::{DecodeContext, DecodeError, Format, ItemError, decode, facts};
use loopscope_event::{Dialect, Offset, Seq, Timestamp};

fn context() -> DecodeContext {
    DecodeContext::new(Timestamp::from_micros(1_767_600_000_000_000))
}

/// The refusal of the second of three events.
fn refused(event: &str) -> ItemError {
    let good = r#"{"event_type":"ERROR","session_id":"s"}"#;
    let body = format!("[{good},{event},{good}]");
    let decoded = decode(body.as_bytes(), &context()).unwrap();
    assert_eq!(decoded.items.len(), 3);
    assert!(decoded.items[0].is_ok() && decoded.items[2].is_ok());
    decoded.items[1].as_ref().unwrap_err().clone()
}

#[test]
fn nesting_of_10_000_is_refused_by_name() {
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let error = refused(&format!(
        r#"{{"event_type":"ERROR","data":{{"a":{deep}}}}}"#
    ));
    assert_eq!(error.limit.as_deref(), Some("64 levels"));
    let unclosed = "[".repeat(10_000);
    let error = decode(unclosed.as_bytes(), &context()).unwrap_err();
    assert!(
        matches!(error, DecodeError::TooDeep { limit: 64, .. }),
        "{error}"
    );
    assert_eq!(error.limit().as_deref(), Some("64 levels"));
}

#[test]
fn the_bound_of_nesting_is_exact_wherever_the_event_stands() {
    let nested = |levels: usize| {
        format!(
            r#"{{"event_type":"ERROR","data":{{"a":{}{}}}}}"#,
            "[".repeat(levels),
            "]".repeat(levels)
        )
    };
    for body in [
        nested(62),
        format!("[{}]", nested(62)),
        format!(r#"{{"events":[{}]}}"#, nested(62)),
    ] {
        assert!(decode(body.as_bytes(), &context()).unwrap().items[0].is_ok());
    }
    assert!(decode(nested(63).as_bytes(), &context()).unwrap().items[0].is_err());
}

#[test]
fn a_string_of_a_million_characters_is_refused_by_name() {
    let long = "x".repeat(1_000_000);
    for event in [
        format!(r#"{{"event_type":"ERROR","data":{{"error":"{long}"}}}}"#),
        format!(r#"{{"event_type":"{long}"}}"#),
        format!(r#"{{"{long}":1}}"#),
    ] {
        assert_eq!(
            refused(&event).limit.as_deref(),
            Some("999999 bytes a string")
        );
    }
    let name = "x".repeat(257);
    let error = refused(&format!(r#"{{"event_type":"{name}"}}"#));
    assert_eq!(
        (error.field, error.limit.as_deref()),
        (Some("event_type"), Some("256 bytes"))
    );
    let id = "x".repeat(513);
    let error = refused(&format!(r#"{{"event_id":"{id}"}}"#));
    assert_eq!(
        (error.field, error.limit.as_deref()),
        (Some("event_id"), Some("512 bytes"))
    );
}

#[test]
fn a_large_payload_is_refused_by_name_in_either_form() {
    let items = "1,".repeat(600_000);
    for event in [
        format!(r#"{{"event_type":"ERROR","data":{{"a":[{items}1]}}}}"#),
        format!(r#"{{"event_type":"ERROR","a":[{items}1]}}"#),
    ] {
        let error = refused(&event);
        assert_eq!(
            (error.field, error.limit.as_deref()),
            (Some("data"), Some("1048576 bytes"))
        );
    }
}

#[test]
fn too_many_events_are_refused_as_one() {
    let array = format!("[{}1]", "1,".repeat(10_000));
    assert_eq!(
        decode(array.as_bytes(), &context()).unwrap_err(),
        DecodeError::TooManyEvents { limit: 10_000 }
    );
    let ndjson = DecodeContext {
        format: Format::Ndjson,
        ..context()
    };
    let error = decode("{}\n".repeat(10_001).as_bytes(), &ndjson).unwrap_err();
    assert_eq!(error, DecodeError::TooManyEvents { limit: 10_000 });
    let whole = format!("[{}{{}}]", "{},".repeat(9_999));
    assert_eq!(
        decode(whole.as_bytes(), &context()).unwrap().items.len(),
        10_000
    );
}

/// JSON-like text: enough structure to come far, enough noise to break everywhere.
fn soup() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    let piece = prop_oneof![
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(":"),
        Just(","),
        Just("\"events\":["),
        Just("\"event_type\":\"STEP_COMPLETE\""),
        Just("\"data\":{"),
        Just("\"step\":\"diagnose\""),
        Just("\"findings\":[\"a\",{\"severity\":\"HIGH\"}]"),
        Just("\"metrics\":{\"critical\":1e9"),
        Just("\"iteration\":-1"),
        Just("NaN"),
        Just("-Infinity"),
        Just("1e999"),
        Just("\"\\ud800\""),
        Just("null"),
        Just("\""),
        Just("\\"),
        Just("\n"),
        Just("{\"type\":\"event\",\"data\":"),
        Just("\"session_id\":\"s\""),
        Just("\u{1F600}"),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

fn check_all(bytes: &[u8]) {
    for format in [Format::Json, Format::Ndjson] {
        let ctx = DecodeContext {
            format,
            ..context()
        };
        let Ok(decoded) = decode(bytes, &ctx) else {
            continue;
        };
        for (index, item) in decoded.items.into_iter().enumerate() {
            match item {
                Ok((event, _)) => {
                    let _ = facts(&event.placed(Offset(1), Seq(1)));
                }
                Err(error) => assert_eq!(error.index, index),
            }
        }
    }
}

proptest::proptest! {
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..512)) {
        check_all(&bytes);
    }

    #[test]
    fn no_text_that_is_almost_json_panics(text in soup()) {
        check_all(text.as_bytes());
    }
}

#[test]
fn a_producer_cannot_speak_for_the_server() {
    let claim = r#"{"name":"command:succeeded","session_id":"s","dialect":"loopscope"}"#;
    assert_eq!(
        refused(claim).message,
        "`loopscope` is kept for the server's own events"
    );
    // A name of ours in another's mouth is a name like any other.
    let name = br#"{"name":"loopscope:source_lost","session_id":"s"}"#;
    let decoded = decode(name, &context()).unwrap();
    let (event, _) = decoded.items[0].as_ref().unwrap();
    assert_eq!(event.dialect, Dialect::Generic);
    let own = DecodeContext {
        own_events: true,
        ..context()
    };
    let decoded = decode(claim.as_bytes(), &own).unwrap();
    let (event, _) = decoded.items[0].as_ref().unwrap();
    assert_eq!(event.dialect, Dialect::Loopscope);
}
