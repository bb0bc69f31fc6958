//! The story against the contract's life of a session, for many seeds.

use super::*;
use proptest::prelude::*;

fn one_session(seed: u64) -> Vec<Value> {
    let mut script = Script::new(seed);
    let mut events = Vec::new();
    for beat in 0..100_i64 {
        events.extend(script.beat(Timestamp::from_micros(beat * 2_000_000)));
        if script.place == Place::Over {
            return events;
        }
    }
    panic!("the session never ends");
}

fn named<'a>(events: &'a [Value], name: &'a str) -> impl Iterator<Item = &'a Value> {
    events
        .iter()
        .filter(move |event| event["event_type"] == name)
}

proptest! {
    #[test]
    fn every_story_converges_in_its_third_iteration(seed: u64) {
        let events = one_session(seed);
        prop_assert_eq!(&events[0]["event_type"], "SESSION_STARTED");
        prop_assert_eq!(&events[0]["data"]["target"], "simulated");
        prop_assert_eq!(&events[events.len() - 1]["event_type"], "SESSION_ENDED");
        prop_assert_eq!(named(&events, "ITERATION_STARTED").count(), 3);
        // The last iteration of a converged run has no end (section 5).
        prop_assert_eq!(named(&events, "ITERATION_ENDED").count(), 2);
        prop_assert_eq!(named(&events, "STEP_STARTED").count(), 12);
        prop_assert_eq!(named(&events, "STEP_COMPLETE").count(), 12);
        let reached: Vec<_> = named(&events, "CONVERGENCE_REACHED").collect();
        prop_assert_eq!(reached.len(), 1);
        prop_assert_eq!(&reached[0]["data"]["iterations"], 3);
    }

    #[test]
    fn it_converges_because_nothing_is_left(seed: u64) {
        let events = one_session(seed);
        let last = |step: &str| {
            named(&events, "STEP_COMPLETE")
                .filter(|event| event["data"]["step"] == step)
                .last().map(|event| event["data"].clone()).unwrap_or_default()
        };
        for (step, list) in [("diagnose", "findings"), ("fix", "fixes"), ("attack", "vulnerabilities")] {
            prop_assert_eq!(last(step)[list].as_array().map(Vec::len), Some(0));
        }
        prop_assert_eq!(&last("validate")["success"], true);
        let first = named(&events, "STEP_COMPLETE").next().unwrap();
        let found = first["data"]["findings"].as_array().unwrap();
        prop_assert!(found.len() >= 4 && found.iter().all(Value::is_string));
    }

    #[test]
    fn transitions_join_end_to_end(seed: u64) {
        let mut state = json!("IDLE");
        for event in named(&one_session(seed), "STATE_CHANGED") {
            prop_assert_eq!(&event["data"]["from"], &state);
            state = event["data"]["to"].clone();
        }
        prop_assert_eq!(state, "CONVERGED");
    }
}

#[test]
fn sessions_follow_each_other_with_names_of_their_own() {
    let mut script = Script::new(7);
    let mut ids = std::collections::BTreeSet::new();
    for beat in 0..60_i64 {
        for event in script.beat(Timestamp::from_micros(beat * 2_000_000)) {
            ids.insert(event["session_id"].as_str().unwrap().to_owned());
        }
    }
    assert!(ids.len() >= 3, "{ids:?}");
}
