//! Where a reader goes on when the ring no longer reaches back to it: pages of the journal.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use loopscope_event::{Cursor, Event, Offset};
use loopscope_protocol::{ResetReason, StreamFilter};

/// A page of the journal.
#[derive(Debug, Default)]
pub(crate) struct Page {
    /// The events after the offset asked for that match, in order.
    pub events: Vec<Arc<Event>>,
    /// Everything up to here was looked at.
    pub scanned: Offset,
    /// The newest offset that retention had removed when the page had been read.
    pub horizon: Offset,
}

/// Why a page could not be read.
#[derive(Debug, thiserror::Error)]
#[error("the journal could not be read: {0}")]
pub(crate) struct PageError(pub String);

/// A page under way.
pub(crate) type PageFuture = Pin<Box<dyn Future<Output = Result<Page, PageError>> + Send>>;

/// The journal, as readers see it.
pub(crate) trait Pages: Send + Sync + std::fmt::Debug {
    /// At most `limit` events after an offset that match, in order. May look through a part of the rest only.
    fn page_after(&self, after: Offset, limit: usize, filter: Option<&StreamFilter>) -> PageFuture;

    /// The newest offset that retention has removed.
    fn horizon(&self) -> Offset;

    /// Whether a stream can go on from a cursor without a gap, and if not why.
    fn check(&self, cursor: Cursor) -> Result<(), ResetReason>;
}
