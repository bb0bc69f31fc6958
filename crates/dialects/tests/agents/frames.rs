//! The frame made again from the journal's event is the frame that was sent.

use loopscope_dialects::{DecodeContext, agents, decode};
use loopscope_event::{Event, Offset, Seq};
use proptest::prelude::*;

use crate::{context, placed};

#[test]
fn a_frame_as_the_reference_sends_it_comes_back_byte_for_byte() {
    for frame in [
        r#"{"event_id":"7b0d1c1e-0000-4000-8000-000000000001","event_type":"agent_execution_completed","timestamp":"2026-01-05T10:00:02.250000","data":{"agent_id":"a-7","agent_name":"Scout","task_description":"scan","duration_ms":2000.0,"success":true,"data_source":null,"quality_score":98.5,"description":"Agent Scout completed in 2000ms"},"severity":"success"}"#,
        r#"{"event_id":"e","event_type":"opportunity_discovered","timestamp":"2026-01-05T10:00:02","data":{"opportunity_id":"o", "title" : "caf\u00e9","confidence_score":1e-1,"description":""},"severity":"success"}"#,
        r#"{"event_id":"e","event_type":"quality_score_updated","timestamp":"2026-01-05T10:00:02Z","data":{"overall_score":99.10,"description":"x"},"severity":"info"}"#,
        r#"{"event_id":"e","event_type":"custom","timestamp":"2026-01-05T10:00:02.000000Z","data":{},"severity":"warning"}"#,
        r#"{"event_id":"e","event_type":"metrics_updated","timestamp":"2026-01-05T10:00:02","data":null,"severity":"info"}"#,
        r#"{"event_id":"e","event_type":"custom","timestamp":"2026-01-05T10:00:02","data":{ },"severity":"error","trace":{"id":[1]},"version":2}"#,
        r#"{"event_id":41,"event_type":"custom","timestamp":1767607200,"data":{"a":1},"severity":"info"}"#,
    ] {
        assert_eq!(agents::frame(&placed(frame)), frame);
    }
}

#[test]
fn what_a_producer_left_out_is_filled_in() {
    let event = placed(r#"{"event_type":"agent_execution_started","data":{"agent_name":"Scout"}}"#);
    let frame: serde_json::Value = serde_json::from_str(&agents::frame(&event)).unwrap();
    assert_eq!(frame["event_id"], event.event_id.as_str());
    assert_eq!(frame["timestamp"], event.timestamp.to_string());
    assert_eq!(frame["severity"], "info");
    assert_eq!(frame["data"]["description"], "Agent Scout started");
    assert_eq!(
        event.data.as_str(),
        r#"{"agent_name":"Scout"}"#,
        "the journal's stays"
    );
}

#[test]
fn what_is_remembered_beside_a_payload_is_no_part_of_the_frame() {
    for data in [
        r#"{"a":null,"_non_finite":{"/a":"NaN"}}"#,
        r#"{"a":null,"_non_finite":{"/a":"NaN"},"_envelope":{"timestamp":"t"}}"#,
        r#"{"a":null,"_envelope":{"timestamp":"t"},"_non_finite":{"/a":"NaN"}}"#,
        r#"{"_non_finite":{"/a":"NaN"},"a":null}"#,
    ] {
        let event = Event {
            data: loopscope_event::RawJson::from_trusted(data),
            ..placed(r#"{"event_type":"custom"}"#)
        };
        let frame: serde_json::Value = serde_json::from_str(&agents::frame(&event)).unwrap();
        assert_eq!(frame["data"].to_string(), r#"{"a":null}"#, "{data}");
    }
}

#[test]
fn a_payloads_own_envelope_is_its_data_and_forges_nothing() {
    for data in [
        r#"{"_envelope":{"event_id":"forged","timestamp":"then","severity":"error","x":1},"a":1,"description":"d"}"#,
        r#"{"_non_finite":{"/a":"NaN"},"a":null,"description":"d"}"#,
    ] {
        let sent = format!(
            r#"{{"event_id":"e","event_type":"custom","timestamp":"2026-01-05T10:00:02","data":{data},"severity":"success"}}"#
        );
        let event = placed(&sent);
        let frame: serde_json::Value = serde_json::from_str(&agents::frame(&event)).unwrap();
        let expected: serde_json::Value = serde_json::from_str(&sent).unwrap();
        assert_eq!(frame, expected);
        let line = serde_json::to_string(&event).unwrap();
        assert_eq!(placed(&line), event, "{line}");
    }
}

#[test]
fn an_event_that_is_exported_and_imported_is_the_same() {
    for frame in [
        r#"{"event_id":"e","event_type":"error_occurred","timestamp":"2026-01-05T10:00:02","data":{},"severity":"Critical","more":1}"#,
        r#"{"event_id":"e","event_type":"opportunity_discovered","timestamp":"2026-01-05T10:00:02Z","data":{"title":"t"},"severity":"success"}"#,
        r#"{"event_id":"e","event_type":"error_occurred","data":{},"severity":"warning"}"#,
    ] {
        let event = placed(frame);
        let line = serde_json::to_string(&event).unwrap();
        let ctx = DecodeContext {
            dialect: None,
            ..context()
        };
        let decoded = decode(line.as_bytes(), &ctx).unwrap();
        let (again, _) = decoded.items.into_iter().next().unwrap().unwrap();
        assert_eq!(again.placed(Offset(1), Seq(1)), event, "{line}");
    }
}

/// A frame in the order of the contract; every part may be spelled in any way that is allowed.
fn frames() -> impl Strategy<Value = String> {
    let name = prop_oneof![
        proptest::sample::select(
            agents::NAMES
                .iter()
                .map(|(name, _)| *name)
                .collect::<Vec<_>>()
        )
        .prop_map(str::to_owned),
        "[a-z_]{1,12}".prop_map(|name| format!("x{name}")),
    ];
    let time = prop_oneof![
        "20[0-9]{2}-0[1-9]-1[0-9]T1[0-9]:[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,6})?(Z|\\+0[0-9]:00)?",
        "[a-z ]{0,8}",
    ];
    let word = proptest::sample::select(vec!["info", "success", "warning", "error"]);
    let value = prop_oneof![
        "[ -!#-\\[\\]-~é🚀]{0,12}".prop_map(|text| format!("\"{text}\"")),
        any::<f64>()
            .prop_filter("finite", |number| number.is_finite())
            .prop_map(|number| format!("{number:?}")),
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just(r#"{ "inner" : [1, 2.50] }"#.to_owned()),
    ];
    let key = proptest::sample::select(vec![
        "agent_id",
        "agent_name",
        "success",
        "overall_score",
        "new_score",
        "old_score",
        "change",
        "title",
        "extra",
    ]);
    let fields = proptest::collection::vec((key, value), 0..6);
    (name, time, word, fields, any::<bool>()).prop_map(|(name, time, word, fields, more)| {
        let mut data: Vec<String> = fields.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        data.push("\"description\":\"d\"".to_owned());
        let more = if more { ",\"trace\":[1]" } else { "" };
        format!(
            r#"{{"event_id":"e","event_type":"{name}","timestamp":"{time}","data":{{{}}},"severity":"{word}"{more}}}"#,
            data.join(",")
        )
    })
}

proptest! {
    #[test]
    fn any_frame_comes_back_as_it_was_sent(frame in frames()) {
        let event = placed(&frame);
        prop_assert_eq!(agents::frame(&event), frame);
    }

    #[test]
    fn a_frame_of_a_frame_is_itself(text in "\\PC{0,64}", word in "\\PC{0,8}") {
        let text = serde_json::Value::from(text).to_string();
        let word = serde_json::Value::from(word).to_string();
        let sent = format!(r#"{{"event_type":"error_occurred","severity":{word},"data":{{"source":{text},"error_message":{text}}}}}"#);
        let once = agents::frame(&placed(&sent));
        prop_assert_eq!(agents::frame(&placed(&once)), once);
    }
}
