//! Whether the reader may act on what the page shows: their role allows it, and it is not an earlier moment.

use leptos::prelude::*;

use crate::visit::prefs;

/// Whether the page shows the newest moment.
#[derive(Clone, Copy)]
struct Newest(Signal<bool>);

/// Why the reader cannot act.
pub const EARLIER: &str =
    "This is an earlier moment: only Halt is available. Go back to the latest moment first.";

/// Says whether what is below shows the newest moment.
pub fn provide_newest(newest: Signal<bool>) {
    provide_context(Newest(newest));
}

/// Whether the reader may act here.
pub fn may_act() -> Signal<bool> {
    let may = prefs().may_steer;
    let newest = use_context::<Newest>();
    Signal::derive(move || may && newest.is_none_or(|Newest(newest)| newest.get()))
}
