//! The panels of widgets as a part of a page that is loaded when there is one to show: most pages have none, and panels
//! bring the charts' code with them.
//!
//! In a browser's release build they stand in a file of their own, in all other builds with the page.

#[cfg(feature = "split")]
#[path = "later/split.rs"]
mod here;
#[cfg(not(feature = "split"))]
#[path = "later/whole.rs"]
mod here;

pub use here::ready;

use leptos::prelude::*;
use leptos::task::spawn_local;
use loopscope_board::widgets::WidgetShown;

use super::Widgets;
use crate::part::{IntoPart as _, Part};

/// All widgets of a page, as soon as their file is there. On a session's page those that have nothing to show are left
/// out.
pub fn strip(widgets: Widgets, of_session: bool) -> Part {
    let has_any = Memo::new(move |_| {
        let counts = |own: &WidgetShown| !of_session || has_picture(own);
        widgets.shown.with(|shown| shown.iter().any(counts))
    });
    let is_here = RwSignal::new(here::is_here());
    Effect::new(move || {
        if has_any.get() && !is_here.get_untracked() {
            spawn_local(async move {
                here::load().await;
                is_here.try_set(true);
            });
        }
    });
    view! {
        {move || {
            let shows = has_any.get() && is_here.get();
            shows.then(|| here::panels(widgets, of_session))
        }}
    }
    .part()
}

fn has_picture(own: &WidgetShown) -> bool {
    own.picture
        .as_ref()
        .is_some_and(|picture| !picture.is_empty())
}
