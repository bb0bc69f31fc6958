//! Alerts: what fires and did, the rules behind it, and who is told elsewhere. The tab is in the address.

mod channels;
mod deliveries;
mod rules;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use loopscope_protocol::{AlertRow, AlertRules, AlertState, AlertsPage, Channels, Deliveries};

use super::status::refuse;
use crate::alarms::{alarms, alert_row};
use crate::frame::{Crumb, page, problem};
use crate::part::{IntoPart as _, Part};
use crate::source::source;
use crate::store::live;
use crate::text;
use crate::ui::Notices;
use crate::visit::prefs;

/// What the page is made of.
#[derive(Clone)]
struct Loaded {
    alerts: AlertsPage,
    rules: AlertRules,
    channels: Channels,
    deliveries: Deliveries,
}

/// What is filled in.
#[derive(Clone, Copy)]
struct Forms {
    rules: rules::Form,
    channels: channels::Form,
}

/// The page.
#[component]
pub fn AlertsListPage() -> impl IntoView {
    let source = StoredValue::new(source());
    let get = move || source.get_value();
    let alerts = Resource::new(|| (), move |()| get().alerts());
    let rules = Resource::new(|| (), move |()| get().alert_rules());
    let channels = Resource::new(|| (), move |()| get().alert_channels());
    let deliveries = Resource::new(|| (), move |()| get().alert_deliveries());
    let again = Callback::new(move |()| {
        rules.refetch();
        channels.refetch();
        deliveries.refetch();
    });
    // Their dialogs stand beside the lists: what is shown anew must not close one that was just opened.
    let forms = Forms {
        rules: rules::Form::new(again),
        channels: channels::Form::new(again),
    };
    let may = prefs().may_admin;
    let contents = view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let loaded = (alerts.await, rules.await, channels.await, deliveries.await);
                match loaded {
                    (Ok(alerts), Ok(rules), Ok(channels), deliveries) => {
                        // Who is bound to a project sees no deliveries.
                        let none = Deliveries { deliveries: Vec::new(), next: None };
                        let deliveries = deliveries.unwrap_or(none);
                        contents(Loaded { alerts, rules, channels, deliveries }, forms)
                    }
                    (Err(error), ..) | (_, Err(error), ..) | (_, _, Err(error), _) => {
                        let message = refuse(error).message;
                        problem("The alerts could not be loaded", message, Some(again))
                    }
                }
            })}
        </Transition>
        {may.then(|| rules::dialog(forms.rules))}
        {may.then(|| channels::dialog(forms.channels))}
    };
    page("Alerts", &[Crumb::Here("Alerts")], contents)
}

/// The tabs: the address's word, the title.
const TABS: [(&str, &str); 4] = [
    ("", "Alerts"),
    ("rules", "Rules"),
    ("channels", "Channels"),
    ("deliveries", "Deliveries"),
];

fn contents(loaded: Loaded, forms: Forms) -> Part {
    live().set_clock(loaded.alerts.server_time);
    alarms().load(loaded.alerts);
    let query = use_query_map();
    let tab = Memo::new(move |_| query.with(|query| query.get("tab")).unwrap_or_default());
    let counts = [
        None,
        Some(loaded.rules.rules.len()),
        Some(loaded.channels.channels.len()),
        None,
    ];
    let links = TABS.iter().zip(counts).map(|((word, title), count)| {
        let href = match *word {
            "" => "/alerts".to_owned(),
            word => format!("/alerts?tab={word}"),
        };
        let is_here = move || (tab.get() == *word).then_some("page");
        view! {
            <a href=href aria-current=is_here>{*title}{count.map(|count| view! { <span class="c">{count}</span> })}</a>
        }
    });
    let links = links.collect_view();
    let kept = StoredValue::new((loaded.rules, loaded.channels, loaded.deliveries));
    let body = move || {
        kept.with_value(|(rules, told, sent)| match tab.get().as_str() {
            "rules" => rules::rules(&rules.rules, &told.channels, forms.rules),
            "channels" => channels::channels(&told.channels, forms.channels),
            "deliveries" => deliveries::deliveries(&sent.deliveries),
            _ => alerts(),
        })
    };
    view! {
        <div class="row spread">
            <nav class="tabs main-tabs grow" aria-label="Alerts">{links}</nav>
            <Notices title="Notifies you when an alert fires while this page is in the background" />
        </div>
        {body}
    }
    .part()
}

fn alerts() -> Part {
    let rows = alarms().rows;
    let of = move |state: AlertState| {
        Memo::new(move |_| {
            rows.with(|rows| {
                let rows = rows.iter().filter(|row| row.state == state);
                rows.cloned().collect::<Vec<AlertRow>>()
            })
        })
    };
    let (firing, over) = (of(AlertState::Firing), of(AlertState::Resolved));
    let list = |rows: &Vec<AlertRow>| rows.iter().map(|row| alert_row(row, true)).collect_view();
    view! {
        <div class="stack">
            <section class="panel" aria-label="Firing now">
                <div class="panel-head">
                    <h2>"Firing now"</h2>
                    <span class="t3 small">{move || firing.with(|rows| text::count(rows.len() as u64))}</span>
                </div>
                <ul class="rows">{move || firing.with(list)}</ul>
                {move || firing.with(Vec::is_empty).then(|| view! { <p class="empty">"No alerts are firing. "<a class="link" href="/alerts?tab=rules">"The rules"</a>" define when one does."</p> })}
            </section>
            <section class="panel" aria-label="History">
                <div class="panel-head"><h2>"History"</h2></div>
                <ul class="rows">{move || over.with(list)}</ul>
                {move || over.with(Vec::is_empty).then(|| view! { <p class="empty">"No resolved alerts yet."</p> })}
            </section>
        </div>
    }
    .part()
}
