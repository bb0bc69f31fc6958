//! Widgets on a page: the Overview's and a session's. In: what a snapshot says of them, events as they come, and word of
//! changes by the live connection. Out: their panels, in the order in which somebody arranged them.
//!
//! Of a session the browser folds on with the code that the server folds with (`loopscope_board::widgets`). The Overview
//! is over all sessions, whose events no page sees: it reads its pictures anew when it is told that they changed.

mod draw;
mod folding;
mod later;
mod live;
mod panel;

pub use folding::SessionFolding;
pub use later::{ready, strip};
pub use live::Widgets;
pub use panel::preview;
