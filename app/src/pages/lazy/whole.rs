//! On the server, and in a browser half of one file: a page is there as soon as it is asked for.

use crate::part::Part;

/// A page.
pub type Page = fn() -> Part;

/// Done when the page at this address can be taken over: at once.
pub fn ready() -> std::future::Ready<()> {
    std::future::ready(())
}

/// A page from its name and its component.
macro_rules! page {
    ($page:ident, $component:ident, $file:ident) => {
        /// A page of its own.
        pub const $page: Page = || $crate::part::IntoPart::part($crate::pages::$component());
    };
}
pub(super) use page;
