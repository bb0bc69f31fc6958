//! The Overview's numbers: a figure, its line, and one sentence of meaning each; each leads to what it counts.

use leptos::prelude::*;
use loopscope_event::Duration;
use loopscope_protocol::OverviewMetrics;

use crate::text;
use crate::ui::{dash, severity_counts};

/// One card as it is shown.
struct Card {
    label: &'static str,
    href: &'static str,
    value: AnyView,
    spark: Option<AnyView>,
    note: AnyView,
}

/// The cards. Only what was measured stands here; what is unknown is a dash.
#[component]
pub fn MetricCards(
    /// The newest numbers.
    metrics: Memo<OverviewMetrics>,
) -> impl IntoView {
    view! {
        <section class="metrics" aria-label="Totals">
            {move || metrics.with(|m| sessions(m).into_iter().chain(rest(m)).map(draw).collect_view())}
        </section>
    }
    .into_any()
}

fn draw(card: Card) -> AnyView {
    view! {
        <a class="metric" href=card.href>
            <span class="l">{card.label}</span>
            <span class="v">{card.value}</span>
            {card.spark}
            <span class="n">{card.note}</span>
        </a>
    }
    .into_any()
}

fn sessions(m: &OverviewMetrics) -> [Card; 5] {
    let tone = |count: u64, tone| (count > 0).then_some(tone);
    let ended = m.converged_sessions + m.failed_sessions;
    let waiting = match (m.halted_sessions, m.interrupted_sessions) {
        (0, 0) => "none halted".to_owned(),
        (0, cut) => format!("{} interrupted", text::count(cut)),
        (halted, _) => format!("{} more halted", text::count(halted)),
    };
    [
        Card {
            label: "Active sessions",
            href: "/sessions?status=running",
            value: text::count(m.active_sessions).into_any(),
            spark: None,
            note: waiting.into_any(),
        },
        Card {
            label: "Total sessions",
            href: "/sessions",
            value: big(m.total_sessions),
            spark: spark(&m.sessions_by_hour, None),
            note: format!("{} today", text::count(m.sessions_today)).into_any(),
        },
        Card {
            label: "Converged",
            href: "/sessions?status=converged",
            value: big(m.converged_sessions),
            spark: spark(
                &m.converged_by_hour,
                tone(m.converged_by_hour.iter().sum(), "tone-success"),
            ),
            note: match text::percent(m.converged_sessions, ended) {
                Some(share) => format!("{share} of ended loops"),
                None => "none has ended".to_owned(),
            }
            .into_any(),
        },
        Card {
            label: "Failed",
            href: "/sessions?status=failed",
            value: big(m.failed_sessions),
            spark: spark(
                &m.failed_by_hour,
                tone(m.failed_by_hour.iter().sum(), "tone-error"),
            ),
            note: format!("{} in 24 hours", text::count(m.failed_by_hour.iter().sum())).into_any(),
        },
        Card {
            label: "Findings open",
            href: "/sessions?open=1&status=running",
            value: big(m.open_findings_total),
            spark: None,
            note: if m.open_findings.total() > 0 {
                severity_counts(&m.open_findings)
            } else {
                "in running sessions".into_any()
            },
        },
    ]
}

fn rest(m: &OverviewMetrics) -> [Card; 5] {
    let viewers = m.connected_clients.saturating_sub(m.connected_producers);
    [
        Card {
            label: "Events",
            href: "/sessions",
            value: big(m.events_total),
            spark: spark(&m.events_by_second, None),
            note: format!("{} per second", text::decimal(m.events_per_second, 1)).into_any(),
        },
        Card {
            label: "Average iterations",
            href: "/sessions?sort=iteration",
            value: dash(m.average_iterations.map(|mean| text::decimal(mean, 1))),
            spark: None,
            note: "of sessions with any".into_any(),
        },
        Card {
            label: "Average duration",
            href: "/sessions?sort=duration",
            value: m.average_duration.map_or_else(|| dash(None), units),
            spark: None,
            note: "ended sessions".into_any(),
        },
        Card {
            label: "Connected clients",
            href: "/settings",
            value: big(m.connected_clients),
            spark: None,
            note: format!("{} publishing, {viewers} viewing", m.connected_producers).into_any(),
        },
        Card {
            label: "Uptime",
            href: "/settings",
            value: units(m.uptime),
            spark: None,
            note: format!("{} on disk", text::bytes(m.journal_bytes)).into_any(),
        },
    ]
}

/// A sparkline; none where nothing happened.
fn spark(values: &[u64], tone: Option<&'static str>) -> Option<AnyView> {
    let any = values.iter().any(|value| *value > 0);
    any.then(|| crate::ui::spark(values, tone)).flatten()
}

/// A count, its unit smaller.
fn big(value: u64) -> AnyView {
    let (figure, unit) = text::compact(value);
    let unit = (!unit.is_empty()).then(|| view! { <small>" "{unit}</small> });
    view! { {figure}{unit} }.into_any()
}

/// A span, its units smaller: digits stand out of `28m 14s`.
fn units(span: Duration) -> AnyView {
    let span = text::clock_span(span);
    let mut parts: Vec<AnyView> = Vec::new();
    let mut rest = span.as_str();
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let (figure, tail) = rest.split_at(digits);
        let letters = tail
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(letters);
        let (figure, unit) = (figure.to_owned(), unit.to_owned());
        parts.push(view! { {figure}<small>{unit}</small> }.into_any());
        rest = tail;
    }
    parts.collect_view().into_any()
}
