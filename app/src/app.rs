//! The application: its frame and its routes.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::alarms::{Alarms, Toasts};
use crate::asks::Inbox;
use crate::frame::{Commands, KeysDialog, Palette, Rail, ZonesDialog, listen_to_keys};
use crate::pages::{NotFound, lazy};
use crate::part::IntoPart as _;
use crate::store::Live;
use crate::ui::Sprite;
use crate::visit::{Prefs, Visitor};

/// The whole page below `<body>`.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let visitor = Visitor::here();
    let (waiting, firing) = (visitor.waiting, visitor.firing);
    Prefs::provide(visitor);
    let live = Live::provide();
    // The server asks for the title when the page is made, where no signal of the page's own can be read any more.
    let waiting: ArcRwSignal<u64> = Inbox::provide(live, waiting).waiting.into();
    Alarms::provide(live, firing);
    listen_to_keys(Commands::provide());
    let frame_class = move || {
        if live.link.get().is_lost() {
            "app is-stale"
        } else {
            "app"
        }
    };
    // Every page is rendered whole before it is sent: it reads well without scripts.
    view! {
        <Title formatter=move |page: String| title(&page, waiting.get()) />
        <Sprite />
        <a class="skip" href="#main">"Skip to content"</a>
        <Router>
            <div class=frame_class>
                <Rail />
                <div class="main">
                    <Routes fallback=|| view! { <NotFound /> }>
                        <Route path=path!("/") view=lazy::OVERVIEW ssr=SsrMode::Async />
                        <Route path=path!("/sessions") view=lazy::SESSIONS ssr=SsrMode::Async />
                        <Route path=path!("/sessions/:id") view=lazy::SESSION ssr=SsrMode::Async />
                        <Route path=path!("/compare") view=lazy::COMPARE ssr=SsrMode::Async />
                        <Route path=path!("/search") view=lazy::SEARCH ssr=SsrMode::Async />
                        <Route path=path!("/decisions") view=lazy::DECISIONS ssr=SsrMode::Async />
                        <Route path=path!("/systems") view=lazy::SYSTEMS ssr=SsrMode::Async />
                        <Route path=path!("/alerts") view=lazy::ALERTS ssr=SsrMode::Async />
                        <Route path=path!("/widgets") view=lazy::WIDGETS ssr=SsrMode::Async />
                        <Route path=path!("/settings") view=lazy::SETTINGS ssr=SsrMode::Async />
                    </Routes>
                </div>
            </div>
            <Palette />
        </Router>
        <KeysDialog />
        <ZonesDialog />
        <Toasts />
    }
    .part()
}

/// The document's title: how many questions wait, the page's own name, then the product's.
fn title(page: &str, waiting: u64) -> String {
    let count = match waiting {
        0 => String::new(),
        waiting => format!("({waiting}) "),
    };
    if page.is_empty() {
        format!("{count}Loopscope")
    } else {
        format!("{count}{page} · Loopscope")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_counts_what_waits() {
        assert_eq!(title("Sessions", 0), "Sessions · Loopscope");
        assert_eq!(title("Sessions", 3), "(3) Sessions · Loopscope");
        assert_eq!(title("", 1), "(1) Loopscope");
    }
}
