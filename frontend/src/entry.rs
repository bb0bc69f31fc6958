//! Hydration. In: the server's HTML, already in the document. Out: the same page, alive.

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the server-rendered page. Called once, by the script that `HydrationScripts` put in the head.
#[wasm_bindgen]
#[expect(
    unreachable_pub,
    reason = "reached from JavaScript; wasm_bindgen wants it public"
)]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(loopscope_app::App);
}
