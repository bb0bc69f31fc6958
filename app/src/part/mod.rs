//! A view whose type is forgotten. Every component and every helper returns one.
//!
//! Without it each page would be one type as deep as the page, and each such type is compiled apart. On the server a
//! part is Leptos's own `AnyView`. In the browser `AnyView` costs four times what is used of it (it can hydrate
//! without blocking, and change a view into another of the same type), so a part there can only be built, hydrated,
//! and put in another's place. What follows for components: an element that must stay the same while its contents
//! change (a link that may have the focus) stands outside the closure that changes them.

#[cfg(feature = "browser")]
#[path = "browser.rs"]
mod here;
#[cfg(not(feature = "browser"))]
#[path = "server.rs"]
mod here;

pub use here::{IntoPart, Part};
