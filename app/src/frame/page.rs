//! A page in its frame: title, top bar, contents.

use leptos::prelude::*;
use leptos_meta::Title;

use super::topbar::TopBar;
use crate::part::{IntoPart as _, Part};
use crate::store::Live;
use crate::ui::small_icon;

/// One step of the way to a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Crumb {
    /// The page itself, by its name: the heading.
    Here(&'static str),
    /// A page above it.
    Link(&'static str, &'static str),
    /// The page itself, by an id.
    Id(String),
}

/// A page: its way, its contents.
pub fn page(title: impl Into<String>, crumbs: &[Crumb], contents: impl IntoView + 'static) -> Part {
    let title = title.into();
    let crumbs = crumbs.iter().map(crumb).collect_view().part();
    view! {
        <Title text=title />
        <TopBar crumbs />
        <main id="main" class="content" tabindex="-1">{contents.part()}</main>
    }
    .part()
}

fn crumb(crumb: &Crumb) -> Part {
    match crumb {
        Crumb::Here(name) => view! { <h1 class="here">{*name}</h1> }.part(),
        Crumb::Link(name, href) => view! {
            <a href=*href>{*name}</a>
            <span class="sep" aria-hidden="true">"/"</span>
        }
        .part(),
        Crumb::Id(id) => view! { <span class="here mono cut">{id.clone()}</span> }.part(),
    }
}

/// What stands where contents could not be loaded: what happened, what is safe, what to do. It is tried again by itself
/// when the server is back.
pub fn problem(heading: &'static str, message: String, retry: Option<Callback<()>>) -> Part {
    if let (Some(retry), Some(live)) = (retry, use_context::<Live>()) {
        let is_there = Memo::new(move |_| live.link.get().is_there());
        Effect::new(move |was_there: Option<bool>| {
            let is_there = is_there.get();
            if is_there && was_there == Some(false) {
                retry.run(());
            }
            is_there
        });
    }
    let again = retry.map(|retry| {
        view! {
            <button type="button" class="btn" on:click=move |_| retry.run(())>
                {small_icon("loop")}"Try again"
            </button>
        }
    });
    view! {
        <div class="lost">
            <h2>{heading}</h2>
            <p class="t2">{message}</p>
            <p class="row">{again}<a class="btn" href="/sessions">"All sessions"</a></p>
        </div>
    }
    .part()
}
