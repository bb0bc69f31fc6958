//! Checkpoints, the newest first, each with a way back to it.

use leptos::prelude::*;
use loopscope_board::{Board, CheckpointRow};

use crate::acts::may_act;
use crate::pages::session::controls::Asked;
use crate::pages::session::state::SessionState;
use crate::pages::session::tabs::Tab;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::small_icon;
use crate::visit::prefs;

/// The newest checkpoints and how many steps back each is: 1 is the newest.
fn rows(board: &Board) -> Vec<(usize, CheckpointRow)> {
    let rows = board.checkpoints().rows().iter().rev().enumerate();
    rows.map(|(index, row)| (index + 1, row.clone())).collect()
}

/// Whether going back can be asked for.
fn can_go_back(board: &Board) -> bool {
    let declared = board.commands().attached().map(|runner| &runner.commands);
    let takes = declared.is_none_or(|commands| {
        commands.is_empty()
            || commands
                .iter()
                .any(|own| own.kind.eq_ignore_ascii_case("ROLLBACK"))
    });
    takes && !board.status().is_ended()
}

/// The panel; at most so many rows, and where there are more, a way to all.
#[component]
pub(in crate::pages::session) fn Checkpoints(state: SessionState, most: usize) -> impl IntoView {
    let rows = state.part(rows);
    let sums = state.part(|board| {
        (
            board.checkpoints().created(),
            board.checkpoints().is_restoring(),
        )
    });
    let can = state.part(can_go_back);
    let whole = most == usize::MAX;
    let note = move || {
        let (created, restoring) = sums.get();
        let count = text::count(created);
        if restoring {
            format!("{count}, rolling back now")
        } else {
            count
        }
    };
    let shown = move || rows.get().into_iter().take(most).collect::<Vec<_>>();
    view! {
        <section class="panel" aria-label="Checkpoints">
            <div class="panel-head">
                <h2>"Checkpoints"</h2><span class="t3 small">{note}</span>
                {(!whole).then(|| view! { <span class="more"><a href=Tab::Checkpoints.href(state)>"All"</a></span> })}
            </div>
            <ul class=if whole { "rows cps whole" } else { "rows cps" }>
                <For each=shown key=|(_, row)| row.id.clone() let((_, row))>
                    {one(state, row.id, rows, can, whole)}
                </For>
            </ul>
        </section>
    }
    .part()
}

/// One checkpoint. Its button stands outside what changes: it may have the focus.
fn one(
    state: SessionState,
    id: String,
    rows: Memo<Vec<(usize, CheckpointRow)>>,
    can: Memo<bool>,
    whole: bool,
) -> Part {
    let own =
        Memo::new(move |_| rows.with(|rows| rows.iter().find(|(_, row)| row.id == id).cloned()));
    let zone = prefs().zone;
    let may = may_act();
    let words = move || {
        own.get().map(|(_, row)| {
        let at = row.created_at;
        let label = row.label.clone().or_else(|| row.description.clone());
        let label = label.unwrap_or_else(|| format!("checkpoint {}", row.number));
        let restored = (row.restored > 0).then(|| view! {
            <span class="badge">{small_icon("rollback")}{format!("restored {}×", row.restored)}</span>
        });
        let error = row.error.clone().map(|error| view! { <span class="ct tone-failed">{error}</span> });
        let files = row.files.map(|files| text::plural(files, "file"));
        let below = [row.skill.clone(), files, Some(row.id.clone())];
        let below = below.into_iter().flatten().collect::<Vec<_>>().join(" · ");
        view! {
            <span class="mono time">{move || text::second(at, zone.get())}</span>
            <span class="two">
                <span class="cut">{label}</span>
                {whole.then(|| view! { <span class="small t3 cut">{below}</span> })}
            </span>
            <span class="row">{restored}{error}</span>
        }
    })
    };
    let hidden =
        move || !can.get() || own.with(|own| own.as_ref().is_none_or(|(_, row)| !row.can_rollback));
    let press = move |_| {
        let Some((steps, row)) = own.get_untracked() else {
            return;
        };
        let name = row
            .label
            .clone()
            .unwrap_or_else(|| format!("checkpoint {}", row.number));
        let parameters = serde_json::json!({ "steps": steps, "checkpoint_id": row.id });
        let words = format!("to “{name}”, {}", text::plural(steps as u64, "step"));
        state
            .steering
            .open(Asked::preset("ROLLBACK", parameters, words));
    };
    let label = move || {
        own.with(|own| {
            let name = own.as_ref().and_then(|(_, row)| row.label.clone());
            format!(
                "Roll back to {}",
                name.unwrap_or_else(|| "this checkpoint".to_owned())
            )
        })
    };
    view! {
        <li>
            {words}
            <button
                type="button" class="btn ghost tiny" class:hidden=hidden disabled=move || !may.get() aria-label=label on:click=press
            >
                {small_icon("rollback")}{if whole { "Roll back to here…" } else { "Roll back…" }}
            </button>
        </li>
    }
    .part()
}
