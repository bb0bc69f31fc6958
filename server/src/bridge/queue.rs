//! What happens on a link, in order, from the task that reads it to the task that stores it; bounded by bytes.

use std::sync::Arc;

use loopscope_event::Timestamp;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::runs::{Waiting, WaitingFrame};
use crate::steer::Desk;

/// What happens on a link.
#[derive(Debug)]
pub(crate) enum Signal {
    /// It stands.
    Connected,
    /// A text frame came.
    Frame(Frame),
    /// It is gone, and why.
    Disconnected(String),
}

/// One text frame of a loop.
#[derive(Debug)]
pub(crate) struct Frame {
    /// Its text.
    pub text: Utf8Bytes,
    /// When it came.
    pub received_at: Timestamp,
    /// Its part of the queue's bytes; given back when the frame is dropped.
    _room: OwnedSemaphorePermit,
    _waiting: Option<WaitingFrame>,
}

/// The end that signals go into.
#[derive(Clone)]
pub(crate) struct Queue {
    signals: mpsc::UnboundedSender<Signal>,
    room: Arc<Semaphore>,
    bytes: usize,
    desk: Option<Desk>,
    waiting: Option<Waiting>,
}

impl Queue {
    /// A queue of at most so many bytes of frames.
    pub(crate) fn new(bytes: usize) -> (Self, mpsc::UnboundedReceiver<Signal>) {
        let (signals, receiver) = mpsc::unbounded_channel();
        let bytes = bytes.clamp(1, u32::MAX as usize);
        let room = Arc::new(Semaphore::new(bytes));
        let queue = Self {
            signals,
            room,
            bytes,
            desk: None,
            waiting: None,
        };
        (queue, receiver)
    }

    /// The same, with a desk for what is about commands.
    pub(super) fn with_desk(mut self, desk: Desk) -> Self {
        self.desk = Some(desk);
        self
    }

    /// The same, whose frames are counted while they wait.
    pub(super) fn counting(mut self, waiting: Waiting) -> Self {
        self.waiting = Some(waiting);
        self
    }

    /// The desk, where there is one.
    pub(super) fn desk(&self) -> Option<Desk> {
        self.desk.clone()
    }

    /// Puts a frame in, when there is room. False when nobody takes frames any more.
    pub(crate) async fn put(&self, text: Utf8Bytes, received_at: Timestamp) -> bool {
        let bytes = text.len().clamp(1, self.bytes) as u32;
        let Ok(room) = Arc::clone(&self.room).acquire_many_owned(bytes).await else {
            return false;
        };
        self.tell(Signal::Frame(Frame {
            text,
            received_at,
            _room: room,
            _waiting: self.waiting.as_ref().map(Waiting::one_more),
        }))
    }

    /// Tells of the link itself. False when nobody listens any more.
    pub(crate) fn tell(&self, signal: Signal) -> bool {
        self.signals.send(signal).is_ok()
    }
}
