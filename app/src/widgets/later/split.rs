//! In a browser's release build: the panels are a file of their own, made by `wasm-split` after the compiler.
#![expect(
    clippy::unnecessary_wraps,
    reason = "what `wasm_split` makes of a function can fail where the function cannot"
)]

use std::sync::atomic::{AtomicBool, Ordering};

use futures::FutureExt as _;
use leptos::prelude::document;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::pages::lazy::until_loaded;
use crate::part::{IntoPart as _, Part};
use crate::widgets::{Widgets, panel};

static IS_HERE: AtomicBool = AtomicBool::new(false);

#[wasm_split(widgets, fallible, preload(preload))]
fn made(widgets: Widgets, of_session: bool) -> Result<Part, SplitLoaderError> {
    Ok(panel::strip(widgets, of_session))
}

/// Whether the panels can be made now.
pub(super) fn is_here() -> bool {
    IS_HERE.load(Ordering::Relaxed)
}

/// Done when the panels can be made: it tries until the file is there.
pub(super) async fn load() {
    until_loaded(|| Box::pin(preload())).await;
    IS_HERE.store(true, Ordering::Relaxed);
}

/// Done when a page that came with panels can be taken over without waiting.
pub async fn ready() {
    if let Ok(Some(_)) = document().query_selector("section.widgets") {
        load().await;
    }
}

/// The panels, once their file is there; before that nothing.
pub(super) fn panels(widgets: Widgets, of_session: bool) -> Part {
    let made = Box::pin(made(widgets, of_session)).now_or_never();
    made.and_then(Result::ok).unwrap_or_else(|| ().part())
}
