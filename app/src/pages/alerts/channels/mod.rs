//! Channels: who is told of alerts elsewhere. In: rows. Out: each with its test and its form, and one for a new channel;
//! a secret that was made, once.

mod form;

use leptos::prelude::*;
use loopscope_protocol::{Channel, ChannelKind, Delivery, DeliveryState};

pub(super) use self::form::{Form, dialog};
use crate::acts;
use crate::part::{IntoPart as _, Part};
use crate::ui::{CopyButton, icon};
use crate::visit::prefs;

/// What was done, for people: whether it went well, the words, and a secret where one was made.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said {
    is_good: bool,
    words: String,
    secret: Option<String>,
}

impl Said {
    pub(super) fn good(words: impl Into<String>) -> Self {
        Self {
            is_good: true,
            words: words.into(),
            secret: None,
        }
    }

    pub(super) fn bad(words: impl Into<String>) -> Self {
        Self {
            is_good: false,
            ..Self::good(words)
        }
    }

    /// A secret is shown now, and never again.
    pub(super) fn secret(words: &str, secret: Option<String>) -> Self {
        Self {
            secret,
            ..Self::good(words)
        }
    }
}

/// The tab of channels.
pub(super) fn channels(channels: &[Channel], form: Form) -> Part {
    let rows = channels
        .iter()
        .map(|channel| one(channel, form))
        .collect_view();
    let none = channels.is_empty().then(|| {
        view! { <p class="empty">"No channels yet. A webhook receives signed JSON and is retried until it answers 2xx."</p> }
    });
    let may = prefs().may_admin;
    let new = may.then(|| {
        view! {
            <div class="toolbar"><span class="end">
                <button type="button" class="btn primary" on:click=move |_| form.open(None)>"New channel"</button>
            </span></div>
        }
    });
    view! {
        <div class="stack">
            {new}
            {move || form.said.get().map(note)}
            <section class="panel" aria-label="Channels"><ul class="rows">{rows}</ul>{none}</section>
        </div>
    }
    .part()
}

fn note(said: Said) -> Part {
    let (tone, mark) = if said.is_good {
        ("tone-success", "success")
    } else {
        ("tone-error", "error")
    };
    let secret = said.secret.map(|secret| {
        let copied = secret.clone();
        view! {
            <span class="row wrap">
                "Signing secret, shown only once: "<code class="mono">{secret}</code>
                <CopyButton text=Callback::new(move |()| copied.clone()) label="Copy the secret" word="Copy" />
            </span>
        }
    });
    view! {
        <div class=format!("note {tone}") role="status">
            {icon(mark)}<div class="grow wrap"><p>{said.words}</p>{secret}</div>
        </div>
    }
    .part()
}

fn one(channel: &Channel, form: Form) -> Part {
    let kind = match channel.kind {
        ChannelKind::Webhook => "Webhook",
        ChannelKind::Slack => "Slack",
    };
    let (id, edited) = (channel.channel_id.clone(), channel.clone());
    let test = move |_| {
        let answer = acts::test_channel(&id);
        form.said.set(Some(Said::good("Sending a test…")));
        leptos::task::spawn_local(async move {
            form.said.set(Some(match answer.await {
                Ok(sent) if sent.state == DeliveryState::Delivered => Said::good(answered(&sent)),
                Ok(sent) => Said::bad(answered(&sent)),
                Err(error) => Said::bad(error.message),
            }));
        });
    };
    let more: String = [
        channel
            .project
            .as_ref()
            .map(|project| format!(" · {project} only")),
        (!channel.resolved).then(|| " · firing alerts only".to_owned()),
    ]
    .into_iter()
    .flatten()
    .collect();
    let tone = if channel.enabled { "" } else { "tone-idle" };
    view! {
        <li class=format!("alarm {tone}")>
            <span class="t3">{icon("send")}</span>
            <span class="two grow">
                <span class="label cut">
                    {channel.name.clone()}
                    {(!channel.enabled).then(|| view! { <span class="badge">"off"</span> })}
                </span>
                <span class="small t3 cut">{kind}" · "<span class="mono">{channel.url.clone()}</span>" · at least "{channel.severity.as_str()}{more}</span>
            </span>
            {prefs().may_admin.then(|| view! {
                <span class="more">
                    <button type="button" class="btn tiny" on:click=test>"Test"</button>
                    <button type="button" class="btn ghost tiny" on:click=move |_| form.open(Some(edited.clone()))>"Edit"</button>
                </span>
            })}
        </li>
    }
    .part()
}

/// What a receiver answered.
fn answered(sent: &Delivery) -> String {
    let answer = sent.answer.clone().unwrap_or_default();
    match sent.status {
        Some(status) => format!("The test was answered with {status}. {answer}"),
        None => format!("The test failed: {answer}"),
    }
}
