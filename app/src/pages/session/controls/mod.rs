//! What can be asked of the session's program: a button each, a dialog to confirm, and the receipt.
//!
//! In: what the program declared, else what its dialect knows. Out: commands. What came of them is read from the board:
//! nothing is shown as done before the program said so.

mod act;
mod dialog;
mod life;
mod receipt;

use leptos::prelude::*;
use loopscope_board::Board;

pub(super) use self::act::{Act, Asked};
pub(super) use self::dialog::{CommandDialog, Steering};
pub(super) use self::life::{command_look, life};
pub(super) use self::receipt::Receipt;
use super::state::SessionState;
use crate::acts::EARLIER;
use crate::frame::{Command, Does, commands};
use crate::part::{IntoPart as _, Part};
use crate::ui::small_icon;
use crate::visit::prefs;

/// The id of the note that says whether anybody takes commands.
const NOBODY: &str = "nobody-attached";

/// Whether no program takes this session's commands now.
pub(super) fn is_unattended(board: &Board) -> bool {
    board.commands().attached().is_none()
}

/// The buttons; none once the run is over.
#[component]
pub(super) fn Controls(state: SessionState) -> impl IntoView {
    // What is asked for now goes to the program as it is now.
    let acts = Memo::new(move |_| state.with_newest(act::acts));
    let alone = Memo::new(move |_| {
        state.with_newest(|board| is_unattended(board) && !board.status().is_ended())
    });
    let earlier = Memo::new(move |_| state.replay.is_on());
    let may = prefs().may_steer;
    let is_empty = Memo::new(move |_| acts.with(Vec::is_empty));
    commands().offer(move || {
        let acts = if may { acts.get() } else { Vec::new() };
        let acts = acts.into_iter().filter(|act| !earlier.get() || act.halts());
        acts.map(|act| in_palette(state, act)).collect()
    });
    let why = move || {
        if is_empty.get() {
            None
        } else if !may {
            Some("Your token is read-only: commands need the control role.")
        } else {
            alone
                .get()
                .then_some("No program is attached: commands wait in the queue.")
        }
    };
    view! {
        <div class="controls" class:hidden=move || is_empty.get()>
            <p class="why small" id=NOBODY class:hidden=move || why().is_none()>{why}</p>
            <div class="buttons" role="group" aria-label="Controls">
                <For each=move || acts.get() key=|act| act.clone() let(act)>
                    {button(state, act, may, alone, earlier)}
                </For>
            </div>
        </div>
    }
    .part()
}

/// An act in the palette: it opens the dialog that its button opens.
fn in_palette(state: SessionState, act: Act) -> Command {
    let name = state.board.with(|board| board.display_name().to_owned());
    Command {
        group: "Act",
        icon: act.icon(),
        title: format!("{} {name}{}", act.label, act.dots()),
        hint: String::new(),
        does: Does::Run(Callback::new(move |()| {
            state.steering.open(Asked::new(act.clone()));
        })),
    }
}

fn button(
    state: SessionState,
    act: Act,
    may: bool,
    alone: Memo<bool>,
    earlier: Memo<bool>,
) -> Part {
    let halts = act.halts();
    let waits = move || earlier.get() && !halts;
    let class = if act.is_red() { "btn danger" } else { "btn" };
    let (icon, label) = (act.icon(), act.button());
    let title = move || {
        if !may {
            "Needs the control role"
        } else if waits() {
            EARLIER
        } else if alone.get() {
            "No program is attached: the command waits in the queue"
        } else {
            "Sends a command to the program; its reply appears here"
        }
    };
    view! {
        <button
            type="button" class=class disabled=move || !may || waits() title=title
            aria-describedby=move || (!may || alone.get()).then_some(NOBODY)
            on:click=move |_| state.steering.open(Asked::new(act.clone()))
        >
            {small_icon(icon)}{label}
        </button>
    }
    .part()
}
