//! Files that changed: path, what happened, lines; the difference; approve and revert.

use leptos::prelude::*;
use loopscope_board::{Board, FileRow};
use loopscope_event::{Dialect, FileChange};

use super::diff::{changed, markup};
use crate::acts::may_act;
use crate::pages::session::controls::Asked;
use crate::pages::session::state::SessionState;
use crate::pages::session::tabs::Tab;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{Look, icon, small_icon};
use crate::visit::prefs;

/// How many files the panel of the Overview shows.
const SHORT: usize = 8;

const fn change_look(change: FileChange) -> (Look, &'static str) {
    let (tone, icon, word) = match change {
        FileChange::Created => ("tone-success", "fileadd", "added"),
        FileChange::Modified | FileChange::Approved => ("tone-plain", "file", "modified"),
        FileChange::Deleted => ("tone-failed", "filedel", "deleted"),
        FileChange::Moved => ("tone-plain", "filemove", "moved"),
        FileChange::Reverted => ("tone-idle", "rollback", "reverted"),
    };
    (Look { tone, icon }, word)
}

/// What a row says of its file, without the difference itself.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    row: FileRow,
    /// Lines added and taken away, where the difference says.
    lines: Option<(u64, u64)>,
}

fn line(row: &FileRow) -> Line {
    Line {
        lines: row
            .diff
            .as_deref()
            .map(changed)
            .filter(|lines| *lines != (0, 0)),
        row: FileRow {
            diff: None,
            ..row.clone()
        },
    }
}

fn find(state: SessionState, path: String) -> Memo<Option<Line>> {
    Memo::new(move |_| {
        state.board.with(|board| {
            let row = board
                .files()
                .rows()
                .iter()
                .rev()
                .find(|row| row.path == path);
            row.map(line)
        })
    })
}

/// `3 of 6 approved`.
fn approved(board: &Board) -> (usize, usize) {
    (board.files().approved(), board.files().rows().len())
}

fn note(state: SessionState) -> impl Fn() -> String + Clone + 'static {
    let sums = state.part(approved);
    move || {
        let (approved, all) = sums.get();
        format!("{approved} of {all} approved")
    }
}

/// The paths, the newest change first.
fn paths(state: SessionState, most: usize) -> Memo<Vec<String>> {
    Memo::new(move |_| {
        state.board.with(|board| {
            let rows = board.files().rows().iter().rev().take(most);
            rows.map(|row| row.path.clone()).collect()
        })
    })
}

/// `+5 −2`, else how many lines or bytes, as far as is known.
fn amount(line: &Line) -> Part {
    match (line.lines, line.row.lines_changed, line.row.size_bytes) {
        (Some((added, gone)), ..) => {
            let added = (added > 0).then(|| view! { <span class="plus">"+"{added}</span> });
            let gone = (gone > 0).then(|| view! { " "<span class="minus">"−"{gone}</span> });
            view! { {added}{gone} }.part()
        }
        (None, Some(lines), _) => text::plural(lines, "line").part(),
        (None, None, Some(bytes)) => text::bytes(bytes).part(),
        (None, None, None) => view! { <span class="t3">"–"</span> }.part(),
    }
}

/// The panel of the Overview.
#[component]
pub(super) fn FilesPanel(state: SessionState) -> impl IntoView {
    let paths = paths(state, SHORT);
    let one = move |path: String| {
        let line = find(state, path);
        let cells = move || {
            line.get().map(|line| {
            let (look, word) = change_look(line.row.change);
            let end = if line.row.approved {
                view! { <span class="ct tone-success">{small_icon("success")}<span class="sr">"approved"</span></span> }.part()
            } else {
                view! { <span class="t3 small">{(line.row.change == FileChange::Reverted).then_some("reverted")}</span> }.part()
            };
            view! {
                <span class=format!("sev {}", look.tone) title=word>{icon(look.icon)}<span class="sr">{word}</span></span>
                <span class="mono path" title=line.row.path.clone()><bdi>{line.row.path.clone()}</bdi></span>
                <span class="small t2">{amount(&line)}</span>
                {end}
            }
        })
        };
        view! { <li>{cells}</li> }.part()
    };
    view! {
        <section class="panel" aria-label="Files">
            <div class="panel-head">
                <h2>"Files"</h2><span class="t3 small">{note(state)}</span>
                <span class="more"><a href=Tab::Files.href(state)>"All"</a></span>
            </div>
            <ul class="rows files">
                <For each=move || paths.get() key=Clone::clone let(path)>{one(path)}</For>
            </ul>
        </section>
    }
    .part()
}

/// The newest change with its difference; not there where no file came with one.
#[component]
pub(super) fn LatestDiff(state: SessionState) -> impl IntoView {
    let newest = state.part(|board| {
        let rows = board.files().rows().iter().rev();
        let mut with = rows.filter(|row| row.diff.is_some());
        with.next()
            .map(|row| (line(row), row.diff.clone().unwrap_or_default()))
    });
    view! {
        {move || newest.get().map(|(line, diff)| {
            let path = line.row.path.clone();
            let by = line.row.operation.clone().map(|operation| format!(" by {operation}"));
            view! {
                <section class="panel" aria-label="Latest change">
                    <div class="panel-head">
                        <h2 class="mono cut" title=path.clone()>{path.clone()}</h2>
                        <span class="t3 small">{amount(&line)}{by}</span>
                        <span class="more">{verdicts(state, line.row)}</span>
                    </div>
                    <div class="diff short" role="region" aria-label="Difference" tabindex="0" inner_html=markup(&diff)></div>
                </section>
            }
        })}
    }
    .part()
}

/// The tab.
#[component]
pub(in crate::pages::session) fn FilesTab(state: SessionState) -> impl IntoView {
    let paths = paths(state, usize::MAX);
    let left_out = state.part(|board| board.files().left_out());
    let sums = state.part(|board| {
        let lines = board
            .files()
            .rows()
            .iter()
            .filter_map(|row| row.diff.as_deref());
        lines
            .map(changed)
            .fold((0, 0), |(plus, minus), (added, gone)| {
                (plus + added, minus + gone)
            })
    });
    let totals = move || {
        let (added, gone) = sums.get();
        view! { <span class="plus">"+"{text::count(added)}</span>" "<span class="minus">"−"{text::count(gone)}</span> }
    };
    view! {
        <section class="panel" aria-label="Files">
            <div class="panel-head">
                <h2>"Files"</h2><span class="t3 small">{note(state)}</span>
                <span class="more small">{totals}</span>
            </div>
            <ul class="rows changes">
                <For each=move || paths.get() key=Clone::clone let(path)>{change(state, path)}</For>
            </ul>
            {move || (left_out.get() > 0).then(|| view! {
                <p class="panel-foot">{text::count(left_out.get())}" older ones are no longer listed; they are in the events."</p>
            })}
        </section>
    }
    .part()
}

/// One file: opens to its difference, with or without scripts.
fn change(state: SessionState, path: String) -> Part {
    let line = find(state, path.clone());
    let diff = Memo::new(move |_| {
        state.board.with(|board| {
            let row = board
                .files()
                .rows()
                .iter()
                .rev()
                .find(|row| row.path == path)?;
            row.diff.clone()
        })
    });
    let zone = prefs().zone;
    let summary = move || {
        line.get().map(|line| {
        let (look, word) = change_look(line.row.change);
        let from = line.row.from_path.clone().map(|from| format!("from {from}"));
        let how = [line.row.operation.clone(), from].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let at = line.row.changed_at;
        let often = (line.row.changes > 1).then(|| format!(" · {} changes", line.row.changes));
        view! {
            <span class=format!("sev {}", look.tone) title=word>{icon(look.icon)}<span class="sr">{word}</span></span>
            <span class="mono path" title=line.row.path.clone()><bdi>{line.row.path.clone()}</bdi></span>
            <span class="small t3 cut how">{word}{(!how.is_empty()).then(|| format!(" · {how}"))}{often}</span>
            <span class="small t2 num">{amount(&line)}</span>
            <span class="small t3 num at">{move || text::second(at, zone.get())}</span>
        }
    })
    };
    let acts = move || line.get().map(|line| verdicts(state, line.row));
    let body = move || {
        match diff.get() {
        Some(diff) => view! {
            <div class="diff" role="region" aria-label="Difference" tabindex="0" inner_html=markup(&diff)></div>
        }
        .part(),
        None => view! { <p class="empty">"No diff available."</p> }.part(),
    }
    };
    view! {
        <li>
            <details class="change"><summary>{summary}</summary>{body}</details>
            <span class="verdicts">{acts}</span>
        </li>
    }
    .part()
}

/// How the program spells a command that it takes; `None` where it does not take it.
fn spelling(board: &Board, kind: &str) -> Option<String> {
    if board.status().is_ended() {
        return None;
    }
    let declared = board.commands().attached().map(|runner| &runner.commands);
    match declared.filter(|declared| !declared.is_empty()) {
        Some(declared) => {
            let own = declared
                .iter()
                .find(|own| own.kind.eq_ignore_ascii_case(kind));
            own.map(|own| own.kind.clone())
        }
        None => (board.header().dialect == Dialect::Orchestrator).then(|| kind.to_owned()),
    }
}

/// What can be said of a change: nothing once it is approved or taken back.
fn verdicts(state: SessionState, row: FileRow) -> Part {
    if row.approved {
        return view! { <span class="badge tone tone-success">{small_icon("success")}"Approved"</span> }.part();
    }
    if row.change == FileChange::Reverted {
        return view! { <span class="badge">"Reverted"</span> }.part();
    }
    let may = may_act();
    let button = move |kind: &'static str, word: &'static str, class: &'static str| {
        let path = row.path.clone();
        let spelled = state.board.with_untracked(|board| spelling(board, kind))?;
        let press = move |_| {
            let parameters = serde_json::json!({ "file_path": path });
            state.steering.open(Asked::preset(
                &spelled,
                parameters,
                format!("the change of {path}"),
            ));
        };
        let label = format!("{word} {}", row.path);
        Some(view! { <button type="button" class=class disabled=move || !may.get() aria-label=label on:click=press>{word}</button> }.part())
    };
    view! {
        {button("revert_file_change", "Revert", "btn tiny")}
        {button("approve_file_change", "Approve", "btn tiny")}
    }
    .part()
}
