//! A cursor over the events of one contract. In: the ring. Out: their frames, encoded once for all readers.

use std::sync::Arc;
use std::task::{Context, Poll, ready};

use loopscope_event::{Dialect, Offset, ProjectId, SessionId};
use loopscope_protocol::StreamFilter;

use crate::ring::{Format, ReadError, Reader};
use crate::socket::Outbox;
use crate::state::AppState;

/// How many chunks without a match are looked through before others get their turn.
const PATIENCE: usize = 32;

/// See the module.
pub(super) struct Follower {
    reader: Reader,
    filter: Option<Arc<StreamFilter>>,
}

impl Follower {
    /// The events of a dialect in a project, or in one session of it, after an offset.
    pub(super) fn new(
        state: &AppState,
        dialect: Dialect,
        project: &ProjectId,
        session: Option<SessionId>,
        after: Offset,
    ) -> Self {
        let filter = StreamFilter {
            project: Some(project.clone()),
            session,
            dialects: vec![dialect],
            ..StreamFilter::default()
        };
        let filter = state.ring.filters().intern(filter);
        Self {
            reader: state.reader(after).looking_for(filter.clone()),
            filter,
        }
    }

    /// Puts the next events into `out`. Pending where there are none now.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        out: &mut Outbox,
    ) -> Poll<Result<(), ReadError>> {
        for _ in 0..PATIENCE {
            let slice = ready!(self.reader.poll_next(cx))?;
            if let Some(frames) = slice.singles(Format::Contract, self.filter.as_ref()) {
                out.wire(frames);
                return Poll::Ready(Ok(()));
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}
