//! Short ways to write a rule, an event, a glance, for the tests of how rules are judged.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails with the test")]
#![allow(
    dead_code,
    clippy::allow_attributes,
    clippy::needless_pass_by_value,
    reason = "each program of tests uses some of it"
)]

use loopscope_alerts::{Change, Glance, Watch};
use loopscope_dialects::{DecodeContext, decode};
use loopscope_event::{Dialect, Event, Offset, ProjectId, Seq, SessionId, Severities, Timestamp};
use loopscope_protocol::{AlertRuleBody, SessionStatus};
use serde_json::{Value, json};

/// So many seconds after the beginning.
pub(crate) fn at(seconds: f64) -> Timestamp {
    Timestamp::from_micros(1_767_607_200_000_000 + (seconds * 1e6) as i64)
}

/// A rule without a pause, of a condition.
pub(crate) fn rule(condition: Value) -> AlertRuleBody {
    let rule = json!({"name": "r", "condition": condition, "cool_down_seconds": 0.0, "resolve_seconds": 10.0});
    let rule: AlertRuleBody = serde_json::from_value(rule).unwrap();
    loopscope_alerts::check(&rule).unwrap();
    rule
}

/// The event of that place: a name, a severity or nothing, a payload.
pub(crate) fn event(seq: u64, name: &str, severity: &str, data: Value) -> Event {
    let mut body = json!({"event_type": name, "session_id": "s", "iteration": 1, "data": data});
    if !severity.is_empty() {
        body["severity"] = severity.into();
    }
    // As Python writes what JSON cannot say.
    let body = ["NaN", "-Infinity", "Infinity"]
        .iter()
        .fold(body.to_string(), |body, word| {
            body.replace(&format!("\"{word}\""), word)
        });
    let decoded = decode(body.as_bytes(), &DecodeContext::new(at(0.0))).unwrap();
    let (event, _) = decoded.items.into_iter().next().unwrap().unwrap();
    event.placed(Offset(seq), Seq(seq))
}

pub(crate) fn measured(seq: u64, name: &str, value: f64) -> Event {
    event(seq, "METRICS", "", json!({"metrics": {name: value}}))
}

/// A point whose value is a word: `NaN`, `Infinity`.
pub(crate) fn measured_as(seq: u64, name: &str, word: &str) -> Event {
    event(seq, "METRICS", "", json!({"metrics": {name: word}}))
}

/// A running session in a state.
pub(crate) fn glance(seq: u64, status: SessionStatus, state: &str) -> Glance {
    Glance {
        project: ProjectId::default(),
        session_id: SessionId::new("s").unwrap(),
        seq,
        dialect: Dialect::Convergence,
        name: "run one".to_owned(),
        target: Some("src/lib.rs".to_owned()),
        status,
        state: state.to_owned(),
        iteration: 1,
        errors: 0,
        findings_open: None,
        open: Severities::default(),
        duration_seconds: 0.0,
    }
}

/// What happens to a watch.
#[derive(Debug, Clone)]
pub(crate) enum Told {
    Event(Event),
    Glance(Glance),
    Tick,
}

/// Tells a watch, and what it made of it: `+summary` or `-reason`.
pub(crate) fn tell(watch: &mut Watch, rule: &AlertRuleBody, now: f64, told: &Told) -> Vec<String> {
    let changes = match told {
        Told::Event(event) => watch.event(rule, event, at(now)),
        Told::Glance(seen) => watch.glance(rule, seen, at(now)),
        Told::Tick => watch.tick(rule, at(now)).into_iter().collect(),
    };
    let words = changes.into_iter().map(|change| match change {
        Change::Fire { summary, .. } => format!("+{summary}"),
        Change::Resolve(why) => format!("-{why}"),
    });
    words.collect()
}

/// Tells a new watch one thing after the other; each with when, and what must come of it.
pub(crate) fn table(condition: Value, steps: &[(f64, Told, &[&str])]) {
    let rule = rule(condition);
    let mut watch = Watch::default();
    for (index, (now, told, expected)) in steps.iter().enumerate() {
        let changes = tell(&mut watch, &rule, *now, told);
        assert_eq!(changes, *expected, "step {index}: {told:?} at {now}");
    }
}
