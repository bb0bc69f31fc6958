//! Frames as text, key by key: what clients of the contract parse.

use super::*;
use crate::facades::convergence::testing::event;

fn written(write: fn(&Event, &mut Vec<u8>), event: &Event) -> String {
    let mut out = Vec::new();
    write(event, &mut out);
    String::from_utf8(out).unwrap()
}

#[test]
fn both_event_shapes_carry_the_payload_as_sent() {
    let event = event("METRICS", r#"{"a" : 1.50e3, "b":[ ]}"#);
    assert_eq!(
        written(write_flat, &event),
        r#"{"type":"event","event_id":"e-1","timestamp":"2026-01-05T10:00:00.000000Z","session_id":"s-1","iteration":2,"state":"IDLE","event_type":"METRICS","data":{"a" : 1.50e3, "b":[ ]}}"#
    );
    assert_eq!(
        written(write_nested, &event),
        r#"{"type":"event","data":{"event_id":"e-1","timestamp":"2026-01-05T10:00:00.000000Z","session_id":"s-1","iteration":2,"state":"IDLE","event_type":"METRICS","data":{"a" : 1.50e3, "b":[ ]}}}"#
    );
}

#[test]
fn answers_have_the_shapes_of_the_contract() {
    let at = Timestamp::from_micros(1_767_607_200_000_000);
    assert_eq!(
        pong(at),
        r#"{"type":"pong","timestamp":"2026-01-05T10:00:00.000000Z"}"#
    );
    assert_eq!(
        response(
            "list_sessions",
            serde_json::json!({"sessions": [], "total": 0})
        ),
        r#"{"type":"response","request_action":"list_sessions","data":{"sessions":[],"total":0}}"#
    );
    assert_eq!(
        error(&Refusal::frame("invalid_json", "not JSON")),
        r#"{"type":"error","request_action":null,"error":"invalid_json","message":"not JSON"}"#
    );
    assert_eq!(
        error(&Refusal::action("dance", "unknown_action", "no")),
        r#"{"type":"error","request_action":"dance","error":"unknown_action","message":"no"}"#
    );
}

#[test]
fn a_payload_that_is_no_json_becomes_an_error_frame_and_no_half_frame() {
    let text = written(write_flat, &event("X", "{"));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["type"], "error");
}
