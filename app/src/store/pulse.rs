//! Whether a socket is alive: when to ping, and when to give it up.
//!
//! In: the time at which things happen, in milliseconds that only rise. Out: what to do now. A proxy that cuts
//! idle sockets and a laptop that slept leave sockets that look open and bring nothing; only an answer proves life.

/// How long a socket may be silent before it is asked.
const PING_EVERY_MS: f64 = 10_000.0;
/// How long it may take to say anything after that, and to say hello at first.
const ANSWER_WITHIN_MS: f64 = 5_000.0;

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Nothing.
    Wait,
    /// Send a ping.
    Ping,
    /// It is dead: drop it and connect anew.
    GiveUp,
}

/// The pulse of one socket.
#[derive(Debug, Clone, Copy)]
pub struct Pulse {
    /// When it last said anything, or was opened.
    heard_at: f64,
    /// When it was asked last.
    asked_at: Option<f64>,
    /// Whether it ever said hello.
    greeted: bool,
    /// When it is asked next, at the latest.
    ask_at: f64,
}

impl Pulse {
    /// A socket that is being opened.
    pub const fn new(now: f64) -> Self {
        Self {
            heard_at: now,
            asked_at: None,
            greeted: false,
            ask_at: now,
        }
    }

    /// Anything came.
    pub const fn heard(&mut self, now: f64) {
        self.heard_at = now;
    }

    /// Hello came: it is open, and asked at once to measure the way.
    pub const fn greeted(&mut self, now: f64) {
        self.heard(now);
        self.greeted = true;
        self.ask_at = now;
    }

    /// The answer to a ping came. Out: the round trip in milliseconds.
    pub fn answered(&mut self, now: f64) -> Option<u32> {
        self.heard(now);
        self.asked_at
            .take()
            .map(|asked| (now - asked).max(0.0).round() as u32)
    }

    /// The page may have slept: ask at once.
    pub const fn woke(&mut self, now: f64) {
        if self.asked_at.is_none() {
            self.ask_at = now;
        }
    }

    /// What to do now. After [`Act::Ping`] it counts on an answer.
    pub fn act(&mut self, now: f64) -> Act {
        let waits_since = match (self.greeted, self.asked_at) {
            (false, _) => Some(self.heard_at),
            // Anything that came after the question is a sign of life.
            (true, Some(asked)) => (self.heard_at <= asked).then_some(asked),
            (true, None) => None,
        };
        if let Some(since) = waits_since {
            if now - since > ANSWER_WITHIN_MS {
                return Act::GiveUp;
            }
        } else if now >= self.ask_at {
            self.asked_at = Some(now);
            self.ask_at = now + PING_EVERY_MS;
            return Act::Ping;
        }
        Act::Wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_socket_that_never_greets_is_given_up() {
        let mut pulse = Pulse::new(0.0);
        assert_eq!(pulse.act(4_000.0), Act::Wait);
        assert_eq!(pulse.act(5_001.0), Act::GiveUp);
    }

    #[test]
    fn it_asks_at_once_and_then_every_ten_seconds() {
        let mut pulse = Pulse::new(0.0);
        pulse.greeted(10.0);
        assert_eq!(pulse.act(10.0), Act::Ping);
        assert_eq!(pulse.answered(13.0), Some(3));
        assert_eq!(pulse.act(9_000.0), Act::Wait);
        assert_eq!(pulse.act(10_010.0), Act::Ping);
        assert_eq!(pulse.act(15_011.0), Act::GiveUp);
    }

    #[test]
    fn a_late_answer_does_not_kill_a_socket_that_brings_events() {
        let mut pulse = Pulse::new(0.0);
        pulse.greeted(0.0);
        assert_eq!(pulse.act(0.0), Act::Ping);
        pulse.heard(4_000.0);
        assert_eq!(pulse.act(6_000.0), Act::Wait);
        assert_eq!(pulse.act(10_000.0), Act::Ping);
    }

    #[test]
    fn waking_up_asks_at_once() {
        let mut pulse = Pulse::new(0.0);
        pulse.greeted(0.0);
        pulse.act(0.0);
        pulse.answered(2.0);
        pulse.woke(3_000.0);
        assert_eq!(pulse.act(3_000.0), Act::Ping);
        assert_eq!(pulse.act(8_001.0), Act::GiveUp);
    }
}
