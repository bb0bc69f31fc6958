//! Frames: decode, and the contract's frame again.

use loopscope_dialects::training::frame;
use loopscope_event::{Offset, Seq};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{placed, read};

fn again(text: &str) -> Value {
    serde_json::from_str(&frame(&placed(text))).unwrap()
}

#[test]
fn a_frame_comes_out_as_it_came_in() {
    let text = r#"{"event_type":"seed_pruned","timestamp":"2026-01-05T10:00:00.000123+00:00","epoch":3,"seed_id":"s","slot_id":"r0c0","severity":"debug","message":"hm","data":{"a" : 1.50e3,"rng_seed":18446744073709551615},"event_id":"e-1","group_id":"B"}"#;
    assert_eq!(frame(&placed(text)), text);
}

#[test]
fn nulls_stand_for_numbers_that_json_cannot_say() {
    let frame = again(
        r#"{"event_type":"PPO_UPDATE_COMPLETED","data":{"q":[NaN,1],"loss":Infinity},"message":"m"}"#,
    );
    assert_eq!(frame["data"], json!({"q": [null, 1], "loss": null}));
    assert_eq!(frame["message"], "m");
}

#[test]
fn a_severity_goes_out_as_it_was_sent_else_as_info() {
    for (said, expected) in [
        ("", "\"info\""),
        (r#""severity":null,"#, "\"info\""),
        (r#""severity":"critical","#, "\"critical\""),
        (r#""severity":"warning","#, "\"warning\""),
        (r#""severity":"Error","#, "\"Error\""),
        (r#""severity":7,"#, "7"),
    ] {
        for name in ["GOVERNOR_ROLLBACK", "GRADIENT_ANOMALY", "EPOCH_COMPLETED"] {
            let frame = again(&format!(r#"{{"event_type":"{name}",{said}"data":{{}}}}"#));
            assert_eq!(frame["severity"].to_string(), expected, "{name} {said}");
        }
    }
}

#[test]
fn a_payloads_own_envelope_is_its_data_and_never_the_frames() {
    for (data, expected) in [
        (r#"{"_envelope":{"epoch":99},"a":1}"#, None),
        (
            r#"{"a":1,"_envelope":{"message":"x","data":null,"event_type":"Y"}}"#,
            None,
        ),
        (r#"{"_non_finite":{"/a":"NaN"},"a":null}"#, None),
        (r#"{"_envelope":7,"_non_finite":"x"}"#, None),
        (
            r#"{"_envelope":{"x":NaN},"a":NaN}"#,
            Some(json!({"_envelope": {"x": null}, "a": null})),
        ),
    ] {
        let sent =
            format!(r#"{{"event_type":"ENV","epoch":3,"data":{data},"_envelope":{{"k":1}}}}"#);
        let frame = again(&sent);
        let data = expected.unwrap_or_else(|| serde_json::from_str(data).unwrap());
        assert_eq!(frame["data"], data, "{sent}");
        assert_eq!(frame["epoch"], 3);
        assert_eq!(
            (&frame["message"], &frame["event_type"]),
            (&json!(""), &json!("ENV"))
        );
        assert_eq!(frame["_envelope"], json!({"k": 1}));
        // As it is stored, exported and read again it stays the same.
        let event = placed(&sent);
        let stored = serde_json::to_string(&event).unwrap();
        assert_eq!(read(&stored).placed(Offset(1), Seq(1)), event, "{sent}");
    }
    let flat = again(r#"{"event_type":"ENV","_envelope":{"epoch":99}}"#);
    assert_eq!(flat["epoch"], Value::Null);
    assert_eq!(flat["data"], json!({"_envelope": {"epoch": 99}}));
}

#[test]
fn numbers_beyond_a_double_are_null() {
    let text = r#"{"event_type":"X","data":{"a":[1e400,-1e400],"rng_seed":18446744073709551615},"more":1e999}"#;
    let frame = again(text);
    assert_eq!(frame["data"]["a"], json!([null, null]));
    assert_eq!(frame["more"], Value::Null);
    assert_eq!(
        frame["data"]["rng_seed"],
        json!(18_446_744_073_709_551_615_u64)
    );
}

#[test]
fn data_that_is_no_object_is_kept() {
    for data in ["null", "[1,2]", "\"text\"", "7"] {
        let frame = again(&format!(r#"{{"event_type":"X_DETECTED","data":{data}}}"#));
        assert_eq!(frame["data"].to_string(), data);
    }
}

#[test]
fn nothing_is_kept_where_nothing_would_be_lost() {
    let text = r#"{"event_type":"EPOCH_COMPLETED","timestamp":"2026-01-05T10:00:00.000123+00:00","epoch":null,"seed_id":null,"slot_id":null,"severity":"info","message":"","data":{"a":1}}"#;
    assert_eq!(read(text).data.as_str(), r#"{"a":1}"#);
}

proptest! {
    #[test]
    fn every_frame_round_trips(
        name in "[A-Za-z_]{1,24}",
        epoch in proptest::option::of(0_u32..1_000),
        slot in proptest::option::of("[a-z0-9]{1,6}"),
        group in proptest::option::of("[A-Za-z ]{1,6}"),
        severity in prop_oneof![Just("debug"), Just("info"), Just("warning"), Just("error"), Just("critical"), Just("mauve")],
        message in "[ -~é]{0,40}",
        micros in 0_i64..4_000_000_000_000_000,
        values in proptest::collection::btree_map("[a-z_/~]{1,8}", prop_oneof![Just("NaN".to_owned()), Just("null".to_owned()), Just("true".to_owned()), Just("[1,-Infinity,{}]".to_owned()), any::<i64>().prop_map(|n| n.to_string())], 0..8),
        data_is_null in any::<bool>(),
    ) {
        let fields: Vec<String> = values.iter().map(|(key, value)| format!("{}:{value}", Value::from(key.as_str()))).collect();
        let data = if data_is_null { "null".to_owned() } else { format!("{{{}}}", fields.join(",")) };
        let stamp = loopscope_event::Timestamp::from_micros(micros).to_string().replace('Z', "+00:00");
        let mut text = format!(r#"{{"event_type":"{name}","timestamp":"{stamp}","epoch":{},"seed_id":null,"slot_id":{},"severity":"{severity}","message":{},"data":{data},"event_id":"e""#,
            Value::from(epoch), Value::from(slot), Value::from(message));
        if let Some(group) = group {
            text.extend([",\"group_id\":", &Value::from(group).to_string()]);
        }
        text.push('}');
        let event = read(&text);
        let frame = frame(&event.clone().placed(Offset(1), Seq(1)));
        let plain = text.replace("-Infinity", "null").replace(":NaN", ":null");
        prop_assert_eq!(&frame, &plain);
        let second = read(&frame);
        prop_assert_eq!(second.severity, event.severity);
        prop_assert_eq!(second.timestamp, event.timestamp);
    }
}
