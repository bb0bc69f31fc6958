//! The line to the dashboard: events out, each acknowledged. In: events from any thread. Out: frames on a WebSocket.
//!
//! Telling never waits: events stand in a bounded outbox until they are acknowledged, and a thread of its own sends
//! them. Without a connection it dials again, at longer and longer intervals; what was not acknowledged goes out again
//! under the same ids. When the outbox is full the newest event is dropped and counted, and once there is a connection
//! the count is told as an error of the line.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use common::threads::Stop;
use serde_json::{Map, Value, json};

use crate::teller::event;

mod dial;
mod talk;

pub use dial::Link;

/// The most events that wait.
pub const OUTBOX: usize = 10_000;
/// The first and the longest rest before dialling again.
const REST: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(30));

/// The line; cloned freely.
#[derive(Debug, Clone)]
pub struct Line(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    outbox: Mutex<Outbox>,
    changed: Condvar,
}

/// What waits, and how it goes.
#[derive(Debug, Default)]
struct Outbox {
    /// Not acknowledged yet, oldest first.
    events: VecDeque<(u64, Map<String, Value>)>,
    /// The number of the last event.
    number: u64,
    /// How many had no room since that was told.
    dropped: u64,
    /// How many had no room, ever, or were refused.
    lost: u64,
    /// Whether a connection stands.
    is_up: bool,
    /// Until when the last events may go out.
    closing: Option<Instant>,
}

impl Outbox {
    fn push(&mut self, event: Map<String, Value>) {
        if self.events.len() >= OUTBOX {
            self.dropped += 1;
            self.lost += 1;
            return;
        }
        self.number += 1;
        self.events.push_back((self.number, event));
    }

    /// Says how many were dropped, when there is room for it.
    fn tell_dropped(&mut self) {
        if self.dropped > 0 && self.events.len() < OUTBOX {
            let message = format!("{} events were dropped: the outbox was full", self.dropped);
            let data = json!({"source": "line", "error_type": "EventsDropped", "dropped": self.dropped,
                "description": format!("Error in line: {message}"), "error_message": message});
            self.dropped = 0;
            self.push(event("error_occurred", "error", data));
        }
    }

    /// An acknowledgement of an event, and with it of all before.
    fn acknowledge(&mut self, number: u64, is_accepted: bool) {
        while self
            .events
            .front()
            .is_some_and(|(front, _)| *front <= number)
        {
            self.events.pop_front();
        }
        self.lost += u64::from(!is_accepted);
    }

    /// Whether the worker is to end.
    fn is_over(&self) -> bool {
        let Some(until) = self.closing else {
            return false;
        };
        self.events.is_empty() || Instant::now() >= until
    }
}

impl Line {
    /// Starts the thread that sends.
    pub fn open(address: Link) -> std::io::Result<(Self, JoinHandle<()>)> {
        let line = Self(Arc::default());
        let worker = line.clone();
        let thread = thread::Builder::new().name("line".to_owned());
        Ok((line, thread.spawn(move || worker.serve(&address))?))
    }

    /// Takes an event to send; never waits.
    pub fn tell(&self, event: Map<String, Value>) {
        self.outbox().push(event);
        self.0.changed.notify_all();
    }

    /// Waits until a connection stands, at most so long.
    pub fn wait_until_up(&self, at_most: Duration, stop: &Stop) {
        let until = Instant::now() + at_most;
        while !self.outbox().is_up
            && Instant::now() < until
            && !stop.rest(Duration::from_millis(50))
        {}
    }

    /// Lets what waits go out, for at most so long; nothing is taken any more.
    pub fn close(&self, at_most: Duration) {
        self.outbox().closing = Some(Instant::now() + at_most);
        self.0.changed.notify_all();
    }

    /// How many events never reached the dashboard.
    pub fn left(&self) -> u64 {
        let outbox = self.outbox();
        outbox.lost + outbox.events.len() as u64
    }

    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        // Whoever panicked with the lock held left a whole outbox: every change is one statement.
        self.0.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a connection until it is closed.
    fn serve(&self, link: &Link) {
        let mut rest = REST.0;
        let mut last_said = String::new();
        while !self.outbox().is_over() {
            let why = match link.dial() {
                Ok(socket) => {
                    rest = REST.0;
                    self.outbox().is_up = true;
                    let why = self.talk(socket);
                    self.outbox().is_up = false;
                    match why {
                        Ok(()) => return,
                        Err(why) => format!("{why:#}"),
                    }
                }
                Err(error) => format!("{error:#}"),
            };
            if why != last_said {
                eprintln!(
                    "no line to {}: {why}; events are kept until there is one",
                    link.url
                );
                last_said = why;
            }
            self.rest(jittered(rest));
            rest = (rest * 2).min(REST.1);
        }
    }

    /// Rests so long, or until the time is over.
    fn rest(&self, length: Duration) {
        let until = Instant::now() + length;
        let mut outbox = self.outbox();
        loop {
            let until = outbox.closing.map_or(until, |closing| closing.min(until));
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() || outbox.is_over() {
                return;
            }
            let woken = self.0.changed.wait_timeout(outbox, left);
            outbox = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

/// Up to a quarter less, so that many programs do not dial at once.
fn jittered(rest: Duration) -> Duration {
    let random = f64::from(uuid::Uuid::new_v4().as_bytes()[0]) / 255.0;
    rest.mul_f64(1.0 - 0.25 * random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_outbox_drops_the_newest_and_says_how_many() {
        let mut outbox = Outbox::default();
        for _ in 0..OUTBOX + 7 {
            outbox.push(Map::new());
        }
        assert_eq!((outbox.events.len(), outbox.dropped), (OUTBOX, 7));
        outbox.tell_dropped();
        assert_eq!(outbox.events.len(), OUTBOX, "there is no room to say it");
        outbox.acknowledge(3, true);
        outbox.tell_dropped();
        let (number, told) = outbox.events.back().unwrap();
        assert_eq!(*number, OUTBOX as u64 + 1);
        assert_eq!(told["data"]["dropped"], 7);
        assert_eq!((outbox.dropped, outbox.lost), (0, 7));
        assert_eq!(outbox.events.front().unwrap().0, 4);
    }

    #[test]
    fn rests_grow_apart_and_stay_below_their_length() {
        for _ in 0..100 {
            let rest = jittered(Duration::from_secs(4));
            assert!((3.0..=4.0).contains(&rest.as_secs_f64()), "{rest:?}");
        }
    }
}
