//! Agents: every system that reports, side by side, and the newest that they found.

mod state;

use leptos::prelude::*;
use loopscope_protocol::SessionsPage;

use self::state::SystemsState;
use super::status::refuse;
use crate::frame::{Crumb, page, problem};
use crate::panels::{OpportunityPanel, SystemFilter, Systems};
use crate::part::IntoPart as _;
use crate::source::source;
use crate::store::live;

/// The page.
#[component]
pub fn SystemsPage() -> impl IntoView {
    let source = source();
    let systems = Resource::new(|| (), move |()| source.sessions(state::query()));
    let contents = view! {
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match systems.await {
                    Ok(page) => view! { <AllSystems page /> }.part(),
                    Err(error) => {
                        let retry = Callback::new(move |()| systems.refetch());
                        problem("The systems could not be loaded", refuse(error).message, Some(retry))
                    }
                }
            })}
        </Transition>
    };
    page("Agents", &[Crumb::Here("Agents")], contents)
}

#[component]
fn AllSystems(page: SessionsPage) -> impl IntoView {
    let live = live();
    live.set_clock(page.server_time);
    let state = SystemsState::new(page, live);
    Effect::new(move || live.attach(state));
    let filter = SystemFilter::here();
    let empty = Memo::new(move |_| state.rows.is_empty());
    view! {
        {move || empty.get().then(|| view! {
            <div class="lost">
                <h2>"No agents have reported yet"</h2>
                <p class="t2">
                    "Publish events of the agents contract to " <code class="mono">"/agents/ws?role=producer&system=NAME"</code>
                    ", or post them to " <code class="mono">"/agents/events?system=NAME"</code>
                    ". Each name is a separate system."
                </p>
            </div>
        })}
        <Systems rows=state.rows filter page="/systems" />
        <OpportunityPanel rows=state.rows filter />
    }
    .part()
}
