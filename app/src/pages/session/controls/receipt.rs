//! The receipt: what became of the newest command, live, beside the controls.

use leptos::prelude::*;
use loopscope_board::{Board, CommandRow};

use super::life::{command_look, life_line};
use crate::pages::session::state::SessionState;
use crate::pages::session::tabs::Tab;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{icon, title_word};

/// The newest command, and how many others are not over.
fn newest(board: &Board) -> Option<(CommandRow, usize)> {
    let commands = board.commands();
    let newest = commands.rows().back()?.clone();
    let open = commands.open().len() - usize::from(!newest.state.is_over());
    Some((newest, open))
}

/// The line; nothing before the first command.
#[component]
pub(crate) fn Receipt(state: SessionState) -> impl IntoView {
    // What became of a command is told at once, whatever moment is shown.
    let newest = Memo::new(move |_| state.with_newest(newest));
    let href = Tab::Audit.href(state);
    let line = move || {
        newest.with(|newest| {
            let (row, others) = newest.as_ref()?;
            Some(one(row, *others, href.clone()))
        })
    };
    view! { <div class="receipt-place" role="status" aria-label="Receipt">{line}</div> }.part()
}

fn one(row: &CommandRow, others: usize, href: String) -> Part {
    let (look, word) = command_look(row.state);
    let by = row
        .by
        .clone()
        .map(|by| view! { " by "<b class="label">{by}</b> });
    let waits = match word {
        "queued" => " · waiting for a program",
        "delivered" => " · waiting for acknowledgment",
        "acknowledged" => " · in progress",
        _ => "",
    };
    let more = (others > 0).then(|| format!("+{} open", text::count(others as u64)));
    let error = row.error.clone().map(|error| {
        view! { <span class="ct cut error" title=error.clone()>{error.clone()}</span> }
    });
    view! {
        <p class=format!("receipt {}", look.tone)>
            {icon(look.icon)}
            <span>{title_word(&row.kind)}{by}" "<span class="ct">{word}</span>{waits}</span>
            <span class="steps">{life_line(row)}</span>
            {error}
            <a class="link t2" href=href>{more.unwrap_or_else(|| "Audit".to_owned())}</a>
        </p>
    }
    .part()
}
