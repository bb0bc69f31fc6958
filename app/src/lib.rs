//! The user interface: the page's shell and its routes, the same code on the server and in the browser.
//!
//! In: [`LeptosOptions`] (names of the script, wasm and style files) for the shell. Out: [`shell`], which the
//! server renders, and [`App`], which the browser hydrates.

#![expect(unreachable_pub, reason = "the component macro's own items are public")]

mod app;
pub mod figures;
mod shell;

pub use app::App;
pub use shell::shell;
