//! The programs that the server dials, and how that goes.

use leptos::prelude::*;
use loopscope_protocol::{SourceState, SourceStatus};

use crate::part::{IntoPart as _, Part};
use crate::store::live;
use crate::text;

/// The panel.
#[component]
pub fn Sources(
    /// The programs.
    sources: Memo<Vec<SourceStatus>>,
) -> impl IntoView {
    let connected = move || {
        sources.with(|sources| {
            let up = sources
                .iter()
                .filter(|source| source.state == SourceState::Connected);
            format!("{} of {} connected", up.count(), sources.len())
        })
    };
    view! {
        <section class="panel" aria-label="Sources">
            <div class="panel-head"><h2>"Sources"</h2><span class="t3 small">{connected}</span></div>
            <ul class="rows">
                {move || sources.get().into_iter().map(row).collect_view()}
            </ul>
        </section>
    }
    .part()
}

fn row(source: SourceStatus) -> Part {
    let live = live();
    let (tone, class, word) = match source.state {
        SourceState::Connected => ("tone-converged", "glyph full", "connected"),
        SourceState::Connecting => ("tone-idle", "glyph", "connecting"),
        SourceState::Waiting => ("tone-halted", "glyph", "waiting"),
    };
    let since = source.since;
    let age = move || text::age(live.now.get().since(since));
    let meta = move || match (source.state, source.next_attempt_at) {
        (SourceState::Connected, _) => text::plural(source.events, "event"),
        (_, Some(next)) => {
            let left = next.since(live.now.get());
            let error = source
                .last_error
                .clone()
                .unwrap_or_else(|| "not reached".to_owned());
            format!("{error} · again in {}", text::clock_span(left))
        }
        (_, None) => source.last_error.clone().unwrap_or_default(),
    };
    view! {
        <li class=format!("source {tone}")>
            <svg class=class viewBox="0 0 12 12" aria-hidden="true"><circle cx="6" cy="6" r="4"></circle></svg>
            <span class="mono cut">{source.url.clone()}</span>
            <span class="small t3">{word}" "{age}</span>
            <span class="meta cut">{meta}</span>
        </li>
    }
    .part()
}
