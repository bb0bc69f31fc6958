//! What a page tells the live connection of itself.

use std::pin::Pin;

use loopscope_event::Cursor;
use loopscope_protocol::ServerMessage;

use crate::source::SessionKey;

/// What a page wants to hear, and what it has seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a wish of its own")]
pub struct Wants {
    /// Session rows that change.
    pub sessions: bool,
    /// A preview of the event stream, at most so many a second.
    pub preview_per_second: Option<u32>,
    /// Questions to people that change.
    pub decisions: bool,
    /// Alerts that change.
    pub alerts: bool,
    /// Widgets that change.
    pub widgets: bool,
    /// Every event of this session, after `seen`.
    pub stream: Option<SessionKey>,
    /// What the page shows already. A page without a stream is loaded anew where the server is further.
    pub seen: Cursor,
}

/// Whether what came fits what was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It does.
    Fits,
    /// Something is missing in between: the snapshot must be loaded anew.
    Gap,
}

/// A page that listens.
pub trait Listener: 'static {
    /// What it wants to hear, now.
    fn wants(&self) -> Wants;

    /// What came since the last picture, in order. Called at most once a picture.
    fn take(&self, messages: Vec<ServerMessage>) -> Taken;

    /// Loads the snapshot anew. Out: whether that worked.
    fn refresh(&self) -> Pin<Box<dyn Future<Output = bool>>>;
}
