//! The Overview's numbers: a figure, its line, and one sentence of meaning each; each leads to what it counts.

use leptos::prelude::*;
use loopscope_event::Duration;
use loopscope_protocol::{CrewTotals, OverviewMetrics as Metrics};

use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{dash, severity_counts};

/// What a card shows.
struct Figure {
    value: Part,
    spark: Option<Part>,
    note: Part,
}

/// A card: its label, where it leads, and how its figure is made.
type Card = (&'static str, &'static str, fn(&Metrics) -> Figure);

const CARDS: [Card; 10] = [
    ("Active sessions", "/sessions?status=running", active),
    ("Total sessions", "/sessions", total),
    ("Converged", "/sessions?status=converged", converged),
    ("Failed", "/sessions?status=failed", failed),
    ("Findings open", "/sessions?open=1&status=running", open),
    ("Events", "/sessions", events),
    ("Average iterations", "/sessions?sort=iteration", iterations),
    ("Average duration", "/sessions?sort=duration", duration),
    ("Connected clients", "/settings", clients),
    ("Uptime", "/settings", uptime),
];

/// The cards of crews, where there is any.
const CREW_CARDS: [Card; 4] = [
    ("Agents executed", "/systems", executed),
    ("Active agents", "/systems", at_work),
    ("Opportunities", "/systems", opportunities),
    ("Average quality", "/systems", quality),
];

/// The cards. Only what was measured stands here; what is unknown is a dash.
#[component]
pub fn MetricCards(
    /// The newest numbers.
    metrics: Memo<Metrics>,
) -> impl IntoView {
    let has_crew = Memo::new(move |_| metrics.with(|metrics| metrics.crews.is_some()));
    let crew = move || {
        has_crew.get().then(|| {
            let cards = Vec::from(CREW_CARDS.map(|made| card(made, metrics)));
            view! { <section class="metrics four" aria-label="Agents in figures">{cards}</section> }
        })
    };
    view! {
        <div class="totals">
            <section class="metrics" aria-label="Totals">{Vec::from(CARDS.map(|made| card(made, metrics)))}</section>
            {crew}
        </div>
    }
    .part()
}

fn card((label, href, figure): Card, metrics: Memo<Metrics>) -> Part {
    let figure = move || {
        let Figure { value, spark, note } = metrics.with(figure);
        view! { <span class="v">{value}</span>{spark}<span class="n">{note}</span> }.part()
    };
    view! { <a class="metric" href=href><span class="l">{label}</span>{figure}</a> }.part()
}

fn active(m: &Metrics) -> Figure {
    let note = match (m.halted_sessions, m.interrupted_sessions) {
        (0, 0) => "none halted".to_owned(),
        (0, cut) => format!("{} interrupted", text::count(cut)),
        (halted, _) => format!("{} more halted", text::count(halted)),
    };
    figure(big(m.active_sessions), None, note)
}

fn total(m: &Metrics) -> Figure {
    let note = format!("{} today", text::count(m.sessions_today));
    figure(
        big(m.total_sessions),
        spark(&m.sessions_by_hour, None),
        note,
    )
}

fn converged(m: &Metrics) -> Figure {
    let ended = m.converged_sessions + m.failed_sessions;
    let note = match text::percent(m.converged_sessions, ended) {
        Some(share) => format!("{share} of ended loops"),
        None => "none has ended".to_owned(),
    };
    let line = spark(&m.converged_by_hour, Some("tone-success"));
    figure(big(m.converged_sessions), line, note)
}

fn failed(m: &Metrics) -> Figure {
    let in_a_day: u64 = m.failed_by_hour.iter().sum();
    let line = spark(&m.failed_by_hour, Some("tone-error"));
    figure(
        big(m.failed_sessions),
        line,
        format!("{} in 24 hours", text::count(in_a_day)),
    )
}

fn open(m: &Metrics) -> Figure {
    let note = if m.open_findings.total() > 0 {
        severity_counts(&m.open_findings)
    } else {
        "in running sessions".part()
    };
    Figure {
        note,
        ..figure(big(m.open_findings_total), None, String::new())
    }
}

fn events(m: &Metrics) -> Figure {
    let note = format!("{} per second", text::decimal(m.events_per_second, 1));
    figure(big(m.events_total), spark(&m.events_by_second, None), note)
}

fn iterations(m: &Metrics) -> Figure {
    let mean = m.average_iterations.map(|mean| text::decimal(mean, 1));
    figure(dash(mean), None, "of sessions with any".to_owned())
}

fn duration(m: &Metrics) -> Figure {
    let mean = m.average_duration.map_or_else(|| dash(None), units);
    figure(mean, None, "ended sessions".to_owned())
}

fn clients(m: &Metrics) -> Figure {
    let viewers = m.connected_clients.saturating_sub(m.connected_producers);
    let note = format!("{} publishing, {viewers} viewing", m.connected_producers);
    figure(big(m.connected_clients), None, note)
}

fn uptime(m: &Metrics) -> Figure {
    figure(
        units(m.uptime),
        None,
        format!("{} on disk", text::bytes(m.journal_bytes)),
    )
}

/// What crews did; zeros before any is known, which no card shows.
fn crews(m: &Metrics) -> CrewTotals {
    m.crews.unwrap_or_default()
}

fn executed(m: &Metrics) -> Figure {
    let crews = crews(m);
    let note = match crews.agents_failed {
        0 => "none failed".to_owned(),
        failed => format!("{} failed", text::count(failed)),
    };
    figure(big(crews.agents_executed), None, note)
}

fn at_work(m: &Metrics) -> Figure {
    let note = format!("in {}", text::plural(crews(m).systems, "system"));
    figure(big(crews(m).active_agents), None, note)
}

fn opportunities(m: &Metrics) -> Figure {
    figure(
        big(crews(m).opportunities),
        None,
        "discovered by agents".to_owned(),
    )
}

fn quality(m: &Metrics) -> Figure {
    let value = match crews(m).average_quality {
        Some(score) => view! { {format!("{score:.1}")}<small>"%"</small> }.part(),
        None => dash(None),
    };
    figure(value, None, "of executions that say".to_owned())
}

fn figure(value: Part, spark: Option<Part>, note: String) -> Figure {
    let note = note.part();
    Figure { value, spark, note }
}

/// A sparkline; none where nothing happened.
fn spark(values: &[u64], tone: Option<&'static str>) -> Option<Part> {
    let any = values.iter().any(|value| *value > 0);
    any.then(|| crate::ui::spark(values, tone)).flatten()
}

/// A count, its unit smaller.
fn big(value: u64) -> Part {
    let (figure, unit) = text::compact(value);
    let unit = (!unit.is_empty()).then(|| view! { <small>" "{unit}</small> });
    view! { {figure}{unit} }.part()
}

/// A span, its units smaller: digits stand out of `28m 14s`.
fn units(span: Duration) -> Part {
    let span = text::clock_span(span);
    let mut parts: Vec<Part> = Vec::new();
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
        parts.push(view! { {figure}<small>{unit}</small> }.part());
        rest = tail;
    }
    parts.collect_view().part()
}
