//! One stream of events on a connection: a reader, a filter, a shape.

use std::sync::Arc;
use std::task::{Context, Poll};

use loopscope_event::Cursor;
use loopscope_protocol::{
    ApiError, CursorFrame, ErrorCode, Reset, ResetReason, ServerMessage, StreamFilter,
};

use super::{named, refusal};
use crate::ring::{Format, ReadError, Reader, Slice};
use crate::socket::Outbox;

/// How many chunks are looked through before others get their turn.
const PATIENCE: usize = 32;

/// How many bytes of gathered frames are written at once.
const GATHERED_BYTES: usize = 64 * 1024;

/// See the module.
pub(super) struct Stream {
    /// Its name; frames of a stream without one carry none.
    pub name: Option<Box<str>>,
    /// Which events; `None` for all.
    pub filter: Option<Arc<StreamFilter>>,
    /// Whether events come gathered.
    pub batch: bool,
    /// Where it is.
    pub reader: Reader,
    /// What the client was told last.
    told: u64,
    /// The journal could not be read; it is tried again with the next tick.
    stands_still: bool,
}

impl Stream {
    pub(super) fn new(
        name: Option<String>,
        filter: Option<Arc<StreamFilter>>,
        batch: bool,
        reader: Reader,
    ) -> Self {
        Self {
            name: name.map(String::into_boxed_str),
            batch,
            told: reader.cursor().offset.0,
            reader: if batch { reader.gathering() } else { reader }.looking_for(filter.clone()),
            filter,
            stands_still: false,
        }
    }

    /// Its name as frames carry it.
    pub(super) fn id(&self) -> Option<String> {
        self.name.as_deref().map(str::to_owned)
    }

    /// Puts the next events into `out`. Pending where there are none now.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, out: &mut Outbox) -> Poll<()> {
        if self.stands_still {
            return Poll::Pending;
        }
        let mut gathered = 0;
        for _ in 0..PATIENCE {
            let next = match self.reader.poll_next(cx) {
                Poll::Ready(next) => next,
                Poll::Pending if gathered > 0 => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            };
            match next {
                Ok(slice) => {
                    let bytes = self.write(&slice, out);
                    if bytes > 0 {
                        self.told = slice.cursor().offset.0;
                    }
                    gathered += bytes;
                    if gathered > if self.batch { GATHERED_BYTES } else { 0 } {
                        return Poll::Ready(());
                    }
                }
                Err(ReadError::Reset(reason)) => {
                    out.text(&self.reset(reason));
                    return Poll::Ready(());
                }
                Err(ReadError::Page(error)) => {
                    tracing::warn!(%error, "a stream stands still");
                    self.stands_still = true;
                    let message = "the journal could not be read; the stream goes on when it can";
                    let error = ApiError::new(ErrorCode::Internal, message);
                    out.text(&refusal::frame(self.id(), error));
                    return Poll::Ready(());
                }
            }
        }
        if gathered > 0 {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Puts a slice's frames into `out`. Answers how many bytes they have.
    fn write(&self, slice: &Slice, out: &mut Outbox) -> usize {
        let filter = self.filter.as_ref();
        let frames = match (&self.name, self.batch) {
            (None, true) => slice.batch(filter),
            (None, false) => slice.singles(Format::V1, filter),
            (Some(name), true) => slice
                .batch(filter)
                .map(|shared| named::batch(name, &shared)),
            (Some(name), false) => named::singles(name, slice, filter.map(|filter| &**filter)),
        };
        let Some(frames) = frames else { return 0 };
        let bytes = frames.len();
        out.wire(frames);
        bytes
    }

    /// Tells where the stream is, where nothing matched for a while: a client resumes from there.
    pub(super) fn tick(&mut self, out: &mut Outbox) {
        self.stands_still = false;
        let cursor = self.reader.cursor();
        if cursor.offset.0 > self.told {
            self.told = cursor.offset.0;
            let id = self.id();
            out.text(&ServerMessage::Cursor(CursorFrame { id, cursor }).to_json());
        }
    }

    /// The frame that says why the stream cannot go on without a gap, and from where it does.
    pub(super) fn reset(&mut self, reason: ResetReason) -> String {
        let cursor: Cursor = self.reader.cursor();
        self.told = cursor.offset.0;
        let id = self.id();
        ServerMessage::Reset(Reset { id, reason, cursor }).to_json()
    }
}
