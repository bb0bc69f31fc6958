//! The browser entry: the one function that the page's script calls. Empty on every target but wasm32.

#[cfg(target_arch = "wasm32")]
mod entry;
