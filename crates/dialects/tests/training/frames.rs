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
