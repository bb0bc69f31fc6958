//! One session: head, state strip, and a tab of what the address asks for.

mod alerts;
mod audit;
mod config;
mod controls;
mod crew;
mod events;
mod findings;
mod head;
mod metrics;
mod notes;
mod overview;
mod replay;
mod state;
mod strip;
mod tabs;
mod timeline;
mod training;
mod work;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use loopscope_event::{Dialect, ProjectId, SessionId};
use loopscope_protocol::{ApiError, ErrorCode, Moment};

use self::state::{Loaded, SessionState};
use self::tabs::{Tab, Tabs};
use super::status::refuse;
use crate::acts;
use crate::figures::PageFlags;
use crate::frame::{Crumb, page, problem};
use crate::part::{IntoPart as _, Part};
use crate::source::{SessionKey, Source, source};
use crate::store::live;
use crate::ui::short_id;
use crate::widgets::strip;

/// The page.
#[component]
pub fn SessionPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let name = Memo::new(move |_| {
        let id = params.with(|params| params.get("id").unwrap_or_default());
        (id, query.with(|query| query.get("project")))
    });
    // Another session is another page, with its own signals.
    view! { {move || one_session(name.get())} }.part()
}

/// The session that an address names.
fn key_of(id: &str, project: Option<&str>) -> Option<SessionKey> {
    let project = project.map_or_else(
        || Some(ProjectId::default()),
        |name| ProjectId::new(name).ok(),
    );
    Some(SessionKey {
        project: project?,
        id: SessionId::new(id).ok()?,
    })
}

fn one_session((id, project): (String, Option<String>)) -> Part {
    let Some(key) = key_of(&id, project.as_deref()) else {
        let contents = not_found();
        return page(
            "Not found",
            &[Crumb::Link("Sessions", "/sessions")],
            contents,
        );
    };
    let crumbs = [
        Crumb::Link("Sessions", "/sessions"),
        Crumb::Id(short_id(&key.id)),
    ];
    let source = source();
    let query = use_query_map();
    let at = query.with_untracked(|query| query.get("at"));
    let at = at.and_then(|at| at.parse::<Moment>().ok());
    let loaded = Resource::new(|| (), move |()| load(source.clone(), key.clone(), at));
    let contents = view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match loaded.await.map_err(refuse) {
                    Ok(loaded) => view! { <Session loaded /> }.part(),
                    Err(ApiError { code: ErrorCode::NotFound, .. }) => not_found(),
                    Err(error) => {
                        let retry = Callback::new(move |()| loaded.refetch());
                        problem("The session could not be loaded", error.message, Some(retry))
                    }
                }
            })}
        </Transition>
    };
    page(
        format!("Session {}", short_id_of(&id)),
        &crumbs,
        contents.part(),
    )
}

/// The session as it is, and as it was where the address names a moment. A moment that cannot be told is no reason to
/// show nothing.
async fn load(source: Source, key: SessionKey, at: Option<Moment>) -> Result<Loaded, ApiError> {
    let snapshot = source.session(key.clone()).await?;
    let moment = match at {
        Some(at) => source.moment(key.clone(), at).await.ok(),
        None => None,
    };
    let notes = source.annotations(key.clone()).await.unwrap_or_default();
    // Without widgets the rest of the page is as true.
    let at = moment.as_ref().map(|moment| Moment::Seq(moment.seq));
    let widgets = source.widgets_shown(Some(key), at).await.ok();
    Ok(Loaded {
        snapshot,
        moment,
        notes: notes.annotations,
        widgets,
    })
}

fn short_id_of(id: &str) -> String {
    SessionId::new(id).map_or_else(|_| String::new(), |id| short_id(&id))
}

fn not_found() -> Part {
    super::set_status(404);
    view! {
        <div class="lost">
            <h1>"Session not found"</h1>
            <p class="t2">
                "It may have been removed by the retention settings, or the address is mistyped. "
                "A session appears as soon as its first event arrives."
            </p>
            <p class="row"><a class="btn primary" href="/sessions">"All sessions"</a></p>
        </div>
    }
    .part()
}

#[component]
fn Session(loaded: Loaded) -> impl IntoView {
    let live = live();
    live.set_clock(loaded.snapshot.server_time);
    let state = SessionState::new(loaded, live);
    PageFlags::provide(notes::Notes::marked(state));
    replay::follow_address(state);
    state.follow_widgets();
    acts::provide_newest(Signal::derive(move || !state.replay.is_on()));
    Effect::new(move || live.attach(state));
    let query = use_query_map();
    let asked = move || query.with(|query| query.get("tab").unwrap_or_default());
    let tab = Memo::new(move |_| Tab::read(&asked()));
    let dialect = untrack(|| state.with_newest(|board| board.header().dialect));
    let is_work = dialect == Dialect::Orchestrator;
    let is_crew = dialect == Dialect::Agents;
    let is_training = dialect == Dialect::Training;
    let is_plain = dialect == Dialect::Generic;
    let contents = move || match tab.get() {
        Tab::Overview if is_work => view! { <work::WorkOverview state /> }.part(),
        Tab::Overview if is_crew => view! { <crew::CrewOverview state /> }.part(),
        Tab::Overview if is_training => view! { <training::TrainingOverview state /> }.part(),
        Tab::Overview if is_plain => view! { <overview::PlainOverview state /> }.part(),
        Tab::Overview => view! { <overview::Overview state /> }.part(),
        Tab::Timeline => view! { <timeline::TimelineTab state /> }.part(),
        Tab::Opportunities => view! { <crew::OpportunitiesTab state /> }.part(),
        Tab::Agents if is_crew => view! { <crew::CrewAgents state /> }.part(),
        Tab::Events => view! { <events::Events state /> }.part(),
        Tab::Findings => view! { <findings::Findings state /> }.part(),
        Tab::Metrics => view! { <metrics::Metrics state /> }.part(),
        Tab::Skills => view! { <work::SkillsTab state /> }.part(),
        Tab::Files => view! { <work::FilesTab state /> }.part(),
        Tab::Validation => view! { <work::Validation state whole=true /> }.part(),
        Tab::Decisions => view! { <work::DecisionsTab state /> }.part(),
        Tab::Agents => view! { <work::AgentsTab state /> }.part(),
        Tab::Checkpoints => view! { <work::Checkpoints state most=usize::MAX /> }.part(),
        Tab::Audit => view! { <audit::Audit state /> }.part(),
        Tab::Alerts => view! { <alerts::AlertsTab state /> }.part(),
        Tab::Config => view! { <config::Config state /> }.part(),
    };
    view! {
        <head::Head state />
        {(!is_crew).then(|| view! { <strip::Strip state /> })}
        <Tabs state tab />
        {contents}
        {move || (tab.get() == Tab::Overview).then(|| strip(state.widgets, true))}
        <controls::CommandDialog state />
        <notes::NotesDialog state />
        <replay::ReplayBar state tab />
    }
    .part()
}
