//! What a rule must be. In: a rule as it was sent. Out: nothing, or the field at fault and why.

use loopscope_protocol::{AlertCondition, AlertRuleBody, ApiError};

/// The longest time that a rule may name: a month.
pub const MAX_SECONDS: f64 = 2_678_400.0;
/// The most names in one list.
pub const MAX_NAMES: usize = 64;
/// The longest word, in bytes.
const MAX_WORD: usize = 256;

type Checked = Result<(), ApiError>;

/// Refuses what crosses a bound or contradicts itself.
pub fn check(rule: &AlertRuleBody) -> Checked {
    word("name", rule.name.trim())?;
    span("cool_down_seconds", rule.cool_down_seconds, 0.0)?;
    span("resolve_seconds", rule.resolve_seconds, 1.0)?;
    pattern("scope.session", rule.scope.session.as_deref())?;
    pattern("scope.target", rule.scope.target.as_deref())?;
    if let Some(channels) = &rule.channels
        && channels.len() > MAX_NAMES
    {
        return Err(too_many("channels"));
    }
    condition(&rule.condition)
}

fn condition(condition: &AlertCondition) -> Checked {
    match condition {
        AlertCondition::Threshold {
            metric,
            above,
            below,
            resolve_at,
            for_seconds,
        } => {
            word("condition.metric", metric.trim())?;
            bounds(*above, *below, *resolve_at)?;
            span("condition.for_seconds", *for_seconds, 0.0)
        }
        AlertCondition::Silence { seconds } => span("condition.seconds", *seconds, 1.0),
        AlertCondition::Stuck { state, seconds } => {
            pattern("condition.state", state.as_deref())?;
            span("condition.seconds", *seconds, 1.0)
        }
        AlertCondition::StepFailed { step } => pattern("condition.step", step.as_deref()),
        AlertCondition::NewCriticalFinding { .. } => Ok(()),
        AlertCondition::NonFinite { metrics } => names("condition.metrics", metrics),
        AlertCondition::Rate {
            above,
            below,
            resolve_at,
            window_seconds,
            for_seconds,
            ..
        } => {
            bounds(*above, *below, *resolve_at)?;
            if [above, below]
                .into_iter()
                .flatten()
                .any(|bound| *bound < 0.0)
            {
                return Err(ApiError::field(
                    "condition.above",
                    "a rate is never below 0",
                ));
            }
            if !(1.0..=3_600.0).contains(window_seconds) {
                let message = "a window is from 1 to 3600 seconds long";
                return Err(ApiError::field("condition.window_seconds", message));
            }
            span("condition.for_seconds", *for_seconds, 0.0)
        }
        AlertCondition::Event {
            names: meant,
            severity,
            except,
            ..
        } => {
            names("condition.names", meant)?;
            names("condition.except", except)?;
            if meant.is_empty() && severity.is_none() {
                let message = "name events, or the least severity; else every event would be meant";
                return Err(ApiError::field("condition.names", message));
            }
            Ok(())
        }
    }
}

fn bounds(above: Option<f64>, below: Option<f64>, resolve_at: Option<f64>) -> Checked {
    if above.is_none() && below.is_none() {
        return Err(ApiError::field(
            "condition.above",
            "a bound is needed: above, or below",
        ));
    }
    let all = [
        ("condition.above", above),
        ("condition.below", below),
        ("condition.resolve_at", resolve_at),
    ];
    for (field, value) in all {
        if value.is_some_and(|value| !value.is_finite()) {
            return Err(ApiError::field(field, "a finite number is needed"));
        }
    }
    let crossed = matches!((above, below), (Some(above), Some(below)) if below > above);
    if crossed {
        let message = "must not be higher than `above`: the rule would always fire";
        return Err(ApiError::field("condition.below", message));
    }
    let message = match (above, below, resolve_at) {
        (Some(above), None, Some(back)) if back > above => "it must not be higher than above",
        (None, Some(below), Some(back)) if back < below => "it must not be lower than below",
        (Some(_), Some(_), Some(_)) => "with both bounds it resolves in between; leave it out",
        _ => return Ok(()),
    };
    Err(ApiError::field("condition.resolve_at", message))
}

fn span(field: &str, seconds: f64, least: f64) -> Checked {
    if (least..=MAX_SECONDS).contains(&seconds) {
        return Ok(());
    }
    let message = format!("must be from {least} to {MAX_SECONDS} seconds");
    Err(ApiError::field(field, message))
}

fn word(field: &str, word: &str) -> Checked {
    if word.is_empty() {
        return Err(ApiError::field(field, "it is empty"));
    }
    if word.len() > MAX_WORD {
        return Err(ApiError {
            limit: Some(format!("{MAX_WORD} bytes")),
            ..ApiError::field(field, "it is too long")
        });
    }
    Ok(())
}

fn pattern(field: &str, pattern: Option<&str>) -> Checked {
    pattern.map_or(Ok(()), |pattern| word(field, pattern.trim()))
}

fn names(field: &str, names: &[String]) -> Checked {
    if names.len() > MAX_NAMES {
        return Err(too_many(field));
    }
    for (index, name) in names.iter().enumerate() {
        word(&format!("{field}[{index}]"), name.trim())?;
    }
    Ok(())
}

fn too_many(field: &str) -> ApiError {
    ApiError {
        limit: Some(format!("{MAX_NAMES} names")),
        ..ApiError::field(field, "too many")
    }
}
