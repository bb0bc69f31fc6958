//! The dialog that confirms a command: the act and its target, what stays safe, a reason; and says when nobody is there.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::act::{Asked, Form};
use super::is_unattended;
use crate::acts;
use crate::pages::session::state::SessionState;
use crate::part::{IntoPart as _, Part};
use crate::source::SessionKey;
use crate::ui::icon;
use crate::world;

const DIALOG: &str = "command";

/// What is asked for right now.
#[derive(Clone, Copy)]
pub(crate) struct Steering {
    asked: RwSignal<Option<Asked>>,
    problem: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    /// The same for two presses of one dialog, so that they are one command.
    key: StoredValue<String>,
}

impl Steering {
    pub(crate) fn new() -> Self {
        Self {
            asked: RwSignal::new(None),
            problem: RwSignal::new(None),
            busy: RwSignal::new(false),
            key: StoredValue::new(String::new()),
        }
    }

    /// Opens the dialog for an act.
    pub(crate) fn open(self, asked: Asked) {
        self.problem.set(None);
        self.busy.set(false);
        self.key.set_value(world::fresh_key());
        self.asked.set(Some(asked));
        // Its contents must stand before the focus goes there.
        world::next_frame(|| world::show_dialog(DIALOG));
    }

    fn send(self, session: &SessionKey, event: &SubmitEvent) {
        event.prevent_default();
        let Some(asked) = self.asked.get_untracked() else {
            return;
        };
        if self.busy.get_untracked() {
            return;
        }
        match asked.command(|name| world::field(event, name)) {
            Err(problem) => self.problem.set(Some(problem)),
            Ok(mut command) => {
                command.idempotency_key = Some(self.key.get_value());
                self.problem.set(None);
                self.busy.set(true);
                let answer = acts::ask(session, &command);
                leptos::task::spawn_local(async move {
                    let answer = answer.await;
                    self.busy.set(false);
                    match answer {
                        Ok(_) => world::close_dialog(DIALOG),
                        Err(error) => self.problem.set(Some(error.message)),
                    }
                });
            }
        }
    }
}

/// The dialog; once a session's page.
#[component]
pub(crate) fn CommandDialog(state: SessionState) -> impl IntoView {
    let steering = state.steering;
    let alone = Memo::new(move |_| state.with_newest(is_unattended));
    let names = state.part(skill_names);
    let problem = move || {
        steering.problem.get().map(|problem| view! {
            <p class="note tone-error" role="alert">{icon("error")}<span class="grow">{problem}</span></p>
        })
    };
    let nobody = move || {
        alone.get().then(|| view! {
            <p class="note tone-warning">
                {icon("clock")}
                <span class="grow">"No program is attached. The command is queued until one attaches."</span>
            </p>
        })
    };
    let contents = move || {
        steering.asked.get().map(|asked| {
            let name = state.board.with_untracked(|board| board.display_name().to_owned());
            view! {
                <h2 id="command-title">{title(&asked, &name)}</h2>
                <p class="t2">{asked.act.explains()}</p>
                {fields(&asked)}
                <label class="entry">
                    <span class="small t2">"Reason, recorded in the audit log "<span class="t3">"(optional)"</span></span>
                    <input type="text" name="reason" maxlength="2000" autocomplete="off" />
                </label>
                {nobody}
                {problem}
                {buttons(&asked, steering.busy, alone)}
            }
        })
    };
    let key = state.key;
    view! {
        <dialog class="dialog" id=DIALOG aria-labelledby="command-title">
            <form class="ask-form" on:submit=move |event| key.with_value(|key| steering.send(key, &event))>
                {contents}
            </form>
            <datalist id="skill-names">
                {move || names.get().into_iter().map(|name| view! { <option value=name></option> }).collect_view()}
            </datalist>
        </dialog>
    }
    .part()
}

fn skill_names(board: &loopscope_board::Board) -> Vec<String> {
    let names = board.skills().rows().iter().map(|row| row.name.clone());
    let names: std::collections::BTreeSet<String> = names.collect();
    names.into_iter().collect()
}

fn title(asked: &Asked, name: &str) -> String {
    match &asked.preset {
        Some((_, words)) => format!("{} {words}?", asked.act.label),
        None => match asked.act.form {
            Form::Inject => format!("Inject a skill into {name}?"),
            Form::Free(_) => format!("{}: {name}?", asked.act.label),
            _ => format!("{} {name}?", asked.act.label),
        },
    }
}

fn buttons(asked: &Asked, busy: RwSignal<bool>, alone: Memo<bool>) -> Part {
    let verb = asked.act.label.clone();
    let words = move || {
        if alone.get() {
            format!("Queue: {verb}")
        } else {
            verb.clone()
        }
    };
    let risky = asked.act.is_risky();
    let first = !risky && matches!(asked.act.form, Form::Plain | Form::Free(None));
    view! {
        <div class="end">
            <button type="button" class="btn" data-first=risky.then_some("") on:click=|_| world::close_dialog(DIALOG)>
                "Cancel"
            </button>
            <button type="submit" class="btn primary" data-first=first.then_some("") disabled=move || busy.get()>{words}</button>
        </div>
    }
    .part()
}

/// What the act needs to know.
fn fields(asked: &Asked) -> Option<Part> {
    if asked.preset.is_some() {
        return None;
    }
    Some(match &asked.act.form {
        Form::Plain | Form::Free(None) => return None,
        Form::Rollback => {
            let steps = asked.steps.to_string();
            view! {
                <label class="entry">
                    <span class="small t2">"Steps back"</span>
                    <input type="number" name="steps" min="1" step="1" required=true value=steps inputmode="numeric" />
                </label>
            }
            .part()
        }
        Form::Redirect => view! {
            <label class="entry">
                <span class="small t2">"Skill to continue with"</span>
                <input type="text" name="target_skill" list="skill-names" autocomplete="off" data-first="" />
            </label>
            <label class="entry">
                <span class="small t2">"or path to continue at"</span>
                <input type="text" class="mono" name="target_path" autocomplete="off" />
            </label>
        }
        .part(),
        Form::Inject => view! {
            <label class="entry">
                <span class="small t2">"Skill"</span>
                <input type="text" name="skill_name" list="skill-names" autocomplete="off" data-first="" />
            </label>
            <label class="entry">
                <span class="small t2">"When"</span>
                <select name="position">
                    <option value="next">"Next, after the current skill"</option>
                    <option value="end">"At the end, after all others"</option>
                </select>
            </label>
            {json_field("Parameters", "{}", false)}
        }
        .part(),
        Form::Free(Some(sample)) => json_field("Parameters, prefilled by the program", sample, true),
    })
}

fn json_field(label: &'static str, sample: &str, first: bool) -> Part {
    view! {
        <label class="entry">
            <span class="small t2">{label}" "<span class="t3">"(JSON)"</span></span>
            <textarea name="parameters" class="mono" rows="3" spellcheck="false" data-first=first.then_some("")>{sample.to_owned()}</textarea>
        </label>
    }
    .part()
}
