//! One client's socket (section 2). In: the ring. Out: the greeting, then every event of training, or of one run. What it
//! sends is ignored, but for the time: after a minute without a word of it it is sent the contract's ping.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep};

use super::replay::Replay;
use crate::deliver::Presence;
use crate::facades::follow::Follower;
use crate::ring::ReadError;
use crate::socket::{Conversation, Later, Outbox};

/// The first frame for every client.
const GREETING: &str = r#"{"type":"connected","message":"Connected to Karn telemetry stream"}"#;
const PING: &str = r#"{"type":"ping"}"#;
const LOST: &str = r#"{"type":"reset","reason":"retention","message":"events were removed from the journal before they could be sent here"}"#;
/// After this long without a message of the client it is sent a ping.
const PING_EVERY: Duration = Duration::from_mins(1);
/// How long a client waits when the journal cannot be read.
const PAUSE: Duration = Duration::from_secs(1);

/// See the module.
pub(super) struct Viewer {
    /// The events of the run that goes on, where the client asked for them.
    replay: Option<Box<Replay>>,
    events: Follower,
    /// When the next ping is due.
    ping: Pin<Box<Sleep>>,
    pause: Option<Pin<Box<Sleep>>>,
    _presence: Presence,
}

impl Viewer {
    pub(super) fn new(events: Follower, replay: Option<Replay>, presence: Presence) -> Self {
        Self {
            replay: replay.map(Box::new),
            events,
            ping: Box::pin(sleep(PING_EVERY)),
            pause: None,
            _presence: presence,
        }
    }

    fn ping_later(&mut self) {
        self.ping.as_mut().reset(Instant::now() + PING_EVERY);
    }

    /// What is told of a reader that cannot go on as it is.
    fn stumble(&mut self, error: ReadError, out: &mut Outbox) -> bool {
        match error {
            ReadError::Reset(_) => {
                out.text(LOST);
                true
            }
            ReadError::Page(error) => {
                tracing::warn!(%error, "a viewer of training waits for the journal");
                self.pause = Some(Box::pin(sleep(PAUSE)));
                false
            }
        }
    }
}

impl Conversation for Viewer {
    fn begin(&mut self, out: &mut Outbox) {
        out.text(GREETING);
    }

    fn on_text(&mut self, _: &str, _: &mut Outbox) -> Option<Later> {
        self.ping_later();
        None
    }

    fn on_refused(&mut self, _: Option<usize>, _: &mut Outbox) {
        self.ping_later();
    }

    fn poll_frames(&mut self, cx: &mut Context<'_>, out: &mut Outbox) -> Poll<()> {
        loop {
            if self.ping.as_mut().poll(cx).is_ready() {
                out.text(PING);
                self.ping_later();
                return Poll::Ready(());
            }
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(cx));
                self.pause = None;
            }
            let next = if let Some(replay) = &mut self.replay {
                match ready!(replay.poll(cx)) {
                    Ok(Some(frames)) => {
                        out.wire(frames);
                        return Poll::Ready(());
                    }
                    Ok(None) => {
                        self.replay = None;
                        continue;
                    }
                    Err(error) => Err(error),
                }
            } else {
                ready!(self.events.poll(cx, out))
            };
            match next {
                Ok(()) => return Poll::Ready(()),
                Err(error) => {
                    if self.stumble(error, out) {
                        return Poll::Ready(());
                    }
                }
            }
        }
    }
}
