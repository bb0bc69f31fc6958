//! One viewer's socket (section 2.1). In: the ring. Out: the first frames, then every event of its systems. What it sends
//! is ignored, whatever it is.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Sleep, sleep};

use super::frames;
use crate::deliver::Presence;
use crate::facades::follow::Follower;
use crate::life::now;
use crate::ring::ReadError;
use crate::socket::{Conversation, Later, Outbox};

/// How long a viewer waits when the journal cannot be read.
const PAUSE: Duration = Duration::from_secs(1);

/// See the module.
pub(super) struct Viewer {
    /// What is said first.
    pub(super) first: Option<Bytes>,
    /// What comes then.
    pub(super) events: Follower,
    pub(super) pause: Option<Pin<Box<Sleep>>>,
    pub(super) _presence: Presence,
}

impl Conversation for Viewer {
    fn begin(&mut self, out: &mut Outbox) {
        if let Some(first) = self.first.take() {
            out.wire(first);
        }
    }

    fn on_text(&mut self, _: &str, _: &mut Outbox) -> Option<Later> {
        None
    }

    fn on_refused(&mut self, _: Option<usize>, _: &mut Outbox) {}

    fn poll_frames(&mut self, cx: &mut Context<'_>, out: &mut Outbox) -> Poll<()> {
        loop {
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(cx));
                self.pause = None;
            }
            match ready!(self.events.poll(cx, out)) {
                Ok(()) => return Poll::Ready(()),
                Err(ReadError::Reset(_)) => {
                    out.text(&frames::lost(now()));
                    return Poll::Ready(());
                }
                Err(ReadError::Page(error)) => {
                    tracing::warn!(%error, "a viewer of agents waits for the journal");
                    self.pause = Some(Box::pin(sleep(PAUSE)));
                }
            }
        }
    }
}
