//! The user interface: the pages, the same code on the server and in the browser.
//!
//! In: on the server a [`Source`](source::Source), a [`Visitor`](visit::Visitor) and a
//! [`PageStatus`](pages::PageStatus) as context, and [`LeptosOptions`](leptos::prelude::LeptosOptions) for the
//! shell; in the browser the server's REST and WebSocket. Out: [`shell`], which the server renders, and [`App`],
//! which the browser hydrates. It sees no web framework and no storage.

#![expect(unreachable_pub, reason = "the component macro's own items are public")]
#![cfg_attr(
    not(target_arch = "wasm32"),
    expect(
        clippy::large_types_passed_by_value,
        reason = "handles of signals are small; they carry the place of their making in debug builds only"
    )
)]
#![expect(
    clippy::needless_pass_by_value,
    reason = "a component owns its properties"
)]

mod acts;
mod address;
mod alarms;
mod app;
mod asks;
#[cfg(feature = "browser")]
mod canvas;
pub mod figures;
pub mod frame;
pub mod lasting;
pub mod pages;
pub mod panels;
pub mod part;
mod shell;
pub mod source;
pub mod store;
pub mod text;
pub mod ui;
pub mod visit;
pub mod widgets;
mod world;

pub use app::App;
pub use shell::{PageAddress, PageFiles, shell};
pub use world::take_own_address;
