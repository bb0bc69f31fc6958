//! What a hand changes of the page. In: a span, a group. Out: signals, and the address when the hand rests.

use leptos::prelude::*;
use loopscope_protocol::SpanId;

use super::super::page::Page;

impl Page {
    /// Shows the details of a span.
    pub(in super::super) fn select(self, span: Option<SpanId>) {
        if self.selected.get_untracked() != span {
            self.selected.set(span);
            self.rest();
        }
    }

    /// Opens or closes a group.
    pub(in super::super) fn toggle(self, group: &str) {
        self.address.go(self.href_now(|asked| asked.toggle(group)));
    }
}
