//! Pills, severities, meters.

use leptos::prelude::*;
use loopscope_event::{Severities, Severity};
use loopscope_protocol::SessionStatus;

use super::{icon, severity_look, status_look};
use crate::text;

/// A session's status as a pill.
pub fn status_pill(status: SessionStatus) -> AnyView {
    let (look, word) = status_look(status);
    view! { <span class=format!("pill {}", look.tone)>{icon(look.icon)}<span>{word}</span></span> }
        .into_any()
}

/// A severity's mark, its word for screen readers.
pub fn severity_mark(severity: Severity) -> AnyView {
    let look = severity_look(severity);
    view! {
        <span class=format!("sev {}", look.tone) title=severity.as_str()>
            {icon(look.icon)}
            <span class="sr">{severity.as_str()}</span>
        </span>
    }
    .into_any()
}

/// Counts by severity, those that are zero left out.
pub fn severity_counts(counts: &Severities) -> AnyView {
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
    marks.collect_view().into_any()
}

/// How much of a whole is done: 0.0 to 1.0. The figure stands beside it.
pub fn meter(share: f64) -> AnyView {
    let width = format!("{:.1}%", share.clamp(0.0, 1.0) * 100.0);
    view! { <svg class="meter" aria-hidden="true"><rect width=width></rect></svg> }.into_any()
}

/// A value, or the dash that stands for unknown.
pub fn dash(value: Option<String>) -> AnyView {
    match value {
        Some(value) => value.into_any(),
        None => view! { <span class="t3">"–"</span> }.into_any(),
    }
    .into_any()
}
