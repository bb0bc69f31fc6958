//! In a browser's release build: each page is a file of its own, made by `wasm-split` after the compiler.

use std::pin::Pin;

use leptos::prelude::{Callback, IntoAny as _, window};
use leptos::tachys::view::any_view::AnyView;
use leptos_router::ChooseView;
use wasm_split_helpers::SplitLoaderError;

use super::page_of;
use crate::frame::{Crumb, page as framed, problem};
use crate::part::Part;
use crate::store::backoff;
use crate::{widgets, world};

/// Something that is on its way.
pub(crate) type Later<T> = Pin<Box<dyn Future<Output = Result<T, SplitLoaderError>>>>;

/// A page that is loaded when it is asked for.
#[derive(Clone, Copy)]
pub struct Page {
    /// Loads its file.
    pub(super) load: fn() -> Later<()>,
    /// Loads its file and makes its view.
    pub(super) view: fn() -> Later<Part>,
}

impl ChooseView for Page {
    async fn choose(self) -> AnyView {
        let view = (self.view)().await;
        view.unwrap_or_else(|_| missing()).into_any()
    }

    async fn preload(&self) {
        // What went wrong is said where the page would stand.
        let _ = (self.load)().await;
    }
}

/// What stands where a page's file could not be had: the server is away, or was renewed since.
fn missing() -> Part {
    let again = Callback::new(|()| {
        let _ = window().location().reload();
    });
    let message =
        "The server is unreachable, or was updated since this page was opened. No data is lost.";
    let contents = problem(
        "This page could not be loaded",
        message.to_owned(),
        Some(again),
    );
    framed("Not loaded", &[Crumb::Here("Not loaded")], contents)
}

/// Done when the page at this address can be taken over without waiting. Until then it stays as the server sent it.
pub async fn ready() {
    let path = window().location().pathname().unwrap_or_default();
    let Some(page) = page_of(&path) else { return };
    until_loaded(page.load).await;
    widgets::ready().await;
}

/// Loads a file, as often as it takes.
pub(crate) async fn until_loaded(load: fn() -> Later<()>) {
    let mut failures = 0;
    while load().await.is_err() {
        let wait = backoff::wait_ms(failures, js_sys::Math::random());
        world::sleep(wait.try_into().unwrap_or(i32::MAX)).await;
        failures += 1;
    }
}

/// A page from its name, its component, and the name of its file.
macro_rules! page {
    ($page:ident, $component:ident, $file:ident) => {
        /// A page of its own.
        pub const $page: Page = {
            #[::wasm_split_helpers::wasm_split($file, fallible, preload(load))]
            fn view() -> Result<$crate::part::Part, ::wasm_split_helpers::SplitLoaderError> {
                Ok($crate::part::IntoPart::part($crate::pages::$component()))
            }
            Page {
                load: || Box::pin(load()),
                view: || Box::pin(view()),
            }
        };
    };
}
pub(super) use page;
