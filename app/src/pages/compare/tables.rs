//! What the runs came to, the best marked; and their configurations, where they differ.

use leptos::prelude::*;
use loopscope_protocol::{ComparedResult, ConfigRow, ResultCell};

use super::data::{letter, nth, unit};
use super::state::CompareState;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{dash, icon, small_icon};

/// What the runs came to.
#[component]
pub(super) fn Results(state: CompareState) -> impl IntoView {
    let rows = state.part(|comparison| comparison.results.clone());
    let ended = state.part(|comparison| {
        let ended = comparison
            .runs
            .iter()
            .map(|run| run.summary.status.is_ended());
        ended.collect::<Vec<_>>()
    });
    view! {
        <section class="panel c6 own-height" aria-label="Results">
            <div class="panel-head"><h2>"Results"</h2><span class="t3 small">"best finished run marked"</span></div>
            <div class="table-wrap scrolls" tabindex="0" role="group" aria-label="Results, one column per run">
                <table class="table cmp">
                    <thead><tr>
                        <th scope="col"><span class="sr">"What"</span></th>
                        {move || ended.get().into_iter().enumerate().map(|(n, ended)| head(n, !ended, "num")).collect_view()}
                    </tr></thead>
                    <tbody>{move || rows.get().into_iter().map(result).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .part()
}

fn head(n: usize, goes_on: bool, class: &'static str) -> Part {
    let so_far = goes_on.then(|| view! { <span class="so">"so far"</span> });
    view! {
        <th scope="col" class=class>{so_far}<span class=format!("letter ser-{}", nth(n))>{letter(n)}</span></th>
    }
    .part()
}

fn result(row: ComparedResult) -> Part {
    let better = row.better.words().map(|words| {
        let arrow = if words.starts_with("lower") { "down" } else { "up" };
        view! { <span class="better" title=words>{small_icon(arrow)}<span class="sr">", "{words}</span></span> }
    });
    let figures = row.unit;
    let cells = row.cells.into_iter().map(move |cell| {
        let shown = shown(&cell, |figure| unit(figures).show(figure));
        let shown = if cell.best {
            view! { <span class="best">{icon("success")}<span class="sr">"best: "</span>{shown}</span> }.part()
        } else {
            dash(shown)
        };
        view! { <td class="num">{shown}</td> }
    });
    view! { <tr><th scope="row">{row.name}{better}</th>{cells.collect_view()}</tr> }.part()
}

fn shown(cell: &ResultCell, show: impl Fn(f64) -> String) -> Option<String> {
    let figure = cell.figure.map(show);
    match (&cell.word, figure) {
        (Some(word), Some(figure)) => Some(format!("{word} {figure}")),
        (Some(word), None) => Some(word.clone()),
        (None, figure) => figure,
    }
}

/// Where the configurations differ, or all of them.
#[component]
pub(super) fn Configuration(state: CompareState) -> impl IntoView {
    let rows = state.part(|comparison| comparison.config.clone());
    let left_out = state.part(|comparison| comparison.config_left_out);
    let runs = state.part(|comparison| comparison.runs.len());
    let all = Memo::new(move |_| state.asked.with(|asked| asked.all_keys));
    let differ =
        Memo::new(move |_| rows.with(|rows| rows.iter().filter(|row| row.differs).count()));
    let note = move || {
        let keys = rows.with(Vec::len);
        let left_out = match left_out.get() {
            0 => String::new(),
            more => format!(", {} more left out", text::count(more)),
        };
        match keys {
            0 => "none reported".to_owned(),
            1 => format!("{} of 1 key differs{left_out}", differ.get()),
            _ => format!("{} of {keys} keys differ{left_out}", differ.get()),
        }
    };
    let toggle = move || {
        state
            .asked
            .with(|asked| asked.with(|asked| asked.all_keys = !asked.all_keys).href())
    };
    let word = move || {
        if all.get() {
            "Differences only"
        } else {
            "Show all"
        }
    };
    let has_more = Memo::new(move |_| rows.with(|rows| rows.iter().any(|row| !row.differs)));
    let shown = move || {
        let rows = rows
            .get()
            .into_iter()
            .filter(|row| row.differs || all.get());
        rows.map(key).collect_view()
    };
    let is_alike = Memo::new(move |_| differ.get() == 0 && !all.get());
    view! {
        <section class="panel c6 own-height" aria-label="Configuration">
            <div class="panel-head">
                <h2>"Configuration"</h2>
                <span class="t3 small">{note}</span>
                {move || has_more.get().then(|| view! { <span class="more"><a class="btn ghost tiny" href=toggle>{word}</a></span> })}
            </div>
            <div class="table-wrap scrolls" tabindex="0" role="group" aria-label="Configuration, one column per run">
                <table class="table cmp cfg" class:hidden=is_alike>
                    <thead><tr>
                        <th scope="col">"Key"</th>
                        {move || (0..runs.get()).map(|n| head(n, false, "")).collect_view()}
                    </tr></thead>
                    <tbody>{shown}</tbody>
                </table>
                {move || is_alike.get().then(|| view! { <p class="empty">"The configurations are identical."</p> })}
            </div>
        </section>
    }
    .part()
}

fn key(row: ConfigRow) -> Part {
    let cells = row.values.into_iter().zip(row.odd).map(|(value, odd)| {
        let shown = match value {
            Some(value) if odd => view! { <mark>{value}</mark> }.part(),
            Some(value) => value.part(),
            None => dash(None),
        };
        view! { <td class="mono">{shown}</td> }
    });
    view! { <tr><th scope="row" class="mono">{row.key}</th>{cells.collect_view()}</tr> }.part()
}
