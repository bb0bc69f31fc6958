//! The browser entry: the two functions that the page's script calls.

use std::any::Any;
use std::cell::RefCell;

use leptos::mount::mount_to;
use leptos::prelude::document;
use loopscope_app::source::{SessionKey, answer_by};
use loopscope_app::{App, visit};
use loopscope_event::Timestamp;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{Shelf, answer, open};

thread_local! {
    static SHELF: RefCell<Shelf> = RefCell::default();
    /// The pages that are shown; they go when it is let go.
    static SHOWN: RefCell<Option<Box<dyn Any>>> = const { RefCell::new(None) };
}

/// Opens a file. Out: the address of what it holds, and behind a line's end what of it could not be read, if anything.
/// Throws a text where nothing of it can be shown.
#[wasm_bindgen(js_name = "openFile")]
#[expect(
    unreachable_pub,
    reason = "reached from JavaScript; wasm_bindgen wants it public"
)]
pub fn open_file(name: &str, bytes: &[u8]) -> Result<String, JsValue> {
    console_error_panic_hook::set_once();
    let now = Timestamp::from_micros((js_sys::Date::now() * 1e3) as i64);
    let opened = SHELF.with_borrow_mut(|shelf| open(shelf, name, bytes, now));
    let opened = opened.map_err(|error| JsValue::from_str(&error.message))?;
    let mut said = match opened.sessions.as_slice() {
        [(project, id)] => SessionKey {
            project: project.clone(),
            id: id.clone(),
        }
        .page(""),
        _ => "/sessions".to_owned(),
    };
    if opened.refused > 0 {
        let (refused, faults) = (plural(opened.refused), opened.faults.join("; "));
        said = format!("{said}\n{refused} of {name} could not be read: {faults}");
    }
    Ok(said)
}

/// Shows the page at the present address, over everything that is open.
#[wasm_bindgen]
#[expect(
    unreachable_pub,
    reason = "reached from JavaScript; wasm_bindgen wants it public"
)]
pub fn show() {
    answer_by(|path| SHELF.with_borrow(|shelf| answer(shelf, path)));
    // The one before goes first: there is one router at a time.
    SHOWN.with_borrow_mut(|shown| *shown = None);
    let Some(body) = document().body() else {
        return;
    };
    let handle = mount_to(body, App);
    SHOWN.with_borrow_mut(|shown| *shown = Some(Box::new(handle)));
}

/// The look that was chosen, for the page before anything is open.
#[wasm_bindgen]
#[expect(
    unreachable_pub,
    reason = "reached from JavaScript; wasm_bindgen wants it public"
)]
pub fn theme() -> Option<String> {
    visit::Visitor::here().theme.word().map(str::to_owned)
}

fn plural(count: u64) -> String {
    match count {
        1 => "One line".to_owned(),
        count => format!("{count} lines"),
    }
}
