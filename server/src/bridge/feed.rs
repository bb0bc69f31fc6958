//! What a link brings, stored in order. In: the link's signals. Out: events in the journal, and the marks of sessions
//! that are lost with the link and found again.
//!
//! A program cannot send anything again, so what the journal cannot take now (the disk is full, too much waits) is held
//! here and tried again; meanwhile the queue fills and the link is read no further.

use std::time::Duration;

use jiff::tz::TimeZone;
use loopscope_dialects::{DecodeContext, decode};
use loopscope_event::{Dialect, NewEvent};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until};

use super::links::{Links, Mark};
use super::nameless::Nameless;
use super::queue::{Frame, Signal};
use super::status::SourceRow;
use crate::intake::{self, Transport};
use crate::runs::{self, Source};
use crate::state::AppState;

/// About the most events that are stored at once.
const BATCH_EVENTS: usize = 1024;

/// The storing side of one link.
pub(super) struct Feed {
    state: AppState,
    row: SourceRow,
    dialect: Dialect,
    source: Source,
    /// How long after a lost link its sessions are given up.
    grace: Duration,
    /// When that is over.
    deadline: Option<Instant>,
    /// Why the link was last lost.
    why: String,
    /// A signal that was taken from the queue behind frames.
    next: Option<Signal>,
    /// The session that events that name none belong to.
    nameless: Nameless,
    /// Frames and events that could not be read.
    bad: u64,
}

impl Feed {
    /// A feed that knows the sessions that were running when the server stopped.
    pub(super) fn new(
        state: AppState,
        row: SourceRow,
        dialect: Dialect,
        source: Source,
        grace: Duration,
    ) -> Self {
        let (any_doubtful, last) =
            source.links(|links| (links.any_doubtful(), links.last_remembered()));
        let deadline = any_doubtful.then(|| Instant::now() + grace);
        Self {
            state,
            row,
            dialect,
            source,
            grace,
            deadline,
            why: "not connected since the server started".to_owned(),
            next: None,
            nameless: Nameless::after(last),
            bad: 0,
        }
    }

    /// Stores until the queue's other end is gone.
    pub(super) async fn run(mut self, mut signals: UnboundedReceiver<Signal>) {
        loop {
            let signal = if self.next.is_some() {
                self.next.take()
            } else {
                tokio::select! {
                    biased;
                    signal = signals.recv() => signal,
                    () = reached(self.deadline) => {
                        self.deadline = None;
                        let marks = self.source.links(Links::grace_over);
                        self.tell(marks).await;
                        continue;
                    }
                }
            };
            match signal {
                None => return,
                Some(Signal::Connected) => {
                    self.nameless.connected();
                    self.source.links(Links::connected);
                }
                Some(Signal::Disconnected(why)) => {
                    self.why = why;
                    let any_doubtful = self.source.links(|links| {
                        links.disconnected();
                        links.any_doubtful()
                    });
                    if self.deadline.is_none() && any_doubtful {
                        self.deadline = Some(Instant::now() + self.grace);
                    }
                }
                Some(Signal::Frame(first)) => self.take(first, &mut signals).await,
            }
        }
    }

    /// Takes a frame and those that wait behind it.
    async fn take(&mut self, first: Frame, signals: &mut UnboundedReceiver<Signal>) {
        let mut events = self.decode(&first).await;
        // Held until they are stored: their room in the queue is what bounds this feed.
        let mut frames = vec![first];
        while events.len() < BATCH_EVENTS {
            match signals.try_recv() {
                Ok(Signal::Frame(frame)) => {
                    events.extend(self.decode(&frame).await);
                    frames.push(frame);
                }
                Ok(other) => {
                    self.next = Some(other);
                    break;
                }
                Err(_) => break,
            }
        }
        self.row.count(events.len() as u64);
        runs::store(&self.state, Some(&self.source), events, Transport::Bridge).await;
    }

    /// The events of a frame; what cannot be read is counted, logged now and then, and passed over.
    async fn decode(&mut self, frame: &Frame) -> Vec<NewEvent> {
        let context = DecodeContext {
            dialect: Some(self.dialect),
            naive_zone: TimeZone::system(),
            limits: intake::decode_limits(&self.state.config.limits),
            ..DecodeContext::new(frame.received_at)
        };
        let decoded = match decode(frame.text.as_bytes(), &context) {
            Ok(decoded) => decoded,
            Err(error) => {
                self.refuse(&error);
                return Vec::new();
            }
        };
        let mut events = Vec::with_capacity(decoded.items.len());
        for item in decoded.items {
            match item {
                Ok((mut event, warnings)) => {
                    // Which run a trainer's event belongs to is the source's to say.
                    if self.dialect != Dialect::Training {
                        let journal = &self.state.journal;
                        self.nameless.place(&mut event, &warnings, journal).await;
                    }
                    events.push(event);
                }
                Err(error) => self.refuse(&error),
            }
        }
        events
    }

    fn refuse(&mut self, error: &dyn std::fmt::Display) {
        self.bad += 1;
        metrics::counter!("loopscope_bridge_bad_frames_total").increment(1);
        if self.bad.is_power_of_two() {
            let (url, bad) = (self.row.url(), self.bad);
            tracing::warn!(url, bad, %error, "a program sent what cannot be read");
        }
    }

    /// Tells what is to be told of its sessions.
    async fn tell(&self, marks: Vec<Mark>) {
        runs::settle_marks(&self.state, &self.source, marks, &self.why).await;
    }
}

async fn reached(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
