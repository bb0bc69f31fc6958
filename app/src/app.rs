//! The application: its frame and its routes.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::frame::{KeysDialog, Rail, listen_to_keys};
use crate::pages::{NotFound, OverviewPage, SessionPage, SessionsListPage, SettingsPage};
use crate::part::IntoPart as _;
use crate::store::Live;
use crate::ui::Sprite;
use crate::visit::{Prefs, Visitor};

/// The whole page below `<body>`.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    Prefs::provide(Visitor::here());
    let live = Live::provide();
    listen_to_keys();
    let frame_class = move || {
        if live.link.get().is_lost() {
            "app is-stale"
        } else {
            "app"
        }
    };
    // Every page is rendered whole before it is sent: it reads well without scripts.
    view! {
        <Title formatter=|page: String| title(&page) />
        <Sprite />
        <a class="skip" href="#main">"Skip to content"</a>
        <Router>
            <div class=frame_class>
                <Rail />
                <div class="main">
                    <Routes fallback=|| view! { <NotFound /> }>
                        <Route path=path!("/") view=OverviewPage ssr=SsrMode::Async />
                        <Route path=path!("/sessions") view=SessionsListPage ssr=SsrMode::Async />
                        <Route path=path!("/sessions/:id") view=SessionPage ssr=SsrMode::Async />
                        <Route path=path!("/settings") view=SettingsPage ssr=SsrMode::Async />
                    </Routes>
                </div>
            </div>
        </Router>
        <KeysDialog />
    }
    .part()
}

/// The document's title: the page's own name, then the product's.
fn title(page: &str) -> String {
    if page.is_empty() {
        "Loopscope".to_owned()
    } else {
        format!("{page} · Loopscope")
    }
}
