//! The server's timeline stands still.

use leptos::html;
use leptos::prelude::*;

use super::super::all_of;
use super::super::page::Page;
use super::super::still::{Still, html};
use crate::visit::prefs;

/// Whether the drawing is all there is.
pub(in super::super) const IS_STILL: bool = true;

/// Nothing follows anything.
pub(in super::super) const fn follow(_root: NodeRef<html::Section>, _page: Page) {}

/// The drawing of the stretch that is asked for.
pub(in super::super) fn still(page: Page) -> String {
    let stretch = page.looking.get().unwrap_or_else(|| all_of(page));
    let (now_us, selected) = (page.now_us(), page.selected.get());
    let notes = page.notes.get();
    page.shown.with(|shown| {
        let still = Still {
            spans: &shown.spans,
            rows: &shown.rows,
            notes: &notes,
            stretch,
            now_us,
            zone: prefs().zone.get(),
            selected,
        };
        html(
            &still,
            |id| page.href(|asked| asked.span = Some(id)),
            |group| page.href(|asked| asked.toggle(group)),
            |seq| page.href(|asked| asked.at = Some(seq.to_string())),
        )
    })
}
