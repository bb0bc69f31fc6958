//! The state that an event is published with. In: one event. Out: a state word; nothing but that event decides.
//!
//! A real loop writes `IDLE` into every envelope (section 5), so the word is taken from what the event itself says.
//! It is no claim about the session: that is derived by the fold, from all of its events.

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
            let stage = telling(event).and_then(|telling| stage_of(&telling.step?));
            Cow::Borrowed(stage.unwrap_or(IDLE))
        }
        Kind::StateChanged => match telling(event).and_then(|telling| telling.to) {
            Some(to) if !to.trim().is_empty() => Cow::Owned(to.trim().to_uppercase()),
            _ => Cow::Borrowed(IDLE),
        },
        _ => Cow::Borrowed(IDLE),
    }
}

fn telling(event: &Event) -> Option<Telling<'_>> {
    serde_json::from_str(event.data.as_str()).ok()
}

/// The stage that a step belongs to.
fn stage_of(step: &str) -> Option<&'static str> {
    match step.trim().to_lowercase().as_str() {
        "diagnose" => Some("DIAGNOSING"),
        "fix" => Some("FIXING"),
        "attack" => Some("ATTACKING"),
        "validate" => Some("VALIDATING"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facades::convergence::testing::event;

    #[test]
    fn one_event_decides_its_published_state() {
        for (name, kind, own, data, expected) in [
            (
                "STEP_STARTED",
                Kind::StepStarted,
                Some("IDLE"),
                r#"{"step":"diagnose"}"#,
                "DIAGNOSING",
            ),
            (
                "STEP_COMPLETE",
                Kind::StepCompleted,
                None,
                r#"{"step":"Fix","x":[1]}"#,
                "FIXING",
            ),
            (
                "STEP_FAILED",
                Kind::StepFailed,
                Some(""),
                r#"{"step":"attack"}"#,
                "ATTACKING",
            ),
            (
                "step_complete",
                Kind::StepCompleted,
                Some("idle"),
                r#"{"step":"validate"}"#,
                "VALIDATING",
            ),
            (
                "STEP_STARTED",
                Kind::StepStarted,
                None,
                r#"{"step":"lint"}"#,
                "IDLE",
            ),
            (
                "STEP_STARTED",
                Kind::StepStarted,
                None,
                r#"{"step":7}"#,
                "IDLE",
            ),
            ("STEP_STARTED", Kind::StepStarted, None, "[]", "IDLE"),
            (
                "STEP_STARTED",
                Kind::StepStarted,
                Some("VALIDATING"),
                r#"{"step":"fix"}"#,
                "VALIDATING",
            ),
            (
                "STATE_CHANGED",
                Kind::StateChanged,
                Some("IDLE"),
                r#"{"from":"IDLE","to":"fixing"}"#,
                "FIXING",
            ),
            (
                "STATE_CHANGED",
                Kind::StateChanged,
                None,
                r#"{"from":"FIXING"}"#,
                "IDLE",
            ),
            (
                "STATE_CHANGED",
                Kind::StateChanged,
                None,
                r#"{"to":" "}"#,
                "IDLE",
            ),
            (
                "CONVERGENCE_REACHED",
                Kind::Converged,
                Some("IDLE"),
                "{}",
                "CONVERGED",
            ),
            (
                "SESSION_ENDED",
                Kind::SessionEnded,
                Some("IDLE"),
                "{}",
                "IDLE",
            ),
            (
                "METRICS",
                Kind::Metric,
                Some(" ATTACKING "),
                "{}",
                "ATTACKING",
            ),
            (
                "ANYTHING",
                Kind::Generic,
                None,
                r#"{"step":"fix","to":"FAILED"}"#,
                "IDLE",
            ),
        ] {
            let mut event = event(name, data);
            event.kind = kind;
            event.state = own.map(str::to_owned);
            assert_eq!(published_state(&event), expected, "{name} {own:?} {data}");
        }
    }
}
