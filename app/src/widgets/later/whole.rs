//! On the server, and in a browser half of one file: the panels are there with the page.

use std::future::{Ready, ready as now};

use crate::part::Part;
use crate::widgets::{Widgets, panel};

/// Whether the panels can be made now.
pub(super) const fn is_here() -> bool {
    true
}

/// Done when the panels can be made.
pub(super) fn load() -> Ready<()> {
    now(())
}

/// Done when a page that came with panels can be taken over: at once.
pub fn ready() -> Ready<()> {
    now(())
}

/// The panels.
pub(super) fn panels(widgets: Widgets, of_session: bool) -> Part {
    panel::strip(widgets, of_session)
}
