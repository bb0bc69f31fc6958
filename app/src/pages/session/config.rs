//! The run's configuration, as it was sent.

use leptos::prelude::*;

use super::state::SessionState;
use crate::part::IntoPart as _;
use crate::ui::{CopyButton, json_tree, pretty};

/// The tab.
#[component]
pub(super) fn Config(state: SessionState) -> impl IntoView {
    let config = state.part(|board| board.header().config.clone());
    let copied = Callback::new(move |()| {
        let value = config.get_untracked().map(|config| config.value());
        value.map(|value| pretty(&value)).unwrap_or_default()
    });
    view! {
        <section class="panel" aria-label="Config">
            <div class="panel-head">
                <h2>"Config"</h2><span class="t3 small">"as sent"</span>
                <span class="more"><CopyButton text=copied label="Copy the configuration as JSON" word="Copy JSON" /></span>
            </div>
            {move || match config.get() {
                Some(config) => json_tree(&config.value()),
                None => view! { <p class="empty">"This session sent no configuration."</p> }.part(),
            }}
        </section>
    }
    .part()
}
