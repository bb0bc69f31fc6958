//! What waits: commands that the program has not taken, in their order, to be moved or taken back.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use loopscope_board::{Board, CommandRow};
use loopscope_event::{CommandId, CommandStep};

use super::parameters_line;
use crate::acts;
use crate::acts::may_act;
use crate::pages::session::controls::command_look;
use crate::pages::session::state::SessionState;
use crate::part::{IntoPart as _, Part};
use crate::ui::{icon, small_icon};
use crate::world;

/// What can still be moved or taken back.
fn waiting(board: &Board) -> Vec<CommandRow> {
    let open = board.commands().open().into_iter();
    let open = open.filter(|row| row.state < CommandStep::Acknowledged);
    open.cloned().collect()
}

/// The ids of the waiting ones, one of them moved by one place. `None` where it cannot.
fn moved(rows: &[CommandRow], id: &str, up: bool) -> Option<Vec<CommandId>> {
    let queued = rows.iter().filter(|row| row.state == CommandStep::Queued);
    let mut ids: Vec<&str> = queued.map(|row| row.command_id.as_str()).collect();
    let from = ids.iter().position(|own| *own == id)?;
    let to = if up { from.checked_sub(1)? } else { from + 1 };
    if to >= ids.len() {
        return None;
    }
    ids.swap(from, to);
    ids.into_iter().map(|id| CommandId::new(id).ok()).collect()
}

#[derive(Clone, Copy)]
struct Acting {
    state: SessionState,
    rows: Memo<Vec<CommandRow>>,
    problem: RwSignal<Option<String>>,
}

impl Acting {
    fn go<T: Send + 'static>(self, loading: crate::source::Loading<T>, focus: Option<String>) {
        leptos::task::spawn_local(async move {
            match loading.await {
                Ok(_) => self.problem.set(None),
                Err(error) => self.problem.set(Some(error.message)),
            }
            if let Some(id) = focus {
                // The row moves when its event comes; what was pressed keeps the focus.
                world::sleep(120).await;
                world::focus(&id);
            }
        });
    }

    fn step(self, id: &str, up: bool, focus: String) {
        if let Some(ids) = self.rows.with_untracked(|rows| moved(rows, id, up)) {
            let order = self
                .state
                .key
                .with_value(|session| acts::order(session, ids));
            self.go(order, Some(focus));
        }
    }

    fn cancel(self, id: &str) {
        let cancel = self
            .state
            .key
            .with_value(|session| acts::cancel(session, id));
        self.go(cancel, None);
    }
}

/// The panel; not there while nothing waits.
#[component]
pub(super) fn Queue(state: SessionState) -> impl IntoView {
    let rows = state.part(waiting);
    let problem = RwSignal::new(None);
    let acting = Acting {
        state,
        rows,
        problem,
    };
    let ids = Memo::new(move |_| {
        rows.with(|rows| {
            rows.iter()
                .map(|row| row.command_id.clone())
                .collect::<Vec<_>>()
        })
    });
    let is_empty = move || ids.with(Vec::is_empty);
    let said = move || {
        problem.get().map(|problem| view! {
        <p class="note tone-error" role="alert">{icon("error")}<span class="grow">{problem}</span></p>
    })
    };
    view! {
        {said}
        <section class="panel" class:hidden=is_empty aria-label="Queue">
            <div class="panel-head">
                <h2>"Queue"</h2><span class="t3 small">{move || ids.with(Vec::len)}" waiting, next one first"</span>
            </div>
            <ol class="rows queue">
                <For each=move || ids.get() key=Clone::clone let(id)>{item(&acting, id)}</For>
            </ol>
        </section>
    }
    .part()
}

fn item(acting: &Acting, id: String) -> Part {
    let acting = *acting;
    let may = may_act();
    let own = id.clone();
    let row = Memo::new(move |_| {
        acting
            .rows
            .with(|rows| rows.iter().find(|row| row.command_id == own).cloned())
    });
    let kind = move || row.with(|row| row.as_ref().map(|row| row.kind.clone()).unwrap_or_default());
    let fixed = move || {
        row.with(|row| {
            row.as_ref()
                .is_none_or(|row| row.state != CommandStep::Queued)
        })
    };
    let button = move |up: bool, id: String| {
        let (mark, word) = if up { ("up", "up") } else { ("down", "down") };
        let html_id = format!("move-{word}-{id}");
        let (focus, keys) = (html_id.clone(), (id.clone(), html_id.clone()));
        let press = move |_| acting.step(&id, up, focus.clone());
        let key = move |event: KeyboardEvent| {
            let up = match event.key().as_str() {
                "ArrowUp" => true,
                "ArrowDown" => false,
                _ => return,
            };
            event.prevent_default();
            acting.step(&keys.0, up, keys.1.clone());
        };
        view! {
            <button
                type="button" class="btn ghost tiny icon" id=html_id disabled=move || !may.get() || fixed()
                aria-label=move || format!("Move {} {word}", kind()) aria-keyshortcuts="ArrowUp ArrowDown"
                on:click=press on:keydown=key
            >{small_icon(mark)}</button>
        }
    };
    let cancelled = id.clone();
    let words = move || {
        row.get().map(|row| {
        let (look, word) = command_look(row.state);
        view! {
            <span class=format!("sev {}", look.tone)>{icon(look.icon)}<span class="small">{word}</span></span>
            <span class="cut">
                <b class="label mono">{row.kind.clone()}</b>" "<span class="mono t2">{parameters_line(&row)}</span>
                {row.reason.clone().map(|reason| view! { <span class="t3">" “"{reason}"”"</span> })}
            </span>
            <span class="small t3 cut by">{row.by.clone().map(|by| format!("by {by}"))}</span>
        }
    })
    };
    view! {
        <li>
            {words}
            <span class="moves">
                {button(true, id.clone())}
                {button(false, id)}
                <button
                    type="button" class="btn ghost tiny" disabled=move || !may.get()
                    aria-label=move || format!("Cancel {}", kind())
                    on:click=move |_| acting.cancel(&cancelled)
                >"Cancel"</button>
            </span>
        </li>
    }
    .part()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, state: &str) -> CommandRow {
        let json = format!(
            r#"{{"command_id":"{id}","type":"HALT","state":"{state}","queued_at":"2026-01-01T00:00:00Z"}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn a_queued_command_moves_among_the_queued_ones() {
        let rows = [
            row("d", "delivered"),
            row("a", "queued"),
            row("b", "queued"),
            row("c", "queued"),
        ];
        let after = |id: &str, up| {
            let ids = moved(&rows, id, up)?;
            Some(ids.iter().map(ToString::to_string).collect::<String>())
        };
        assert_eq!(after("b", true).as_deref(), Some("bac"));
        assert_eq!(after("b", false).as_deref(), Some("acb"));
        assert_eq!(after("a", true), None);
        assert_eq!(after("c", false), None);
        assert_eq!(after("d", false), None);
        assert_eq!(after("gone", true), None);
    }
}
