//! A moment of a session: after one of its events, or at a time. In: `?at=`. Out: which.

use std::fmt;
use std::str::FromStr;

use loopscope_event::{Seq, Timestamp};

/// A moment of a session, as an address says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// After the event of this `seq`.
    Seq(Seq),
    /// After the last event that happened no later.
    Time(Timestamp),
}

/// What a moment is, for who wrote another thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoMoment;

impl fmt::Display for NoMoment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a moment is the `seq` of an event, from 1, or an RFC 3339 time")
    }
}

impl std::error::Error for NoMoment {}

impl FromStr for Moment {
    type Err = NoMoment;

    fn from_str(text: &str) -> Result<Self, NoMoment> {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return match text.parse() {
                Ok(0) | Err(_) => Err(NoMoment),
                Ok(seq) => Ok(Self::Seq(Seq(seq))),
            };
        }
        Timestamp::parse_utc(text).map(Self::Time).ok_or(NoMoment)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Seq(seq) => seq.fmt(f),
            Self::Time(time) => time.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_an_event_and_anything_else_a_time() {
        assert_eq!("17".parse(), Ok(Moment::Seq(Seq(17))));
        let time = "2026-01-05T10:00:00.5Z".parse::<Moment>().unwrap();
        assert_eq!(time.to_string(), "2026-01-05T10:00:00.500000Z");
        for bad in ["", "0", "-1", "1.5", "now", "99999999999999999999"] {
            assert_eq!(bad.parse::<Moment>(), Err(NoMoment), "{bad}");
        }
    }
}
