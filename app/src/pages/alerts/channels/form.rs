//! The form of a channel, its new secret, its end. In: a channel, or none for a new one. Out: what is sent; an answer that
//! names a field is shown in the form, and nothing is lost. Of an address only the host is ever shown: hooks keep secrets
//! in paths. So a field that is left empty keeps the address.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use loopscope_event::{ProjectId, Severity};
use loopscope_protocol::{ApiError, Channel, ChannelKind, NewChannel};

use super::Said;
use crate::acts;
use crate::part::{IntoPart as _, Part};
use crate::ui::{icon, small_icon};
use crate::world;

const DIALOG: &str = "channel";

/// What the form is about, and what was said last.
#[derive(Clone, Copy)]
pub(in super::super) struct Form {
    channel: RwSignal<Option<Channel>>,
    problem: RwSignal<Option<String>>,
    /// What would be lost is asked for twice: the word of what was pressed once.
    asked: RwSignal<&'static str>,
    pub(super) said: RwSignal<Option<Said>>,
    again: Callback<()>,
}

impl Form {
    /// Lives as long as the page: a secret must not go with a list that is shown anew.
    pub(in super::super) fn new(again: Callback<()>) -> Self {
        Self {
            channel: RwSignal::new(None),
            problem: RwSignal::new(None),
            asked: RwSignal::new(""),
            said: RwSignal::new(None),
            again,
        }
    }

    pub(super) fn open(self, channel: Option<Channel>) {
        self.problem.set(None);
        self.asked.set("");
        self.channel.set(channel);
        world::next_frame(|| world::show_dialog(DIALOG));
    }

    /// Does it, says what became of it, and shows the list anew.
    fn send<T: Send + 'static>(self, answer: crate::source::Loading<T>, said: fn(T) -> Said) {
        leptos::task::spawn_local(async move {
            match answer.await {
                Ok(done) => {
                    world::close_dialog(DIALOG);
                    self.said.set(Some(said(done)));
                    self.again.run(());
                }
                Err(ApiError { field, message, .. }) => {
                    let field = field.map(|field| format!("{field}: ")).unwrap_or_default();
                    self.problem.set(Some(format!("{field}{message}")));
                }
            }
        });
    }

    fn submit(self, event: &SubmitEvent) {
        event.prevent_default();
        let field = |name: &str| world::field(event, name).trim().to_owned();
        let project = match Some(field("project")).filter(|name| !name.is_empty()) {
            None => None,
            Some(name) => match ProjectId::new(name) {
                Ok(project) => Some(project),
                Err(error) => return self.problem.set(Some(format!("project: {error}"))),
            },
        };
        let before = self.channel.get_untracked();
        let new = NewChannel {
            name: field("name"),
            kind: if field("kind") == "slack" {
                ChannelKind::Slack
            } else {
                ChannelKind::Webhook
            },
            url: Some(field("url")).filter(|url| !url.is_empty()),
            secret: None,
            enabled: before.is_none() || !field("enabled").is_empty(),
            severity: Severity::read(&field("severity")).unwrap_or(Severity::Info),
            resolved: !field("resolved").is_empty(),
            project,
        };
        self.problem.set(None);
        match before {
            None => self.send(acts::add_channel(&new), |made| {
                Said::secret("Channel added.", made.secret)
            }),
            Some(before) => self.send(acts::change_channel(&before.channel_id, &new), |made| {
                Said::secret("Channel saved.", made.secret)
            }),
        }
    }

    /// A second press does it.
    fn is_sure(self, word: &'static str) -> bool {
        let is_sure = self.asked.get_untracked() == word;
        self.asked.set(if is_sure { "" } else { word });
        is_sure
    }
}

/// The dialog.
pub(in super::super) fn dialog(form: Form) -> Part {
    let contents = move || {
        form.channel
            .with(|channel| contents(form, channel.as_ref()))
    };
    view! {
        <dialog class="dialog wide-dialog" id=DIALOG aria-labelledby="channel-title">
            <form class="ask-form" on:submit=move |event| form.submit(&event)>{contents}</form>
        </dialog>
    }
    .part()
}

fn contents(form: Form, channel: Option<&Channel>) -> Part {
    let is_new = channel.is_none();
    let title = if is_new {
        "New channel"
    } else {
        "Edit channel"
    };
    let text = |of: fn(&Channel) -> String| channel.map(of).unwrap_or_default();
    let (name, project) = (
        text(|channel| channel.name.clone()),
        text(|channel| {
            channel
                .project
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default()
        }),
    );
    let is_slack = channel.is_some_and(|channel| channel.kind == ChannelKind::Slack);
    let hint = channel.map_or_else(
        || "https://…".to_owned(),
        |channel| format!("{} (leave empty to keep it)", channel.url),
    );
    let severity = channel.map_or("info", |channel| channel.severity.as_str());
    let severities = ["info", "low", "medium", "high", "critical"]
        .map(|word| view! { <option value=word selected=word == severity>{word}</option> }.part());
    let resolved = channel.is_none_or(|channel| channel.resolved);
    let enabled = channel.map(|channel| {
        let enabled = channel.enabled;
        view! { <label class="check"><input type="checkbox" name="enabled" value="yes" checked=enabled />" Enabled"</label> }
    });
    let problem = move || {
        form.problem.get().map(|problem| view! { <p class="note tone-error" role="alert">{icon("error")}<span class="grow">{problem}</span></p> })
    };
    view! {
        <h2 id="channel-title">{title}</h2>
        <div class="pair">
            <label class="entry"><span class="small t2">"Name"</span><input type="text" name="name" required=true maxlength="256" autocomplete="off" data-first="" value=name /></label>
            <label class="entry"><span class="small t2">"Kind"</span>
                <select name="kind"><option value="webhook">"Webhook (signed JSON)"</option><option value="slack" selected=is_slack>"Slack or compatible"</option></select></label>
        </div>
        <label class="entry"><span class="small t2">"URL"</span><input type="url" name="url" class="mono" required=is_new autocomplete="off" placeholder=hint /></label>
        <div class="pair">
            <label class="entry"><span class="small t2">"Minimum severity"</span><select name="severity">{severities.into_iter().collect_view()}</select></label>
            <label class="entry"><span class="small t2">"Project"</span><input type="text" name="project" autocomplete="off" placeholder="any" value=project /></label>
        </div>
        <label class="check"><input type="checkbox" name="resolved" value="yes" checked=resolved />" Also send resolved alerts"</label>
        {enabled}
        {channel.map(|channel| secret(form, channel))}
        {problem}
        <div class="end">
            {channel.map(|channel| remove(form, channel))}
            <button type="button" class="btn" on:click=|_| world::close_dialog(DIALOG)>"Cancel"</button>
            <button type="submit" class="btn primary">{if is_new { "Add channel" } else { "Save channel" }}</button>
        </div>
    }
    .part()
}

/// A new secret: what checks signatures by the old one refuses them from then on, so it is asked for twice.
fn secret(form: Form, channel: &Channel) -> Option<Part> {
    let id = channel.channel_id.clone();
    let press = move |_| {
        if form.is_sure("secret") {
            form.send(acts::new_secret(&id), |made| {
                Said::secret("New secret created.", made.secret)
            });
        }
    };
    let word = move || match form.asked.get() {
        "secret" => "Confirm: old secret stops working",
        _ => "New secret…",
    };
    (channel.kind == ChannelKind::Webhook).then(|| {
        view! { <div class="row"><button type="button" class="btn tiny" on:click=press>{word}</button></div> }.part()
    })
}

fn remove(form: Form, channel: &Channel) -> Part {
    let id = channel.channel_id.clone();
    let press = move |_| {
        if form.is_sure("remove") {
            form.send(acts::remove_channel(&id), |()| {
                Said::good("Channel removed.")
            });
        }
    };
    let word = move || match form.asked.get() {
        "remove" => "Remove with pending deliveries",
        _ => "Remove…",
    };
    view! { <button type="button" class="btn ghost" on:click=press>{small_icon("error")}{word}</button> }.part()
}
