//! The sessions: facets, search, sort, and a list without end. The address is the whole state.

mod facets;
mod state;
mod table;
mod toolbar;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use loopscope_protocol::{SessionsPage, SessionsQuery};

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
    let source = source();
    let loaded = Resource::new(move || query.get(), move |query| source.sessions(query));
    let contents = view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                let asked = query.get_untracked();
                match loaded.await {
                    Ok(page) => view! { <List page query=asked /> }.part(),
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
fn List(page: SessionsPage, query: SessionsQuery) -> impl IntoView {
    let live = live();
    live.set_clock(page.server_time);
    let facets = page.facets.clone();
    let state = ListState::new(page, query.clone(), live);
    Effect::new(move || {
        live.attach(state);
        state.look_again();
    });
    let params = use_query_map();
    let open = Memo::new(move |_| params.with(|params| params.get("filters").is_some()));
    view! {
        <Toolbar query=query.clone() facets=facets.clone() open />
        <div class="split">
            <FacetsPanel query=query.clone() facets open />
            <SessionsTable state query />
        </div>
    }
    .part()
}
