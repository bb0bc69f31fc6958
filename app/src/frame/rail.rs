//! The rail: where one can go. Only what has a page stands in it. On a phone it is five tabs at the foot, and a sheet.

use leptos::prelude::*;
use leptos_router::components::A;

use super::more::More;
use crate::alarms::alarms;
use crate::asks::inbox;
use crate::part::IntoPart as _;
use crate::store::live;
use crate::text;
use crate::ui::{brand, icon};

/// The rail; on a phone, the tabs at the foot.
#[component]
pub fn Rail() -> impl IntoView {
    let live = live();
    let foot = move || {
        live.metrics.with(|frame| {
            let metrics = &frame.as_ref()?.metrics;
            let (figure, unit) = text::compact(metrics.events_total);
            let word = match metrics.events_total {
                1 => "event",
                _ => "events",
            };
            let events = format!("{figure} {unit} {word}").replace("  ", " ");
            Some((events, text::bytes(metrics.journal_bytes)))
        })
    };
    let foot = Memo::new(move |_| foot());
    let waiting = inbox().waiting;
    let count = move || {
        let waiting = waiting.get();
        (waiting > 0).then(|| view! {
            <span class="count hot">{text::count(waiting)}<span class="sr">" waiting"</span></span>
        })
    };
    let firing = alarms().firing;
    let alarm = move || {
        let firing = firing.get();
        (firing > 0).then(|| view! {
            <span class="count hot">{text::count(firing)}<span class="sr">" firing"</span></span>
        })
    };
    view! {
        <aside class="rail" aria-label="Main">
            <div class="brand">{brand()}<span>"Loopscope"</span></div>
            <nav class="nav" aria-label="Sections">
                <A href="/" exact=true>{icon("overview")}<span>"Overview"</span></A>
                <A href="/sessions">{icon("sessions")}<span>"Sessions"</span></A>
                <A href="/compare" attr:class="no-phone">{icon("compare")}<span>"Compare"</span></A>
                <A href="/decisions">{icon("decisions")}<span>"Decisions"</span>{count}</A>
                <A href="/systems" attr:class="no-phone">{icon("agents")}<span>"Agents"</span></A>
                <A href="/alerts">{icon("alerts")}<span>"Alerts"</span>{alarm}</A>
                <A href="/widgets" attr:class="no-phone">{icon("widgets")}<span>"Widgets"</span></A>
                <A href="/settings" attr:class="no-phone">{icon("settings")}<span>"Settings"</span></A>
                // What floats is opened by the browser itself, without scripts too.
                <button type="button" class="more" popovertarget=super::more::SHEET>{icon("more")}<span>"More"</span></button>
            </nav>
            <More />
            {move || foot.get().map(|(events, bytes)| view! {
                <div class="rail-foot">
                    <div><span>"Journal"</span><span>{events}</span></div>
                    <div><span>"On disk"</span><span>{bytes}</span></div>
                </div>
            })}
        </aside>
    }
    .part()
}
