//! Channels and what they were told. In: rows. Out: a form for a new one, a test, the answers.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use loopscope_event::Severity;
use loopscope_protocol::{Channel, ChannelKind, Delivery, DeliveryState, NewChannel};

use crate::acts;
use crate::part::{IntoPart as _, Part};
use crate::store::live;
use crate::text;
use crate::ui::{icon, small_icon};
use crate::visit::prefs;
use crate::world;

/// The tab of channels.
pub(super) fn channels(channels: &[Channel], again: Callback<()>) -> Part {
    let said = RwSignal::new(None::<(bool, String)>);
    let rows = channels
        .iter()
        .map(|channel| one(channel, said, again))
        .collect_view();
    let none = channels.is_empty().then(|| {
        view! { <p class="empty">"Nobody is told elsewhere yet. A webhook gets signed JSON, again and again until it answers 2xx."</p> }
    });
    view! {
        <div class="stack">
            {move || said.get().map(|(good, words)| {
                let tone = if good { "tone-success" } else { "tone-error" };
                let mark = if good { "success" } else { "error" };
                view! { <p class=format!("note {tone}") role="status">{icon(mark)}<span class="grow wrap">{words}</span></p> }
            })}
            <section class="panel" aria-label="Channels"><ul class="rows">{rows}</ul>{none}</section>
            {prefs().may_admin.then(|| form(said, again))}
        </div>
    }
    .part()
}

type Said = RwSignal<Option<(bool, String)>>;

fn one(channel: &Channel, said: Said, again: Callback<()>) -> Part {
    let kind = match channel.kind {
        ChannelKind::Webhook => "Webhook",
        ChannelKind::Slack => "Slack",
    };
    let (id, gone) = (channel.channel_id.clone(), channel.channel_id.clone());
    let test = move |_| {
        let answer = acts::test_channel(&id);
        said.set(Some((true, "Sending a test…".to_owned())));
        leptos::task::spawn_local(async move {
            said.set(Some(match answer.await {
                Ok(sent) => (sent.state == DeliveryState::Delivered, answered(&sent)),
                Err(error) => (false, error.message),
            }));
        });
    };
    let remove = move |_| {
        let answer = acts::remove_channel(&gone);
        leptos::task::spawn_local(async move {
            match answer.await {
                Ok(()) => again.run(()),
                Err(error) => said.set(Some((false, error.message))),
            }
        });
    };
    view! {
        <li class="alarm">
            <span class="t3">{icon("send")}</span>
            <span class="two grow">
                <span class="label cut">{channel.name.clone()}</span>
                <span class="small t3 cut">{kind}" · "<span class="mono">{channel.url.clone()}</span>" · at least "{channel.severity.as_str()}</span>
            </span>
            {prefs().may_admin.then(|| view! {
                <span class="more">
                    <button type="button" class="btn tiny" on:click=test>"Test"</button>
                    <button type="button" class="btn ghost tiny" on:click=remove>"Remove"</button>
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
        None => format!("The test was not answered: {answer}"),
    }
}

fn form(said: Said, again: Callback<()>) -> Part {
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let field = |name: &str| world::field(&event, name);
        let slack = field("kind") == "slack";
        let new = NewChannel {
            name: field("name"),
            kind: if slack {
                ChannelKind::Slack
            } else {
                ChannelKind::Webhook
            },
            url: Some(field("url")),
            secret: None,
            enabled: true,
            severity: Severity::read(&field("severity")).unwrap_or(Severity::Info),
            resolved: true,
            project: None,
        };
        let answer = acts::add_channel(&new);
        leptos::task::spawn_local(async move {
            match answer.await {
                Ok(made) => {
                    again.run(());
                    let words = made
                        .secret
                        .map(|secret| (true, format!("Its secret, shown only now: {secret}")));
                    said.set(words.or_else(|| Some((true, "The channel is there.".to_owned()))));
                }
                Err(error) => {
                    let field = error
                        .field
                        .map(|field| format!("{field}: "))
                        .unwrap_or_default();
                    said.set(Some((false, format!("{field}{}", error.message))));
                }
            }
        });
    };
    view! {
        <section class="panel" aria-label="New channel">
            <div class="panel-head"><h2>"New channel"</h2></div>
            <form class="channel-form" on:submit=submit>
                <label class="entry"><span class="small t2">"Name"</span><input type="text" name="name" required=true maxlength="256" autocomplete="off" /></label>
                <label class="entry"><span class="small t2">"Kind"</span>
                    <select name="kind"><option value="webhook">"Webhook, signed JSON"</option><option value="slack">"Slack, or compatible"</option></select></label>
                <label class="entry wide-entry"><span class="small t2">"Address"</span><input type="url" name="url" class="mono" required=true autocomplete="off" placeholder="https://…" /></label>
                <label class="entry"><span class="small t2">"Only alerts at least"</span>
                    <select name="severity">{["info", "low", "medium", "high", "critical"].map(|word| view! { <option value=word>{word}</option> }).into_iter().collect_view()}</select></label>
                <button type="submit" class="btn primary">"Add the channel"</button>
            </form>
        </section>
    }
    .part()
}

/// The tab of deliveries.
pub(super) fn deliveries(rows: &[Delivery]) -> Part {
    let none = rows
        .is_empty()
        .then(|| view! { <p class="empty">"Nothing was sent yet."</p> });
    let rows = rows.iter().map(delivery).collect_view();
    view! { <section class="panel" aria-label="Deliveries"><ul class="rows">{rows}</ul>{none}</section> }.part()
}

fn delivery(row: &Delivery) -> Part {
    let (live, zone) = (live(), prefs().zone);
    let (tone, mark, word) = match row.state {
        DeliveryState::Pending => ("tone-halted", "clock", "tried again"),
        DeliveryState::Delivered => ("tone-success", "success", "received"),
        DeliveryState::Failed => ("tone-error", "error", "given up"),
    };
    let at = row.created_at;
    let when = move || text::day_and_minute(at, live.now.get(), zone.get());
    let answer = row.answer.clone().unwrap_or_default();
    let status = row
        .status
        .map(|status| format!("{status} "))
        .unwrap_or_default();
    view! {
        <li class=format!("alarm {tone}")>
            <span class="ct">{small_icon(mark)}<span class="sr">{word}</span></span>
            <span class="two grow">
                <span class="label cut">{row.summary.clone()}</span>
                <span class="small t3 cut">{row.channel.clone()}" · "{row.event.clone()}" · "{text::plural(u64::from(row.attempts), "attempt")}" · "{status}{answer}</span>
            </span>
            <span class="small t3 nowrap">{when}</span>
        </li>
    }
    .part()
}
