//! How a session's events came: how many of which dialect, and whether by the producer's clock.
//!
//! In: each event. Out: what spares a reader of the whole session a count or a sort.

use loopscope_event::{Dialect, Event, Timestamp};
use serde::{Deserialize, Serialize};

/// See the module.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Arrival {
    by_dialect: Vec<(Dialect, u64)>,
    newest: Timestamp,
    is_in_order: bool,
}

impl Default for Arrival {
    fn default() -> Self {
        Self {
            by_dialect: Vec::new(),
            newest: Timestamp::from_micros(i64::MIN),
            is_in_order: true,
        }
    }
}

impl Arrival {
    pub(crate) fn push(&mut self, event: &Event) {
        if event.timestamp < self.newest {
            self.is_in_order = false;
        }
        self.newest = self.newest.max(event.timestamp);
        let of = |(dialect, _): &&mut (Dialect, u64)| *dialect == event.dialect;
        match self.by_dialect.iter_mut().find(of) {
            Some((_, count)) => *count += 1,
            None => self.by_dialect.push((event.dialect, 1)),
        }
    }

    pub(crate) fn of(&self, dialect: Dialect) -> u64 {
        let found = self.by_dialect.iter().find(|(known, _)| *known == dialect);
        found.map_or(0, |(_, count)| *count)
    }

    pub(crate) const fn is_in_order(&self) -> bool {
        self.is_in_order
    }
}
