//! What was found: each distinct finding once, open ones first.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use loopscope_board::{Board, FindingRow};

use super::state::SessionState;
use super::tabs::Tab;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{dash, severity_look};

/// The most findings that are drawn.
const MOST_ROWS: usize = 500;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Show {
    All,
    Open,
    Fixed,
}

/// The tab.
#[component]
pub(super) fn Findings(state: SessionState) -> impl IntoView {
    let query = use_query_map();
    let show = Memo::new(
        move |_| match query.with(|query| query.get("show")).as_deref() {
            Some("open") => Show::Open,
            Some("fixed") => Show::Fixed,
            _ => Show::All,
        },
    );
    let counts = state.part(|board| {
        let findings = board.findings();
        (
            findings.len(),
            findings.open(),
            findings.fixed(),
            findings.left_out(),
        )
    });
    let rows = Memo::new(move |_| state.board.with(|board| rows(board, show.get())));
    let view = move |own: Show,
                     word: &'static str,
                     count: fn((usize, usize, usize, u64)) -> usize,
                     query: &'static str| {
        let href = format!("{}{query}", Tab::Findings.href(state));
        view! {
            <a class="btn" href=href aria-current=move || (show.get() == own).then_some("true")>
                {word}" "<span class="t3">{move || text::count(count(counts.get()) as u64)}</span>
            </a>
        }
    };
    let left_out = move || {
        let (.., left_out) = counts.get();
        (left_out > 0).then(|| view! {
            <p class="panel-foot">{text::count(left_out)}" older ones are no longer listed; they are in the events."</p>
        })
    };
    view! {
        <div class="toolbar">
            <div class="group" role="group" aria-label="Findings shown">
                {view(Show::All, "All", |counts| counts.0, "")}
                {view(Show::Open, "Open", |counts| counts.1, "&show=open")}
                {view(Show::Fixed, "Fixed", |counts| counts.2, "&show=fixed")}
            </div>
        </div>
        <section class="panel" aria-label="Findings">
            <table class="table tall found">
                <thead>
                    <tr>
                        <th scope="col">"Severity"</th><th scope="col">"Finding"</th>
                        <th scope="col" class="wide">"Type"</th><th scope="col" class="num wide">"First seen"</th>
                        <th scope="col" class="num wide">"Last seen"</th><th scope="col" class="num">"State"</th>
                    </tr>
                </thead>
                <tbody>{move || rows.with(|rows| rows.iter().map(row).collect_view())}</tbody>
            </table>
            {move || rows.with(Vec::is_empty).then(|| view! { <p class="empty">"No findings."</p> })}
            {left_out}
        </section>
    }
    .part()
}

fn rows(board: &Board, show: Show) -> Vec<FindingRow> {
    let wanted = |row: &&&FindingRow| match show {
        Show::All => true,
        Show::Open => row.fixed_in.is_none(),
        Show::Fixed => row.fixed_in.is_some(),
    };
    let sorted = board.findings().sorted();
    sorted
        .iter()
        .filter(wanted)
        .take(MOST_ROWS)
        .map(|row| (*row).clone())
        .collect()
}

fn row(row: &FindingRow) -> Part {
    let finding = &row.finding;
    let look = severity_look(row.rank);
    let place = match (&finding.file, finding.line) {
        (Some(file), Some(line)) => Some(format!("{file}:{line}")),
        (Some(file), None) => Some(file.clone()),
        (None, _) => None,
    };
    let by = if finding.attack {
        "found by attack"
    } else {
        "found by diagnosis"
    };
    let kind = finding.category.clone().unwrap_or_else(|| by.to_owned());
    view! {
        <tr>
            <td><span class=format!("sev {}", look.tone)>{crate::ui::icon(look.icon)}{row.rank.as_str()}</span></td>
            <td class="two wrap">
                <span class="label">{crate::ui::sentence(&finding.description)}</span>
                <span class="mono">{place.unwrap_or_else(|| by.to_owned())}</span>
            </td>
            <td class="t2 wide">{kind}</td>
            <td class="num wide">{row.first_seen}</td>
            <td class="num wide">{row.last_seen}</td>
            <td class="num">{state_of(row)}</td>
        </tr>
    }
    .part()
}

/// `open since 4`, or `fixed in 7`.
pub(super) fn state_of(row: &FindingRow) -> Part {
    match row.fixed_in {
        Some(pass) => {
            view! { <span class="small ct tone-success nowrap">"fixed in "{pass}</span> }.part()
        }
        None if row.first_seen > 0 => {
            view! { <span class="small t2 nowrap">"open since "{row.first_seen}</span> }.part()
        }
        None => dash(Some("open".to_owned())),
    }
}
