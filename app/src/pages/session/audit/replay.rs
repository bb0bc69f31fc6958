//! Replay: the commands of another run once more onto this one, after a preview, one by one or all.

use std::collections::BTreeSet;

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use loopscope_event::{CommandId, CommandRecord, CommandState, SessionId};
use loopscope_protocol::{ReplayCommands, SessionsQuery};

use crate::acts;
use crate::acts::may_act;
use crate::pages::session::state::SessionState;
use crate::part::{IntoPart as _, Part};
use crate::ui::{icon, small_icon};
use crate::world;

const DIALOG: &str = "replay";
/// How many runs are offered.
const RUNS: u32 = 50;

/// Where the dialog stands.
#[derive(Clone, Copy)]
struct Choosing {
    state: SessionState,
    /// Runs to choose from: id and name.
    runs: RwSignal<Vec<(String, String)>>,
    from: RwSignal<Option<SessionId>>,
    /// What would be queued.
    preview: RwSignal<Option<Vec<CommandRecord>>>,
    /// Those that are left out.
    without: RwSignal<BTreeSet<String>>,
    problem: RwSignal<Option<String>>,
    done: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

impl Choosing {
    fn open(self) {
        self.preview.set(None);
        self.problem.set(None);
        self.done.set(None);
        world::show_dialog(DIALOG);
        let query = SessionsQuery {
            limit: RUNS,
            ..SessionsQuery::default()
        };
        let loading = self
            .state
            .source
            .with_value(|source| source.sessions(query));
        let own = self.state.key.get_value();
        leptos::task::spawn_local(async move {
            if let Ok(page) = loading.await {
                let others = page
                    .sessions
                    .into_iter()
                    .filter(|row| row.project == own.project && row.session_id != own.id);
                self.runs.set(
                    others
                        .map(|row| (row.session_id.to_string(), row.name))
                        .collect(),
                );
            }
        });
    }

    /// Asks what would be queued, or queues what is chosen.
    fn ask(self, from: SessionId, dry_run: bool) {
        let chosen = self.preview.with_untracked(|rows| {
            let rows = rows.as_deref().unwrap_or_default().iter();
            let without = self.without.get_untracked();
            let ids = rows.filter_map(|row| row.replay_of.clone());
            ids.filter(|id| !without.contains(id.as_str()))
                .collect::<Vec<CommandId>>()
        });
        let asked = ReplayCommands {
            from_session: from,
            command_ids: (!dry_run).then_some(chosen),
            dry_run,
        };
        self.busy.set(true);
        self.problem.set(None);
        let loading = self.state.key.with_value(|key| acts::replay(key, &asked));
        leptos::task::spawn_local(async move {
            let answer = loading.await;
            self.busy.set(false);
            match answer {
                Ok(replayed) if dry_run => {
                    self.without.set(BTreeSet::new());
                    self.preview.set(Some(replayed.commands));
                }
                Ok(replayed) => {
                    let refused = replayed
                        .commands
                        .iter()
                        .filter(|row| row.state == CommandState::Failed)
                        .count();
                    let queued = replayed.commands.len() - refused;
                    if refused == 0 {
                        world::close_dialog(DIALOG);
                    }
                    self.done
                        .set(Some(format!("{queued} queued, {refused} refused.")));
                    self.preview.set(Some(replayed.commands));
                }
                Err(error) => self.problem.set(Some(error.message)),
            }
        });
    }

    fn look(self, event: &SubmitEvent) {
        event.prevent_default();
        match SessionId::new(world::field(event, "from").trim()) {
            Ok(from) => {
                self.from.set(Some(from.clone()));
                self.done.set(None);
                self.ask(from, true);
            }
            Err(error) => self.problem.set(Some(format!("The session id {error}."))),
        }
    }
}

/// The button and its dialog.
#[component]
pub(super) fn Replay(state: SessionState) -> impl IntoView {
    let choosing = Choosing {
        state,
        runs: RwSignal::new(Vec::new()),
        from: RwSignal::new(None),
        preview: RwSignal::new(None),
        without: RwSignal::new(BTreeSet::new()),
        problem: RwSignal::new(None),
        done: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    let may = may_act();
    let over = state.part(|board| board.status().is_ended());
    let count = move || {
        choosing.preview.with(|rows| {
            let rows = rows.as_deref().unwrap_or_default();
            let without = choosing.without.get();
            rows.iter()
                .filter(|row| !is_refused(row) && !without.contains(&key(row)))
                .count()
        })
    };
    let said = move || {
        let problem = choosing.problem.get().map(|text| view! {
            <p class="note tone-error" role="alert">{icon("error")}<span class="grow">{text}</span></p>
        });
        let done = choosing
            .done
            .get()
            .map(|text| view! { <p class="small t2" role="status">{text}</p> });
        view! { {problem}{done} }
    };
    let queue = move |_| {
        if let Some(from) = choosing.from.get_untracked() {
            choosing.ask(from, false);
        }
    };
    view! {
        <button
            type="button" class="btn tiny" disabled=move || !may.get() || over.get()
            title="Queue the commands of another run on this one, after a preview"
            on:click=move |_| choosing.open()
        >{small_icon("loop")}"Replay onto this run…"</button>
        <dialog class="dialog wide" id=DIALOG aria-labelledby="replay-title">
            <div>
                <h2 id="replay-title">"Replay commands onto this run"</h2>
                <p class="t2">"Preview the commands first; nothing is queued until you confirm."</p>
                <form class="replay-from" on:submit=move |event| choosing.look(&event)>
                    <label class="entry">
                        <span class="small t2">"Source run"</span>
                        <input type="text" name="from" list="runs" required=true autocomplete="off" data-first="" placeholder="Session id" />
                    </label>
                    <button type="submit" class="btn" disabled=move || choosing.busy.get()>"Preview"</button>
                    <datalist id="runs">
                        {move || choosing.runs.get().into_iter().map(|(id, name)| view! { <option value=id>{name}</option> }).collect_view()}
                    </datalist>
                </form>
                <div class="previewed">{move || choosing.preview.get().map(|rows| preview(rows, choosing.without))}</div>
                {said}
                <div class="end">
                    <button type="button" class="btn" on:click=|_| world::close_dialog(DIALOG)>"Close"</button>
                    <button
                        type="button" class="btn primary" on:click=queue
                        disabled=move || choosing.busy.get() || count() == 0 || choosing.done.with(Option::is_some)
                    >{move || format!("Queue {}", count())}</button>
                </div>
            </div>
        </dialog>
    }
    .part()
}

fn is_refused(row: &CommandRecord) -> bool {
    row.state == CommandState::Failed
}

fn key(row: &CommandRecord) -> String {
    row.replay_of
        .as_ref()
        .map(ToString::to_string)
        .unwrap_or_default()
}

fn preview(rows: Vec<CommandRecord>, without: RwSignal<BTreeSet<String>>) -> Part {
    if rows.is_empty() {
        return view! { <p class="empty">"That run has no completed commands."</p> }.part();
    }
    let items = rows.into_iter().map(|row| {
        let id = key(&row);
        let refused = is_refused(&row);
        let parameters = row.parameters.as_str().to_owned();
        let parameters = if parameters == "{}" { String::new() } else { parameters };
        let toggle = move |_| without.update(|without| {
            if !without.remove(&id) {
                without.insert(id.clone());
            }
        });
        let error = row.error.clone().map(|error| view! { <span class="small ct tone-failed lines">{error}</span> });
        view! {
            <li>
                <label class="row">
                    <input type="checkbox" checked=!refused disabled=refused on:change=toggle />
                    <b class="label mono">{row.kind.clone()}</b>
                    <span class="mono t2 lines">{parameters}</span>
                    {row.reason.clone().map(|reason| view! { <span class="t3 small">"“"{reason}"”"</span> })}
                </label>
                {error}
            </li>
        }
    });
    view! { <ul class="rows preview" aria-label="Preview">{items.collect_view()}</ul> }.part()
}
