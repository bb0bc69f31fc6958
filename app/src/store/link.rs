//! The state of the link, and what the badge says of it.

use loopscope_event::Timestamp;

use crate::text;

/// The state of the link to the server. It never claims more than is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Link {
    /// The page as the server rendered it; no script has run yet.
    #[default]
    Snapshot,
    /// The first connection is being made.
    Connecting,
    /// Events arrive as they happen.
    Live {
        /// The last measured round trip, in milliseconds.
        round_trip_ms: Option<u32>,
    },
    /// Events arrive, but older ones first.
    CatchingUp {
        /// How many events are still to come.
        behind: u64,
    },
    /// No socket can be had; the page is loaded anew every few seconds.
    Polling,
    /// The page shows files that somebody opened; there is no server.
    File,
    /// The server cannot be reached.
    Offline {
        /// When it is tried next, by the page's clock.
        retry_at: Timestamp,
    },
}

impl Link {
    /// Whether the server answers, as far as is known.
    pub const fn is_there(self) -> bool {
        matches!(
            self,
            Self::Live { .. } | Self::CatchingUp { .. } | Self::Polling
        )
    }

    /// The word of the state.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Snapshot => "Snapshot",
            Self::Connecting => "Connecting",
            Self::Live { .. } => "Live",
            Self::CatchingUp { .. } => "Catching up",
            Self::Polling => "Polling",
            Self::File => "File",
            Self::Offline { .. } => "Offline",
        }
    }

    /// What is said after the word, if anything.
    pub fn detail(self, now: Timestamp) -> Option<String> {
        match self {
            Self::Live { round_trip_ms } => round_trip_ms.map(|ms| format!("{ms} ms")),
            Self::CatchingUp { behind } => Some(format!("{} behind", text::count(behind))),
            Self::Offline { retry_at } => {
                let left = retry_at.since(now).as_micros();
                let seconds = (left.max(0) as u64).div_ceil(1_000_000);
                Some(if seconds == 0 {
                    "trying".to_owned()
                } else {
                    format!("retry in {seconds} s")
                })
            }
            Self::Snapshot | Self::Connecting | Self::Polling | Self::File => None,
        }
    }

    /// The tone's class.
    pub const fn tone(self) -> &'static str {
        match self {
            Self::Live { .. } => "tone-converged",
            Self::CatchingUp { .. } => "tone-halted",
            Self::Offline { .. } => "tone-failed",
            Self::Snapshot | Self::Connecting | Self::Polling | Self::File => "tone-idle",
        }
    }

    /// Whether what the page shows may be old.
    pub const fn is_lost(self) -> bool {
        matches!(self, Self::Offline { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_badge_says_what_is_known_and_no_more() {
        let now = Timestamp::from_micros(10_000_000);
        let offline = |micros| Link::Offline {
            retry_at: Timestamp::from_micros(micros),
        };
        for (link, detail) in [
            (
                Link::Live {
                    round_trip_ms: None,
                },
                None,
            ),
            (
                Link::Live {
                    round_trip_ms: Some(3),
                },
                Some("3 ms"),
            ),
            (Link::CatchingUp { behind: 1204 }, Some("1,204 behind")),
            (offline(13_200_000), Some("retry in 4 s")),
            (offline(9_000_000), Some("trying")),
            (Link::Polling, None),
            (Link::File, None),
        ] {
            assert_eq!(link.detail(now).as_deref(), detail, "{link:?}");
        }
    }
}
