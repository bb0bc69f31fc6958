//! What holds for every rule, whatever happens: alerts alternate, hysteresis holds, and a crash changes nothing.

mod support;

use loopscope_alerts::Watch;
use loopscope_protocol::{AlertRuleBody, SessionStatus};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{Told, event, glance, measured, rule, tell};

fn conditions() -> impl Strategy<Value = Value> {
    prop_oneof![
        (0..4_u8, 0..3_u8).prop_map(|(above, long)| json!({"kind": "threshold", "metric": "m*", "above": above, "resolve_at": f64::from(above) - 1.0, "for_seconds": long})),
        (0..4_u8).prop_map(|below| json!({"kind": "threshold", "metric": "m1", "below": below})),
        (1..4_u8).prop_map(|seconds| json!({"kind": "silence", "seconds": seconds})),
        (1..4_u8).prop_map(|seconds| json!({"kind": "stuck", "seconds": seconds})),
        Just(json!({"kind": "step_failed"})),
        Just(json!({"kind": "new_critical_finding"})),
        Just(json!({"kind": "non_finite", "metrics": []})),
        Just(json!({"kind": "event", "names": ["STEP_*"], "severity": "high"})),
        (1..4_u8).prop_map(|above| json!({"kind": "rate", "above": above, "window_seconds": 2})),
    ]
}

/// Something that happens; its place in the session comes later.
fn happenings() -> impl Strategy<Value = (u8, u8, f64)> {
    (0..9_u8, 0..5_u8, 0.0..2.0_f64)
}

/// The same, at its place.
fn told(what: u8, value: u8, seq: &mut u64) -> Told {
    let mut next = || {
        *seq += 1;
        *seq
    };
    match what {
        0..=2 => Told::Event(measured(
            next(),
            if what == 0 { "m1" } else { "m2" },
            f64::from(value),
        )),
        3 => Told::Event(event(next(), "STEP_FAILED", "", json!({"step": "fix"}))),
        4 => Told::Event(event(
            next(),
            "STEP_COMPLETE",
            "",
            json!({"step": "fix", "success": true}),
        )),
        5 => Told::Event(event(
            next(),
            "VULNERABILITY_FOUND",
            "",
            json!({"severity": "critical", "description": "x"}),
        )),
        6 => {
            let words = ["FIXING", "ATTACKING", "VALIDATING", "FIXING", "IDLE"];
            let status = if value == 4 {
                SessionStatus::Completed
            } else {
                SessionStatus::Running
            };
            let mut seen = glance(*seq, status, words[usize::from(value)]);
            seen.findings_open = Some(0);
            Told::Glance(seen)
        }
        7 => Told::Event(event(
            next(),
            "METRICS",
            "",
            json!({"metrics": {"m1": "NaN"}}),
        )),
        _ => Told::Tick,
    }
}

fn with_pause(condition: Value, pause: u8) -> AlertRuleBody {
    AlertRuleBody {
        cool_down_seconds: f64::from(pause),
        resolve_seconds: 3.0,
        ..rule(condition)
    }
}

proptest! {
    #[test]
    fn alerts_alternate_and_respect_the_pause(
        condition in conditions(), pause in 0..4_u8, happenings in prop::collection::vec(happenings(), 1..80),
    ) {
        let rule = with_pause(condition, pause);
        let mut watch = Watch::default();
        let (mut now, mut seq, mut fires, mut last) = (0.0, 0, false, f64::MIN);
        for (what, value, later) in happenings {
            now += later;
            for change in tell(&mut watch, &rule, now, &told(what, value, &mut seq)) {
                let begins = change.starts_with('+');
                prop_assert_ne!(begins, fires, "{} while firing is {}", change, fires);
                fires = begins;
                if begins {
                    prop_assert!(now - last >= f64::from(pause) - 1e-3, "fired {} after {}", now, last);
                    last = now;
                }
            }
            prop_assert_eq!(watch.firing.is_some(), fires);
            // Nothing is left to do at a time that is over by now.
            let left = tell(&mut watch, &rule, now, &Told::Tick);
            for change in left {
                fires = change.starts_with('+');
                if fires { last = now; }
            }
            if let Some(due) = watch.due(&rule) {
                prop_assert!(due >= support::at(now), "due in the past");
            }
        }
    }

    #[test]
    fn a_value_between_the_bounds_changes_nothing(
        values in prop::collection::vec(0.0..4.0_f64, 1..60),
    ) {
        let rule = rule(json!({"kind": "threshold", "metric": "m", "above": 2, "resolve_at": 1}));
        let (mut watch, mut seq) = (Watch::default(), 0);
        for value in values {
            seq += 1;
            let was = watch.firing.is_some();
            tell(&mut watch, &rule, seq as f64, &Told::Event(measured(seq, "m", value)));
            let is = watch.firing.is_some();
            let expected = if value > 2.0 { true } else if value <= 1.0 { false } else { was };
            prop_assert_eq!(is, expected, "{} after {}", value, was);
        }
    }

    /// A server dies: what a watch decided is on record, everything else is told once more from an earlier moment.
    #[test]
    fn a_watch_that_was_stored_and_is_told_again_decides_nothing_twice(
        condition in conditions(), happenings in prop::collection::vec(happenings(), 1..60), cut in 0..60_usize,
    ) {
        let is_rate = condition["kind"] == "rate";
        prop_assume!(!is_rate);
        let rule = with_pause(condition, 0);
        let (mut watch, mut seq, mut now) = (Watch::default(), 0, 0.0);
        let mut events = Vec::new();
        for (what, value, later) in happenings.iter().take(cut) {
            now += later;
            let told = told(*what, *value, &mut seq);
            tell(&mut watch, &rule, now, &told);
            events.push((now, told));
        }
        let stored = serde_json::to_string(&watch).unwrap();
        let mut read: Watch = serde_json::from_str(&stored).unwrap();
        for (then, told) in &events {
            if let Told::Event(_) = told {
                let again = tell(&mut read, &rule, *then, told);
                prop_assert!(again.is_empty(), "{:?} once more", again);
            }
        }
        prop_assert_eq!(serde_json::to_string(&read).unwrap(), stored);
    }
}
