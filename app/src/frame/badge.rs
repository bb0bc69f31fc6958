//! The connection badge: what is known of the link, never more. A press tries now.

use leptos::prelude::*;

use crate::part::IntoPart as _;
use crate::store::{Link, live};
use crate::ui::glyph;

/// The badge.
#[component]
pub fn Badge() -> impl IntoView {
    let live = live();
    let link = live.link;
    let detail = Memo::new(move |_| link.get().detail(live.now.get()));
    let said = move || match detail.get() {
        Some(detail) => format!("Connection: {} · {detail}", link.get().word()),
        None => format!("Connection: {}", link.get().word()),
    };
    let shape = Memo::new(move |_| match link.get() {
        Link::Live { .. } => ("full", true),
        Link::File => ("full", false),
        Link::CatchingUp { .. } => ("half", false),
        Link::Offline { .. } => ("cross", false),
        Link::Snapshot | Link::Connecting | Link::Polling => ("dashes", false),
    });
    view! {
        <button
            type="button"
            class=move || format!("conn {}", link.get().tone())
            aria-label=said
            title=move || help(link.get())
            disabled=move || link.get() == Link::Snapshot
            on:click=move |_| live.retry_now()
        >
            {move || {
                let (shape, moves) = shape.get();
                glyph(shape, moves)
            }}
            <span>
                {move || link.get().word()}
                <span class="no-phone">
                    {move || detail.get().map(|detail| format!(" · {detail}"))}
                </span>
            </span>
        </button>
        // Only the word is announced, and only when it changes: the figures would never be silent.
        <span class="sr" role="status">{move || link.get().word()}</span>
    }
    .part()
}

const fn help(link: Link) -> &'static str {
    match link {
        Link::File => "Showing files opened in this tab only. Click to open another",
        Link::Snapshot => "Static page from the server; live updates need JavaScript",
        Link::Connecting => "Connecting for the first time",
        Link::Live { .. } => "Events arrive as they happen; the number is the round-trip time",
        Link::CatchingUp { .. } => "Older events arrive first; nothing is skipped",
        Link::Polling => "WebSocket not available: the page reloads every two seconds",
        Link::Offline { .. } => {
            "The server cannot be reached; showing the last known state. Click to retry now"
        }
    }
}
