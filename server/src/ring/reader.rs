//! A reader: a cursor that moves over the ring, and over the journal where the ring no longer reaches back.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use loopscope_event::{Cursor, Offset};
use loopscope_protocol::{ResetReason, StreamFilter};

use super::store::{Patience, Seat};
use super::{Chunk, PageFuture, Pages, Ring, Slice};

/// The most events in a page that is read to catch up.
const PAGE_EVENTS: usize = 512;

/// Why a reader cannot go on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    /// What comes next is gone; the reader now stands at the newest offset.
    #[error("the cursor lies before what is kept")]
    Reset(ResetReason),
    /// The journal could not be read; the reader stands where it stood.
    #[error(transparent)]
    Page(#[from] super::PageError),
}

/// A cursor over every event, in order, from any offset on.
pub(crate) struct Reader {
    ring: Arc<Ring>,
    pages: Arc<dyn Pages>,
    after: u64,
    /// What retention had removed before a reader of everything that is kept began: it does not miss that.
    known_gone: Offset,
    patience: Patience,
    seat: Option<Seat>,
    page: Option<(Offset, PageFuture)>,
    /// What pages of the journal may leave out. Chunks of the ring are whole: others share them.
    filter: Option<Arc<StreamFilter>>,
}

impl Reader {
    /// A reader of everything after an offset.
    pub(crate) fn new(ring: Arc<Ring>, pages: Arc<dyn Pages>, after: Offset) -> Self {
        let known_gone = if after.0 == 0 {
            pages.horizon()
        } else {
            Offset(0)
        };
        Self {
            ring,
            pages,
            after: after.0,
            known_gone,
            patience: Patience::Prompt,
            seat: None,
            page: None,
            filter: None,
        }
    }

    /// The same reader, which may leave out what does not match while it reads the journal.
    pub(crate) fn looking_for(mut self, filter: Option<Arc<StreamFilter>>) -> Self {
        self.filter = filter;
        self
    }

    /// The same reader, which is woken less often where events come one close behind the other, for more at a time.
    pub(crate) fn gathering(mut self) -> Self {
        self.patience = Patience::Gathers;
        self
    }

    /// What it has seen.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor {
            epoch: self.ring.encoders().epoch,
            offset: Offset(self.after),
        }
    }

    /// How many offsets it is behind the newest.
    pub(crate) fn behind(&self) -> u64 {
        self.ring.head().0.saturating_sub(self.after)
    }

    /// The next events, when there are any.
    pub(crate) async fn next(&mut self) -> Result<Slice, ReadError> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// The next events; wakes the task when there are any.
    pub(crate) fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Result<Slice, ReadError>> {
        loop {
            if let Some((head, page)) = &mut self.page {
                let head = *head;
                let page = ready!(page.as_mut().poll(cx));
                self.page = None;
                if let Some(slice) = self.take_page(page?, head)? {
                    return Poll::Ready(Ok(slice));
                }
            }
            let next = self
                .ring
                .poll_after(self.after, self.patience, &mut self.seat, cx);
            if let Some(slice) = ready!(next) {
                self.after = slice.cursor().offset.0;
                return Poll::Ready(Ok(slice));
            }
            let filter = self.filter.as_deref();
            let page = self
                .pages
                .page_after(Offset(self.after), PAGE_EVENTS, filter);
            self.page = Some((self.ring.head(), page));
        }
    }

    /// Takes a page of the journal, up to the `head` that was visible when it was asked for: what was committed
    /// since may be in the page or not, and comes with the ring. `None` where the page has nothing up to there.
    fn take_page(&mut self, page: super::Page, head: Offset) -> Result<Option<Slice>, ReadError> {
        if page.horizon > self.known_gone && page.horizon.0 > self.after {
            self.after = self.ring.head().0;
            return Err(ReadError::Reset(ResetReason::Retention));
        }
        let mut events = page.events;
        events.truncate(events.partition_point(|event| event.offset <= head));
        let last = page.scanned.min(head).0.max(self.after);
        let after = std::mem::replace(&mut self.after, last);
        if events.is_empty() {
            return Ok(None);
        }
        let behind = self.ring.head().0.saturating_sub(last);
        let chunk = Chunk::new(after, last, Some(behind), events, self.ring.encoders());
        Ok(Some(Slice::new(Arc::new(chunk), after)))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(seat) = self.seat {
            self.ring.leave(seat);
        }
    }
}
