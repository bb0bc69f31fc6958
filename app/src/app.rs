//! The application: its routes.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

/// The whole page below `<body>`.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=title />
        <Router>
            <main>
                <Routes fallback=|| view! { <p>"There is no such page."</p> }>
                    <Route path=path!("/") view=Overview />
                </Routes>
            </main>
        </Router>
    }
}

/// The document's title: the page's own name, then the product's.
#[expect(
    clippy::needless_pass_by_value,
    reason = "the shape that `formatter` asks for"
)]
fn title(page: String) -> String {
    if page.is_empty() {
        "Loopscope".to_owned()
    } else {
        format!("{page} · Loopscope")
    }
}

/// The first page.
#[component]
fn Overview() -> impl IntoView {
    let hydrated = RwSignal::new(false);
    Effect::new(move || hydrated.set(true));
    view! {
        <h1>"Overview"</h1>
        <p data-testid="hydrated">
            {move || if hydrated.get() { "live" } else { "rendered by the server" }}
        </p>
    }
}
