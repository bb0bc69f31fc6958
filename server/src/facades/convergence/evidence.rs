//! The state that an event is published with. In: one event. Out: a state word; nothing but that event decides.
//!
//! A real loop writes `IDLE` into every envelope (section 5), so the word is taken from what the event itself says.
//! It is no claim about the session: that is derived by the fold, from all of its events.

use loopscope_board::state_of_step;
use loopscope_event::{Event, Kind};
use serde::Deserialize;
use std::borrow::Cow;

/// The word of a machine that does nothing.
pub(crate) const IDLE: &str = "IDLE";

/// The fields of a payload that tell a state; anything else in them is no concern here.
#[derive(Deserialize)]
struct Telling<'a> {
    #[serde(default, borrow)]
    step: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    to: Option<Cow<'a, str>>,
}

/// The one field of a crash that does.
#[derive(Deserialize)]
struct Crash<'a> {
    #[serde(default, borrow)]
    state: Option<Cow<'a, str>>,
}

/// The state to publish: the envelope's own unless it is `IDLE` or absent, else what the event shows, else `IDLE`.
pub(crate) fn published_state(event: &Event) -> Cow<'_, str> {
    if let Some(state) = event.state.as_deref().map(str::trim)
        && !state.is_empty()
        && !state.eq_ignore_ascii_case(IDLE)
    {
        return Cow::Borrowed(state);
    }
    match event.kind {
        Kind::Converged => Cow::Borrowed("CONVERGED"),
        Kind::StepStarted | Kind::StepProgress | Kind::StepCompleted | Kind::StepFailed => {
            let step = telling(event).and_then(|telling: Telling<'_>| telling.step);
            let stage = step.and_then(|step| state_of_step(&step.trim().to_lowercase()));
            Cow::Borrowed(stage.unwrap_or(IDLE))
        }
        Kind::StateChanged => named(telling(event).and_then(|telling: Telling<'_>| telling.to)),
        // A crash names the state that it happened in.
        Kind::Error => named(telling(event).and_then(|crash: Crash<'_>| crash.state)),
        _ => Cow::Borrowed(IDLE),
    }
}

/// The state that a payload names; `IDLE` where it names none.
fn named(word: Option<Cow<'_, str>>) -> Cow<'static, str> {
    match word {
        Some(word) if !word.trim().is_empty() => Cow::Owned(word.trim().to_uppercase()),
        _ => Cow::Borrowed(IDLE),
    }
}

fn telling<'a, T: Deserialize<'a>>(event: &'a Event) -> Option<T> {
    serde_json::from_str(event.data.as_str()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facades::convergence::testing::event;

    fn check(kind: Kind, own: Option<&str>, data: &str, expected: &str) {
        let mut event = event("ANY", data);
        event.kind = kind;
        event.state = own.map(str::to_owned);
        assert_eq!(published_state(&event), expected, "{kind} {own:?} {data}");
    }

    #[test]
    fn one_event_decides_its_published_state() {
        use Kind::{Converged, Generic, SessionEnded, StateChanged, StepStarted};
        let idle = Some("IDLE");
        check(StepStarted, idle, r#"{"step":"diagnose"}"#, "DIAGNOSING");
        check(
            Kind::StepCompleted,
            None,
            r#"{"step":"Fix","x":[1]}"#,
            "FIXING",
        );
        check(
            Kind::StepFailed,
            Some(""),
            r#"{"step":"attack"}"#,
            "ATTACKING",
        );
        check(
            Kind::StepProgress,
            Some("idle"),
            r#"{"step":"validate"}"#,
            "VALIDATING",
        );
        check(StepStarted, None, r#"{"step":"lint"}"#, "IDLE");
        check(StepStarted, None, r#"{"step":7}"#, "IDLE");
        check(StepStarted, None, "[]", "IDLE");
        check(
            StepStarted,
            Some("VALIDATING"),
            r#"{"step":"fix"}"#,
            "VALIDATING",
        );
        check(
            StateChanged,
            idle,
            r#"{"from":"IDLE","to":"fixing"}"#,
            "FIXING",
        );
        check(StateChanged, None, r#"{"from":"FIXING"}"#, "IDLE");
        check(StateChanged, None, r#"{"to":" "}"#, "IDLE");
        check(
            Kind::Error,
            idle,
            r#"{"error":"x","state":"fixing"}"#,
            "FIXING",
        );
        check(Kind::Error, idle, r#"{"error":"x","state":1}"#, "IDLE");
        check(Kind::Error, idle, r#"{"error":"x"}"#, "IDLE");
        check(Converged, idle, "{}", "CONVERGED");
        check(SessionEnded, idle, "{}", "IDLE");
        check(Kind::Metric, Some(" ATTACKING "), "{}", "ATTACKING");
        check(Generic, None, r#"{"step":"fix","to":"FAILED"}"#, "IDLE");
    }
}
