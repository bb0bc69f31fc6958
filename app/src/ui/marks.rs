//! Pills, severities, meters.

use leptos::prelude::*;
use loopscope_event::{Severities, Severity};
use loopscope_protocol::SessionStatus;

use super::{icon, severity_look, status_look};
use crate::part::{IntoPart as _, Part};
use crate::text;

/// A session's status as a pill.
pub fn status_pill(status: SessionStatus) -> Part {
    let (look, word) = status_look(status);
    view! { <span class=format!("pill {}", look.tone)>{icon(look.icon)}<span>{word}</span></span> }
        .part()
}

/// A severity's mark, its word for screen readers.
pub fn severity_mark(severity: Severity) -> Part {
    let look = severity_look(severity);
    view! {
        <span class=format!("sev {}", look.tone) title=severity.as_str()>
            {icon(look.icon)}
            <span class="sr">{severity.as_str()}</span>
        </span>
    }
    .part()
}

/// Counts by severity, those that are zero left out.
pub fn severity_counts(counts: &Severities) -> Part {
    let shown = Severity::ALL
        .iter()
        .map(|severity| (*severity, counts.get(*severity)))
        .filter(|(_, count)| *count > 0);
    let marks = shown.map(|(severity, count)| {
        let look = severity_look(severity);
        view! {
            <span class=format!("sev {}", look.tone)>
                {icon(look.icon)}
                <span class="sr">{severity.as_str()}" "</span>
                {text::count(count)}
            </span>
        }
    });
    marks.collect_view().part()
}

/// How much of a whole is done: 0.0 to 1.0. The figure stands beside it.
pub fn meter(share: f64) -> Part {
    let width = format!("{:.1}%", share.clamp(0.0, 1.0) * 100.0);
    view! { <svg class="meter" aria-hidden="true"><rect width=width></rect></svg> }.part()
}

/// How urgent a question is, in its own word.
pub fn priority_badge(word: &str) -> Part {
    let tone = match word {
        "critical" => "tone-critical",
        "high" => "tone-high",
        "medium" => "tone-medium",
        "low" => "tone-low",
        _ => "tone-plain",
    };
    view! { <span class=format!("badge tone {tone}")>{word.to_owned()}</span> }.part()
}

/// A value, or the dash that stands for unknown.
pub fn dash(value: Option<String>) -> Part {
    match value {
        Some(value) => value.part(),
        None => view! { <span class="t3">"–"</span> }.part(),
    }
    .part()
}
