//! The voice of one session. In: what happened. Out: events in the contract's envelope, on the bus.

use std::cell::Cell;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{Timestamp, Zoned};
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::bus::{Bus, Frame};

/// Progress within a step is told at most this often.
const PROGRESS_EVERY: Duration = Duration::from_millis(60);

/// The contract's envelope. `state` is always `IDLE`, as from the loop that the contract describes.
#[derive(Serialize)]
struct Envelope<'a> {
    event_id: String,
    timestamp: String,
    session_id: &'a str,
    iteration: u32,
    state: &'a str,
    event_type: &'a str,
    data: Value,
}

/// Tells what happens in one session.
#[derive(Debug)]
pub struct Teller {
    bus: Bus,
    session_id: Arc<str>,
    iteration: Cell<u32>,
    last_progress: Cell<Option<Instant>>,
}

impl Teller {
    /// A voice for a session.
    pub fn new(bus: Bus, session_id: &str) -> Self {
        Self {
            bus,
            session_id: session_id.into(),
            iteration: Cell::new(0),
            last_progress: Cell::new(None),
        }
    }

    /// The session's id.
    pub fn session_id(&self) -> &str {
        &self.session_id
    }

    /// The current iteration, 0 before the first.
    pub fn iteration(&self) -> u32 {
        self.iteration.get()
    }

    /// Begins an iteration: later events carry its number.
    pub fn begin_iteration(&self, iteration: u32) {
        self.iteration.set(iteration);
    }

    /// Tells an event.
    pub fn tell(&self, event_type: &str, data: Value) {
        let envelope = Envelope {
            event_id: Uuid::new_v4().to_string(),
            timestamp: utc(Timestamp::now()),
            session_id: &self.session_id,
            iteration: self.iteration.get(),
            state: "IDLE",
            event_type,
            data,
        };
        match serde_json::to_string(&envelope) {
            Ok(text) => self.bus.send(Frame {
                session_id: Arc::clone(&self.session_id),
                text: text.into(),
            }),
            Err(error) => eprintln!("warning: cannot write {event_type}: {error}"),
        }
    }

    /// Tells how far a step has come. Left out when the last word was a moment ago, unless this is the last.
    pub fn progress(&self, step: &str, done: u64, total: u64, message: &str) {
        let now = Instant::now();
        let recent = self
            .last_progress
            .get()
            .is_some_and(|last| now.duration_since(last) < PROGRESS_EVERY);
        if !recent || done == total {
            self.last_progress.set(Some(now));
            self.note(step, done, total, message);
        }
    }

    /// Tells how far a step has come, in any case.
    pub fn note(&self, step: &str, done: u64, total: u64, message: &str) {
        self.tell(
            "STEP_PROGRESS",
            json!({"step": step, "done": done, "total": total, "message": message}),
        );
    }

    /// Writes a line to the log.
    pub fn log(&self, line: &str) {
        let clock = Zoned::now().strftime("%H:%M:%S").to_string();
        let session: String = self.session_id.chars().take(8).collect();
        eprintln!("{clock} {session} #{} {line}", self.iteration.get());
    }
}

/// An instant as the contract's loop writes it: UTC, microseconds, `+00:00`.
fn utc(instant: Timestamp) -> String {
    instant.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string()
}

/// The first frame of a connection: no event, and in local time without a zone, as the contract has it.
pub fn greeting() -> String {
    let local = Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%.6f").to_string();
    json!({"type": "connected", "timestamp": local}).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_have_microseconds_and_a_numeric_zone() {
        let instant: Timestamp = "2026-01-05T10:00:00.5Z".parse().unwrap();
        assert_eq!(utc(instant), "2026-01-05T10:00:00.500000+00:00");
    }

    #[test]
    fn the_greeting_carries_no_zone() {
        let greeting: Value = serde_json::from_str(&greeting()).unwrap();
        assert_eq!(greeting["type"], "connected");
        let time = greeting["timestamp"].as_str().unwrap();
        assert!(time.parse::<jiff::civil::DateTime>().is_ok(), "{time}");
        assert!(time.parse::<Timestamp>().is_err(), "{time}");
    }
}
