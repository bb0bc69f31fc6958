//! The sessions: facets, search, sort, and a list without end. The address is the whole state.

mod bulk;
mod extras;
mod facets;
mod state;
mod table;
mod toolbar;
mod views;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use loopscope_protocol::{ApiError, SavedViews, SessionsPage, SessionsQuery};

use self::bulk::BulkDialogs;
use self::extras::Extras;
use self::facets::FacetsPanel;
use self::state::ListState;
use self::table::SessionsTable;
use self::toolbar::Toolbar;
use super::query;
use super::status::refuse;
use crate::frame::{Crumb, page, problem};
use crate::part::IntoPart as _;
use crate::source::source;
use crate::store::live;

/// The page.
#[component]
pub fn SessionsListPage() -> impl IntoView {
    let params = use_query_map();
    let query = Memo::new(move |_| params.with(query::sessions));
    let extras = Extras::new(query);
    let source = source();
    let loaded = Resource::new(
        move || query.get(),
        move |query| {
            let (page, views) = (source.sessions(query), source.views());
            async move {
                let page = page.await?;
                // Without them the list is a list all the same.
                Ok::<_, ApiError>((page, views.await.unwrap_or_default()))
            }
        },
    );
    let contents = view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let asked = query.get_untracked();
                match loaded.await {
                    Ok((page, saved)) => view! { <List page saved query=asked extras /> }.part(),
                    Err(error) => {
                        let retry = Callback::new(move |()| loaded.refetch());
                        let message = refuse(error).message;
                        problem("The sessions could not be loaded", message, Some(retry))
                    }
                }
            })}
        </Transition>
    };
    page("Sessions", &[Crumb::Here("Sessions")], contents.part())
}

#[component]
fn List(
    page: SessionsPage,
    saved: SavedViews,
    query: SessionsQuery,
    extras: Extras,
) -> impl IntoView {
    let live = live();
    live.set_clock(page.server_time);
    let facets = page.facets.clone();
    let state = ListState::new(page, query.clone(), live);
    Effect::new(move || {
        live.attach(state);
        state.look_again();
    });
    let known = facets
        .tag
        .iter()
        .map(|(tag, _)| tag.clone())
        .collect::<Vec<_>>();
    view! {
        <Toolbar query=query.clone() facets=facets.clone() saved extras />
        <div class="split">
            <FacetsPanel query=query.clone() facets extras />
            <SessionsTable state query extras />
        </div>
        <BulkDialogs state extras known />
    }
    .part()
}
