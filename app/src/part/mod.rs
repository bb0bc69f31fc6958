//! A view whose type is forgotten. Every component and every helper returns one.
//!
//! Without it each page would be one type as deep as the page, and each such type is compiled apart. Leptos's own
//! `AnyView` carries everything that any program may want of a view, compiled for each type. A part carries what is
//! used: on the server it can be written; in the browser it can be built, hydrated, and put in another's place. What
//! follows for components: an element that must stay the same while its contents change (a link that may have the focus)
//! stands outside the closure that changes them.

#[cfg(feature = "browser")]
#[path = "browser.rs"]
mod here;
#[cfg(not(feature = "browser"))]
#[path = "server.rs"]
mod here;

pub use here::{IntoPart, Part};
