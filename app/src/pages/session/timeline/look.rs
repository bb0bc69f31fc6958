//! How a span looks and what it is called. Colour never says it alone.

use loopscope_protocol::{Span, SpanKind, SpanStatus};

use crate::text;
use crate::ui::{Look, title_word};

/// The tone's class, and the icon's name.
pub(super) fn look(span: &Span) -> Look {
    let tone = match span.status {
        SpanStatus::Failed => "tone-failed",
        SpanStatus::Skipped | SpanStatus::Unknown => "tone-idle",
        _ => tone(span),
    };
    Look {
        tone,
        icon: icon(span),
    }
}

fn tone(span: &Span) -> &'static str {
    match span.kind {
        SpanKind::Iteration | SpanKind::Wave => "tone-plain",
        SpanKind::Step => match &*span.name {
            "diagnose" => "tone-diagnose",
            "fix" => "tone-fix",
            "attack" => "tone-attack",
            "validate" => "tone-validate",
            name => WORK[name.bytes().map(usize::from).sum::<usize>() % WORK.len()],
        },
        SpanKind::Skill => "tone-work-1",
        SpanKind::Agent => "tone-work-2",
        SpanKind::Phase => "tone-work-3",
        SpanKind::Validation => "tone-validate",
        SpanKind::Seed => match span.label.as_deref() {
            Some("germinated") => "tone-work-1",
            Some("training") => "tone-work-2",
            Some("blending") => "tone-work-3",
            _ => "tone-work-4",
        },
        SpanKind::Decision | SpanKind::Halt => "tone-halted",
        SpanKind::Outage => "tone-idle",
    }
}

const WORK: [&str; 4] = ["tone-work-1", "tone-work-2", "tone-work-3", "tone-work-4"];

fn icon(span: &Span) -> &'static str {
    match span.kind {
        SpanKind::Iteration | SpanKind::Seed => "loop",
        SpanKind::Wave => "sessions",
        SpanKind::Step => match &*span.name {
            "diagnose" => "diagnose",
            "fix" => "fix",
            "attack" => "attack",
            "validate" => "validate",
            _ => "running",
        },
        SpanKind::Skill | SpanKind::Phase => "overview",
        SpanKind::Agent => "agents",
        SpanKind::Validation => "validate",
        SpanKind::Decision => "decisions",
        SpanKind::Halt => "halted",
        SpanKind::Outage => "idle",
    }
}

/// Its name for people.
pub(super) fn title(span: &Span) -> String {
    if let Some(merged) = &span.merged {
        return format!("{} × {}", text::count(merged.count), title_word(&span.name));
    }
    match span.kind {
        SpanKind::Iteration => format!("{} {}", title_word(&span.name), span.iteration),
        SpanKind::Step | SpanKind::Halt | SpanKind::Outage | SpanKind::Wave => {
            title_word(&span.name)
        }
        _ => span.name.clone(),
    }
}

/// Whether its name is the program's own word.
pub(super) const fn is_mono(kind: SpanKind) -> bool {
    matches!(
        kind,
        SpanKind::Skill | SpanKind::Agent | SpanKind::Seed | SpanKind::Phase | SpanKind::Validation
    )
}

/// The kind, as many of them are called.
pub(super) const fn kind_title(kind: SpanKind) -> &'static str {
    match kind {
        SpanKind::Iteration => "Iterations",
        SpanKind::Wave => "Waves",
        SpanKind::Step => "Steps",
        SpanKind::Skill => "Skills",
        SpanKind::Phase => "Phases",
        SpanKind::Agent => "Agents",
        SpanKind::Seed => "Seeds",
        SpanKind::Validation => "Validation",
        SpanKind::Decision => "Decisions",
        SpanKind::Halt => "Halts",
        SpanKind::Outage => "Lost links",
    }
}

/// How it is, in a word; of a question that waits, that it does.
pub(super) fn status_word(span: &Span) -> &'static str {
    match (span.status, span.kind) {
        (SpanStatus::Running, SpanKind::Decision) => "Waiting",
        (SpanStatus::Running, _) => "Running",
        (SpanStatus::Completed, SpanKind::Decision) => "Answered",
        (SpanStatus::Completed, _) => "Completed",
        (SpanStatus::Failed, _) => "Failed",
        (SpanStatus::Skipped, SpanKind::Decision) => "Expired",
        (SpanStatus::Skipped, _) => "Skipped",
        (SpanStatus::Unknown, _) => "End unknown",
    }
}

/// How long it took, or takes already.
pub(super) fn spent(span: &Span, now_us: i64) -> String {
    let took = span.end_at(now_us) - span.start_us;
    let took = loopscope_event::Duration::from_micros(took);
    if span.end_us.is_none() {
        text::clock_span(took)
    } else {
        text::span(took)
    }
}

/// What stands in a bar or beside it: what it came to, else its name.
pub(super) fn bar_word(span: &Span) -> String {
    match (&span.label, &span.merged) {
        (Some(label), _) => label.clone(),
        (None, Some(merged)) => text::count(merged.count),
        (None, None) => title(span),
    }
}

/// All of it in one sentence.
pub(super) fn say(span: &Span, now_us: i64) -> String {
    let mut words = vec![
        title(span),
        spent(span, now_us),
        status_word(span).to_lowercase(),
    ];
    words.extend(span.label.clone());
    words.join(", ")
}
