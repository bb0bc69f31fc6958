//! What a link brings, stored in order. In: the link's signals. Out: events in the journal, and the marks of sessions
//! that are lost with the link and found again.
//!
//! A loop cannot send anything again, so what the journal cannot take now (the disk is full, too much waits) is held
//! here and tried again; meanwhile the queue fills and the link is read no further.

use std::time::Duration;

use loopscope_dialects::{DecodeContext, decode};
use loopscope_event::{Dialect, Kind, NewEvent, SessionId};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until};

use super::links::{Links, Mark};
use super::marks;
use super::queue::{Frame, Signal};
use super::status::SourceRow;
use crate::intake::{self, Transport};
use crate::life::now;
use crate::state::AppState;

/// About the most events that are stored at once.
const BATCH_EVENTS: usize = 1024;

/// The storing side of one link.
pub(super) struct Feed {
    state: AppState,
    row: SourceRow,
    links: Links,
    /// How long after a lost link its sessions are given up.
    grace: Duration,
    /// When that is over.
    deadline: Option<Instant>,
    /// Why the link was last lost.
    why: String,
    /// A signal that was taken from the queue behind frames.
    next: Option<Signal>,
    /// The session that spoke last: events that name none belong to it.
    last: Option<SessionId>,
    /// Frames and events that could not be read.
    bad: u64,
}

impl Feed {
    /// A feed that knows the sessions that were running when the server stopped.
    pub(super) fn new(state: AppState, row: SourceRow, links: Links, grace: Duration) -> Self {
        let deadline = links.any_doubtful().then(|| Instant::now() + grace);
        Self {
            state,
            row,
            links,
            grace,
            deadline,
            why: "not connected since the server started".to_owned(),
            next: None,
            last: None,
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
                        let marks = self.links.grace_over();
                        self.store(Vec::new(), marks).await;
                        continue;
                    }
                }
            };
            match signal {
                None => return,
                Some(Signal::Connected) => self.links.connected(),
                Some(Signal::Disconnected(why)) => {
                    self.why = why;
                    self.links.disconnected();
                    if self.deadline.is_none() && self.links.any_doubtful() {
                        self.deadline = Some(Instant::now() + self.grace);
                    }
                }
                Some(Signal::Frame(first)) => self.take(first, &mut signals).await,
            }
        }
    }

    /// Takes a frame and those that wait behind it.
    async fn take(&mut self, first: Frame, signals: &mut UnboundedReceiver<Signal>) {
        let mut events = self.decode(&first);
        // Held until they are stored: their room in the queue is what bounds this feed.
        let mut frames = vec![first];
        while events.len() < BATCH_EVENTS {
            match signals.try_recv() {
                Ok(Signal::Frame(frame)) => {
                    events.extend(self.decode(&frame));
                    frames.push(frame);
                }
                Ok(other) => {
                    self.next = Some(other);
                    break;
                }
                Err(_) => break,
            }
        }
        let mut marks = Vec::new();
        for event in &events {
            marks.extend(self.links.heard(&event.session_id));
            if matches!(event.kind, Kind::SessionEnded | Kind::Converged) {
                self.links.ended(&event.session_id);
            }
        }
        self.row.count(events.len() as u64);
        self.store(events, marks).await;
    }

    /// The events of a frame; what cannot be read is counted, logged now and then, and passed over.
    fn decode(&mut self, frame: &Frame) -> Vec<NewEvent> {
        let context = DecodeContext {
            dialect: Some(Dialect::Convergence),
            session_hint: self.last.clone(),
            naive_zone: jiff::tz::TimeZone::system(),
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
                Ok((event, _)) => events.push(event),
                Err(error) => self.refuse(&error),
            }
        }
        if let Some(event) = events.last() {
            self.last = Some(event.session_id.clone());
        }
        events
    }

    fn refuse(&mut self, error: &dyn std::fmt::Display) {
        self.bad += 1;
        metrics::counter!("loopscope_bridge_bad_frames_total").increment(1);
        if self.bad.is_power_of_two() {
            let (url, bad) = (self.row.url(), self.bad);
            tracing::warn!(url, bad, %error, "a loop sent what cannot be read");
        }
    }

    /// Stores events and, behind them, what is to be told of their sessions.
    async fn store(&self, mut events: Vec<NewEvent>, marks: Vec<Mark>) {
        let mut found = Vec::new();
        for mark in marks {
            let at = now();
            match mark {
                Mark::Found(session) => found.push(session),
                Mark::Lost(session) => {
                    events.extend(
                        marks::lost(&self.state, session, at, self.row.url(), &self.why).await,
                    );
                }
                Mark::Restored(session) => {
                    events.push(marks::restored(session, at, self.row.url()));
                }
            }
        }
        if !events.is_empty() {
            marks::store(&self.state, events, Transport::Bridge).await;
        }
        for session in found {
            marks::remember(&self.state, &session, self.row.url()).await;
        }
    }
}

async fn reached(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
