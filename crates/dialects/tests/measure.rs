//! What may hold numbers: never `false` where there are some, whatever the dialect and the spelling.

use loopscope_dialects::{DecodeContext, decode, facts, may_measure};
use loopscope_event::{Dialect, Event, Fact, Offset, Seq, Timestamp};
use proptest::prelude::*;

fn event(dialect: Dialect, name: &str, data: &str) -> Option<Event> {
    let text = format!(r#"{{"event_type":"{name}","session_id":"s","data":{data}}}"#);
    let context = DecodeContext {
        dialect: Some(dialect),
        ..DecodeContext::new(Timestamp::from_micros(1))
    };
    let decoded = decode(text.as_bytes(), &context).ok()?;
    let (event, _) = decoded.items.into_iter().next()?.ok()?;
    Some(event.placed(Offset(1), Seq(1)))
}

fn is_measured(event: &Event) -> bool {
    facts(event)
        .iter()
        .any(|fact| matches!(fact, Fact::Metrics(_)))
}

#[test]
fn a_key_in_escapes_is_a_key() {
    for (data, expected) in [
        (r#"{"metrics":{"loss":1}}"#, true),
        (r#"{"\u006detrics":{"loss":1}}"#, true),
        (r#"{"text":"no numbers"}"#, false),
    ] {
        let event = event(Dialect::Convergence, "STEP_STARTED", data).unwrap();
        assert_eq!(is_measured(&event), expected, "{data}");
        assert_eq!(may_measure(&event), expected, "{data}");
    }
}

proptest! {
    #[test]
    fn what_is_measured_may_be_measured(
        dialect in 0..4_usize,
        name in "METRICS|STEP_COMPLETE|ITERATION_STARTED|skill:completed|agent_registered|EPOCH_COMPLETED|X",
        key in "metrics|loss|step|a",
        value in r#"1|"2"|null|\{"loss":0\.5\}|\{"metrics":\{"a":1\}\}"#,
    ) {
        let dialects = [Dialect::Convergence, Dialect::Orchestrator, Dialect::Agents, Dialect::Training];
        let data = format!(r#"{{"{key}":{value}}}"#);
        if let Some(event) = event(dialects[dialect], &name, &data) {
            prop_assert!(!is_measured(&event) || may_measure(&event), "{data}");
        }
    }
}
