//! The small state strip of a row: the state's word over one segment a state.

use leptos::prelude::*;
use loopscope_protocol::{SessionStatus, SessionSummary};

use crate::part::{IntoPart as _, Part};
use crate::ui::{icon, state_look, status_look, title_word};

/// The stage of a session: its state, or its status where that says more.
pub fn stage(session: &SessionSummary) -> Part {
    let (look, word) = match session.status {
        SessionStatus::Running => (state_look(&session.state), title_word(&session.state)),
        status => {
            let (look, word) = status_look(status);
            (look, word.to_owned())
        }
    };
    let segments = segments(session)
        .into_iter()
        .map(|class| view! { <i class=class></i> });
    view! {
        <span class=format!("standing {}", look.tone)>
            <span class="name">{icon(look.icon)}{word}</span>
            <span class="ministrip" aria-hidden="true">{segments.collect_view()}</span>
        </span>
    }
    .part()
}

/// One class a state, in the dialect's order: those before the current one are done. `FAILED` shows only when it is
/// where the session is.
fn segments(session: &SessionSummary) -> Vec<&'static str> {
    let states = session.states.iter().map(|share| share.state.as_str());
    let states: Vec<&str> = states
        .filter(|state| *state != "FAILED" || session.state == "FAILED")
        .collect();
    let current = states.iter().position(|state| *state == session.state);
    let class = |index: usize| match current {
        Some(current) if index < current => "done",
        Some(current) if index == current => "on",
        _ => "",
    };
    (0..states.len()).map(class).collect()
}
