//! The wall clock.

use loopscope_event::Timestamp;

/// The time, to the microsecond.
pub(crate) fn now() -> Timestamp {
    Timestamp::from(jiff::Timestamp::now())
}
