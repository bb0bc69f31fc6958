//! Hydration. In: the server's HTML, already in the document. Out: the same page, alive.

use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over the server-rendered page, as soon as its file is there. Called once, by the script that
/// `HydrationScripts` put in the head.
#[wasm_bindgen]
#[expect(
    unreachable_pub,
    reason = "reached from JavaScript; wasm_bindgen wants it public"
)]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    loopscope_app::take_own_address();
    loopscope_app::pages::lazy::ready().await;
    leptos::mount::hydrate_body(loopscope_app::App);
}
