//! One span in words: when, how long, what did it, what came of it, and the way to its events.

use leptos::prelude::*;
use loopscope_event::{Duration, Timestamp};
use loopscope_protocol::{Span, SpanKind, SpanStatus};

use super::look::{is_mono, look, spent, status_word, title};
use super::page::Page;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{icon, small_icon, title_word};
use crate::visit::prefs;

/// What is shown of a span.
#[derive(Debug, Clone, PartialEq)]
struct Shown {
    span: Span,
    /// What it is part of.
    parent: Option<Span>,
    /// How long others of its lane took in the middle, and how many there are.
    others: Option<(i64, usize)>,
}

/// The panel; nothing while no span is chosen.
#[component]
pub(super) fn Details(page: Page) -> impl IntoView {
    let shown = Memo::new(move |_| {
        let id = page.selected.get()?;
        page.shown.with(|shown| {
            let span = shown.spans.iter().find(|span| span.id == id)?;
            let parent = shown.spans.iter().find(|own| Some(own.id) == span.parent);
            Some(Shown {
                span: span.clone(),
                parent: parent.cloned(),
                others: others(&shown.spans, span),
            })
        })
    });
    let contents = move || {
        page.selected.get()?;
        Some(match shown.get() {
            Some(shown) => details(page, &shown),
            None => unknown(page),
        })
    };
    view! { {contents} }.part()
}

/// The middle time of the others that ended in its lane.
fn others(spans: &[Span], span: &Span) -> Option<(i64, usize)> {
    let same = |own: &&Span| own.kind == span.kind && own.name == span.name && own.id != span.id;
    let mut times: Vec<i64> = spans
        .iter()
        .filter(same)
        .filter(|own| own.merged.is_none())
        .filter_map(|own| Some(own.end_us? - own.start_us))
        .collect();
    times.sort_unstable();
    Some((*times.get(times.len() / 2)?, times.len()))
}

fn unknown(page: Page) -> Part {
    view! {
        <aside class="panel tl-details" aria-label="Selected span">
            {head(page, "Span not found".to_owned(), false)}
            <p class="pad t2">"It has not started at the moment shown, or it is filtered out."</p>
        </aside>
    }
    .part()
}

fn head(page: Page, name: String, mono: bool) -> Part {
    let class = if mono { "mono strong cut" } else { "cut" };
    let href = move || page.href(|asked| asked.span = None);
    view! {
        <div class="panel-head">
            <h2 class=class>{name}</h2>
            <span class="more">
                <a class="btn ghost tiny icon" href=href aria-label="Close" data-noscroll="">{small_icon("close")}</a>
            </span>
        </div>
    }
    .part()
}

fn details(page: Page, shown: &Shown) -> Part {
    let Shown {
        span,
        parent,
        others,
    } = shown;
    let own = span.clone();
    let took = move || spent(&own, page.now_us());
    let looks = look(span);
    let rows = [
        ("Kind", Some(kind_of(span))),
        ("Part of", parent.as_ref().map(title)),
        ("Result", span.label.clone()),
        ("By", span.by.clone()),
        (
            "Others",
            others.map(|(middle, count)| {
                let middle = text::span(Duration::from_micros(middle));
                format!("median {middle} over {}", text::count(count as u64))
            }),
        ),
    ];
    let rows = rows
        .map(|(name, value)| value.map(|value| view! { <dt>{name}</dt><dd>{value}</dd> }.part()));
    let note = span.note.clone().map(|note| {
        let class = if span.status == SpanStatus::Failed {
            "code no"
        } else {
            "code"
        };
        view! { <pre class=class tabindex="0" aria-label="Message">{note}</pre> }
    });
    view! {
        <aside class="panel tl-details" aria-label="Selected span" data-span=span.id.to_string()>
            {head(page, title(span), is_mono(span.kind))}
            <div class="pad stack">
                <div class="row">
                    <span class=format!("pill {}", status_tone(span))>{icon(status_icon(span, looks.icon))}<span>{status_word(span)}</span></span>
                    {merged(span)}
                </div>
                <dl class="kv">
                    <dt>"Started"</dt><dd>{time(span.start_us)}</dd>
                    <dt>"Ended"</dt><dd>{span.end_us.map_or_else(|| "–".into_any(), |end| time(end).into_any())}</dd>
                    <dt>"Duration"</dt><dd>{took}</dd>
                    {rows}
                </dl>
                {note}
                <div class="row">{links(page, span)}</div>
            </div>
        </aside>
    }
    .part()
}

fn kind_of(span: &Span) -> String {
    let word = title_word(span.kind.as_str());
    match (span.kind, span.iteration) {
        (SpanKind::Iteration, _) | (_, 0) => word,
        (_, iteration) => format!("{word}, iteration {iteration}"),
    }
}

fn time(at_us: i64) -> impl IntoView {
    let zone = prefs().zone;
    let at = Timestamp::from_micros(at_us);
    move || text::full(at, zone.get())
}

const fn status_tone(span: &Span) -> &'static str {
    match (span.status, span.kind) {
        (SpanStatus::Running, SpanKind::Decision | SpanKind::Halt) => "tone-halted",
        (SpanStatus::Running, _) => "tone-running",
        (SpanStatus::Completed, _) => "tone-success",
        (SpanStatus::Failed, _) => "tone-failed",
        (SpanStatus::Skipped | SpanStatus::Unknown, _) => "tone-idle",
    }
}

const fn status_icon(span: &Span, own: &'static str) -> &'static str {
    match span.status {
        SpanStatus::Running => own,
        SpanStatus::Completed => "success",
        SpanStatus::Failed => "failed",
        SpanStatus::Skipped => "skip",
        SpanStatus::Unknown => "idle",
    }
}

/// What many spans that are drawn as one come to.
fn merged(span: &Span) -> Option<Part> {
    let merged = span.merged.as_deref()?;
    let range = |us: i64| text::span(Duration::from_micros(us));
    let mut words = vec![
        format!("{} to {}", range(merged.min_us), range(merged.max_us)),
        format!("{} in total", range(merged.busy_us)),
    ];
    if merged.failed > 0 {
        words.push(format!("{} failed", text::count(merged.failed)));
    }
    let count = text::plural(merged.count, "span");
    Some(
        view! { <span class="badge">{count}</span><span class="small t2">{words.join(", ")}</span> }
            .part(),
    )
}

/// The way to its events: those of its step and pass, else those up to its end.
fn links(page: Page, span: &Span) -> Part {
    let events = page.state.key.with_value(|key| {
        let mut href = key.page("events");
        let is_loop = span.kind == SpanKind::Step && span.iteration > 0 && span.merged.is_none();
        if is_loop {
            href.push_str("&step=");
            loopscope_protocol::percent_encode(&span.name, &mut href);
            href.push_str("&iteration=");
            href.push_str(&span.iteration.to_string());
        } else {
            let last = span.end_seq.unwrap_or(span.id.seq);
            href.push_str("&before=");
            href.push_str(&(last.0 + 1).to_string());
        }
        href
    });
    let around = span.clone();
    let fit = move |_| {
        let now_us = page.now_us();
        let end = around.end_at(now_us);
        page.look(Some(super::scale::Stretch::whole(
            around.start_us - (end - around.start_us) / 4,
            end + (end - around.start_us) / 4,
        )));
    };
    view! {
        <a class="btn tiny" href=events>"Show events"</a>
        <button type="button" class="btn tiny needs-scripts" on:click=fit>"Zoom to span"</button>
    }
    .part()
}
