//! Frames of one socket that wait to be stored, bounded by bytes. In: frames. Out: the same, in order.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use loopscope_event::Timestamp;
use tokio::sync::{mpsc, oneshot};

use crate::runs::{Waiting, WaitingFrame};

/// What a frame takes beside its text.
const FRAME_BYTES: usize = 128;

/// What became of a frame.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Told {
    /// Events that are on the disk, those that were there before included.
    pub accepted: u64,
    /// Events that cannot be read.
    pub rejected: u64,
}

/// One frame.
pub(super) struct Frame {
    /// Its text.
    pub text: Bytes,
    /// When it came.
    pub received_at: Timestamp,
    /// Whom to tell what became of it.
    pub told: Option<oneshot::Sender<Told>>,
    _room: Taken,
    _waiting: Option<WaitingFrame>,
}

/// The end that frames go into.
pub(super) struct Inbox {
    frames: mpsc::UnboundedSender<Frame>,
    room: Arc<Room>,
    waiting: Option<Waiting>,
}

/// How much waits.
struct Room {
    bytes: AtomicUsize,
    most: usize,
    reader: AtomicWaker,
}

/// A frame's part of the room, given back when the frame is dropped.
struct Taken(Arc<Room>, usize);

/// An inbox that is full once `most` bytes wait; a frame is taken whole as long as it is not.
pub(super) fn inbox(
    most: usize,
    waiting: Option<Waiting>,
) -> (Inbox, mpsc::UnboundedReceiver<Frame>) {
    let (frames, receiver) = mpsc::unbounded_channel();
    let room = Arc::new(Room {
        bytes: AtomicUsize::new(0),
        most,
        reader: AtomicWaker::new(),
    });
    let inbox = Inbox {
        frames,
        room,
        waiting,
    };
    (inbox, receiver)
}

impl Inbox {
    /// Whether there is room; wakes the task when there is again.
    pub(super) fn poll_room(&self, cx: &mut Context<'_>) -> Poll<()> {
        if self.room.has_some() {
            return Poll::Ready(());
        }
        self.room.reader.register(cx.waker());
        // It may have been made in between.
        if self.room.has_some() {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }

    /// Puts a frame in.
    pub(super) fn put(
        &self,
        text: &str,
        received_at: Timestamp,
        told: Option<oneshot::Sender<Told>>,
    ) {
        let bytes = text.len() + FRAME_BYTES;
        self.room.bytes.fetch_add(bytes, Ordering::AcqRel);
        let frame = Frame {
            text: Bytes::copy_from_slice(text.as_bytes()),
            received_at,
            told,
            _room: Taken(Arc::clone(&self.room), bytes),
            _waiting: self.waiting.as_ref().map(Waiting::one_more),
        };
        // Where nobody takes frames any more the socket ends too.
        let _ = self.frames.send(frame);
    }
}

impl Room {
    fn has_some(&self) -> bool {
        self.bytes.load(Ordering::Acquire) < self.most
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let Self(room, bytes) = self;
        room.bytes.fetch_sub(*bytes, Ordering::AcqRel);
        room.reader.wake();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Waker;

    #[test]
    fn a_full_inbox_has_room_again_once_a_frame_is_dropped() {
        let (inbox, mut frames) = inbox(300, None);
        let mut cx = Context::from_waker(Waker::noop());
        let at = Timestamp::default();
        inbox.put("a", at, None);
        inbox.put(&"b".repeat(100), at, None);
        assert!(inbox.poll_room(&mut cx).is_pending());
        let first = frames.try_recv().unwrap();
        assert!(inbox.poll_room(&mut cx).is_pending(), "it is held still");
        assert_eq!(&first.text[..], b"a");
        drop(first);
        assert!(inbox.poll_room(&mut cx).is_ready());
        assert_eq!(frames.try_recv().unwrap().text.len(), 100);
    }
}
