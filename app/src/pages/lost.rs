//! What stands where there is no page.

use leptos::prelude::*;

use super::set_status;
use crate::frame::{Crumb, page};

/// No such page.
#[component]
pub fn NotFound() -> impl IntoView {
    set_status(404);
    let contents = view! {
        <div class="lost">
            <h2>"Page not found"</h2>
            <p class="t2">"The address may be mistyped, or from another version of Loopscope."</p>
            <p class="row">
                <a class="btn primary" href="/">"Overview"</a>
                <a class="btn" href="/sessions">"Sessions"</a>
            </p>
        </div>
    };
    page("Not found", &[Crumb::Here("Not found")], contents)
}
