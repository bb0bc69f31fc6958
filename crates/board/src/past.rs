//! What the replay bar shows of a run beside its density: which state it was in when, and where something broke.
//!
//! In: each event with the state after it. Out: state spans and marks, oldest first, both bounded: the shortest span
//! joins the one before it, and marks that lie closest become one.

use loopscope_event::{Event, Seq, Severity, Timestamp};
use serde::{Deserialize, Serialize};

use crate::limits::{MAX_MARKS, MAX_STATE_SPANS};
use crate::{Machine, Tone};

/// A state, from a moment on, up to the next span.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateSpan {
    /// The state, in the dialect's spelling.
    pub state: String,
    /// Since when.
    pub from: Timestamp,
}

/// A place where something broke.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastMark {
    /// The event, the first one where several became one mark.
    pub seq: Seq,
    /// When it happened.
    pub at: Timestamp,
    /// Whether it is critical; else a failure.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub critical: bool,
    /// How many events it stands for.
    pub count: u32,
}

/// The course of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Past {
    spans: Vec<StateSpan>,
    marks: Vec<PastMark>,
}

impl Past {
    /// The states, oldest first.
    pub fn spans(&self) -> &[StateSpan] {
        &self.spans
    }

    /// Where something broke, oldest first.
    pub fn marks(&self) -> &[PastMark] {
        &self.marks
    }

    /// Takes an event, and the machine as it is after it.
    pub(crate) fn push(&mut self, event: &Event, tone: Tone, machine: &Machine) {
        self.state(machine.state(), machine.since());
        let critical = event.severity == Some(Severity::Critical);
        if critical || tone == Tone::Bad {
            self.mark(PastMark {
                seq: event.seq,
                at: event.timestamp,
                critical,
                count: 1,
            });
        }
    }

    fn state(&mut self, state: &str, since: Timestamp) {
        let last = self.spans.last();
        if last.is_some_and(|span| span.state == state) {
            return;
        }
        // A clock that went back does not turn the ribbon back.
        let from = last.map_or(since, |span| span.from.max(since));
        self.spans.push(StateSpan {
            state: state.to_owned(),
            from,
        });
        if self.spans.len() > MAX_STATE_SPANS {
            self.join_spans();
        }
    }

    /// Gives the shortest span, the first and the last aside, to the one before it.
    fn join_spans(&mut self) {
        let lengths = self.spans.windows(2).enumerate().skip(1);
        let shortest = lengths.min_by_key(|(_, two)| two[1].from.since(two[0].from));
        let Some((place, _)) = shortest else { return };
        self.spans.remove(place);
        let is_same = |two: &[StateSpan]| two[0].state == two[1].state;
        if self.spans.get(place - 1..=place).is_some_and(is_same) {
            self.spans.remove(place);
        }
    }

    fn mark(&mut self, mark: PastMark) {
        self.marks.push(mark);
        if self.marks.len() <= MAX_MARKS {
            return;
        }
        let pairs = self.marks.windows(2).enumerate();
        let distance = |two: &[PastMark]| two[1].at.since(two[0].at).as_micros().unsigned_abs();
        let Some((place, _)) = pairs.min_by_key(|(_, two)| distance(two)) else {
            return;
        };
        let joined = self.marks.remove(place + 1);
        let kept = &mut self.marks[place];
        kept.critical |= joined.critical;
        kept.count = kept.count.saturating_add(joined.count);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_micros(second * 1_000_000)
    }

    fn mark(seq: u64, second: i64) -> PastMark {
        PastMark {
            seq: Seq(seq),
            at: at(second),
            critical: false,
            count: 1,
        }
    }

    #[test]
    fn short_states_join_and_long_ones_stay() {
        let mut past = Past::default();
        past.state("IDLE", at(0));
        past.state("LONG", at(10));
        for n in 0..10_000 {
            past.state(if n % 2 == 0 { "A" } else { "B" }, at(1_000 + n));
        }
        past.state("DONE", at(50_000));
        let spans = past.spans();
        assert_eq!(spans.len(), MAX_STATE_SPANS);
        assert_eq!((&*spans[1].state, spans[1].from), ("LONG", at(10)));
        assert_eq!(spans.last().map(|span| &*span.state), Some("DONE"));
        assert!(spans.windows(2).all(|two| two[0].state != two[1].state));
        assert!(spans.windows(2).all(|two| two[0].from <= two[1].from));
    }

    #[test]
    fn a_clock_that_goes_back_turns_nothing_back() {
        let mut past = Past::default();
        past.state("A", at(5));
        past.state("B", at(3));
        assert_eq!(past.spans()[1].from, at(5));
    }

    #[test]
    fn marks_that_lie_closest_become_one_and_all_stay_counted() {
        let mut past = Past::default();
        past.mark(mark(1, 0));
        for n in 2..=1_000 {
            past.mark(mark(n, 1_000_000 + n as i64));
        }
        assert_eq!(past.marks().len(), MAX_MARKS);
        assert_eq!(past.marks()[0], mark(1, 0));
        let sum: u32 = past.marks().iter().map(|mark| mark.count).sum();
        assert_eq!(sum, 1_000);
    }
}
