//! How a step ended, in few words; and ends that came before their beginning.

use loopscope_event::{Phase, RawJson, StepFact};
use loopscope_protocol::{Span, SpanStatus};
use serde::{Deserialize, Serialize};

use super::open::cut;

/// An end whose beginning was not seen yet: a span of no length.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Early(pub Span);

impl Early {
    /// Whether a beginning is its own.
    pub(super) fn fits(&self, began: &Span) -> bool {
        let Self(end) = self;
        let same = end.kind == began.kind && end.name == began.name;
        same && end.iteration == began.iteration && end.start_us >= began.start_us
    }

    /// The whole of it, in the place of its end alone.
    pub(super) fn with_start(self, began: Span) -> Span {
        let Self(end) = self;
        Span {
            start_us: began.start_us,
            by: end.by.clone().or(began.by),
            parent: end.parent.or(began.parent),
            depth: end.depth.max(began.depth),
            ..end
        }
    }
}

/// How a step ended.
pub(super) fn step_status(fact: &StepFact) -> SpanStatus {
    match fact.phase {
        Phase::Failed => SpanStatus::Failed,
        Phase::Skipped => SpanStatus::Skipped,
        _ if fact.success == Some(false) => SpanStatus::Failed,
        _ => SpanStatus::Completed,
    }
}

/// What a step came to, or how far it is: `3 findings`, `38 of 40 passed`, `12 of 40`.
pub(super) fn step_label(fact: &StepFact) -> Option<String> {
    let counted = |count: Option<u64>, one: &str, many: &str| {
        let count = count?;
        Some(format!("{count} {}", if count == 1 { one } else { many }))
    };
    let counts = fact.counts;
    let tests = fact.tests.map(|tests| {
        let ran = tests.passed.saturating_add(tests.failed);
        format!("{} of {ran} passed", tests.passed)
    });
    let said = [
        counted(counts.findings, "finding", "findings"),
        counted(counts.fixes, "fix", "fixes"),
        counted(counts.vulnerabilities, "vulnerability", "vulnerabilities"),
        tests,
    ];
    let said: Vec<String> = said.into_iter().flatten().collect();
    if !said.is_empty() {
        return Some(said.join(", "));
    }
    let part = fact.skill.as_deref().and_then(|part| part.percent);
    match (fact.done, fact.total, part) {
        _ if fact.phase != Phase::Progress => None,
        (Some(done), Some(total), _) => Some(format!("{done} of {total}")),
        (.., Some(percent)) => Some(format!("{percent:.0}%")),
        _ => None,
    }
}

/// What was chosen, as one line.
pub(super) fn answer(choice: &RawJson) -> Option<String> {
    let text = choice.as_str();
    let text = serde_json::from_str::<String>(text).unwrap_or_else(|_| text.to_owned());
    (text != "null" && !text.is_empty()).then(|| cut(&text, 80))
}
