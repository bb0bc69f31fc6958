//! The Overview: what runs now, what came of the rest, what is happening this second.

mod state;

use leptos::prelude::*;
use loopscope_protocol::Overview;

use self::state::OverviewState;
use super::status::refuse;
use crate::alarms::alarms;
use crate::asks::inbox;
use crate::frame::{Crumb, page, problem};
use crate::panels::{
    EventStream, FiringPanel, FirstRun, MetricCards, OpportunityPanel, RunRows, Sources,
    SystemFilter, Systems, WaitingPanel,
};
use crate::part::{IntoPart as _, Part};
use crate::source::source;
use crate::store::live;
use crate::text;
use crate::widgets::{Widgets, strip};

/// The page.
#[component]
pub fn OverviewPage() -> impl IntoView {
    let source = source();
    let asks = source.clone();

    let alerting = source.clone();
    let alerts = Resource::new(|| (), move |()| alerting.alerts());
    let figuring = source.clone();
    let widgets = Resource::new(|| (), move |()| figuring.widgets_shown(None, None));
    let overview = Resource::new(|| (), move |()| source.overview());
    let decisions = Resource::new(|| (), move |()| asks.decisions());
    let contents = view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                // Without the inbox the rest of the page is as true.
                if let Ok(page) = decisions.await {
                    inbox().load(page);
                }
                if let Ok(page) = alerts.await {
                    alarms().load(page);
                }
                let widgets = Widgets::of_all(widgets.await.ok());
                match overview.await {
                    Ok(overview) => view! { <Dashboard overview widgets /> }.part(),
                    Err(error) => {
                        let retry = Callback::new(move |()| overview.refetch());
                        let message = refuse(error).message;
                        problem("The overview could not be loaded", message, Some(retry))
                    }
                }
            })}
        </Transition>
    };
    page("Overview", &[Crumb::Here("Overview")], contents)
}

/// The contents, from a snapshot and then live.
#[component]
fn Dashboard(overview: Overview, widgets: Widgets) -> impl IntoView {
    let live = live();
    live.set_clock(overview.server_time);
    let state = OverviewState::new(overview, live);
    Effect::new(move || live.attach(state));
    widgets.follow();
    let empty = Memo::new(move |_| state.is_empty());
    view! {
        {move || if empty.get() {
            view! { <FirstRun metrics=state.metrics sources=state.sources /> }.part()
        } else {
            full(&state, widgets)
        }}
    }
    .part()
}

fn full(state: &OverviewState, widgets: Widgets) -> Part {
    let state = *state;
    let head = move || {
        state.metrics.with(|metrics| {
            let more = |count: u64, word: &str| match count {
                0 => String::new(),
                count => format!(", {} {word}", text::count(count)),
            };
            let halted = more(metrics.halted_sessions, "halted");
            let interrupted = more(metrics.interrupted_sessions, "interrupted");
            format!(
                "{}{halted}{interrupted}",
                text::count(metrics.active_sessions)
            )
        })
    };
    let rate = move || {
        let rate = state.metrics.with(|metrics| metrics.events_per_second);
        format!("{} / s", text::decimal(rate, 1))
    };
    let filter = SystemFilter::here();
    let has_sources = Memo::new(move |_| state.sources.with(|sources| !sources.is_empty()));
    // Where nothing stands at the side, the rows have the whole width.
    view! {
        <div class="overview">
            <MetricCards metrics=state.metrics />
            <div class="col-l">
                <RunRows rows=state.running title="Running" note=Signal::derive(head) nothing="Nothing is running right now." />
                <Systems rows=state.systems filter page="/" />
                <EventStream stream=state.stream note=Signal::derive(rate) names=state.names() />
                <RunRows rows=state.recent title="Recently ended" note=Signal::derive(String::new) nothing="" />
            </div>
            <div class="col-r">
                <WaitingPanel />
                <FiringPanel />
                <OpportunityPanel rows=state.systems filter />
                {move || has_sources.get().then(|| view! { <Sources sources=state.sources /> })}
            </div>
        </div>
        {strip(widgets, false)}
    }
    .part()
}
