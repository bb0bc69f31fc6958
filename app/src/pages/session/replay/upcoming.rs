//! The events after the moment that is shown, as far as they are here, and the pace at which they come. Pure.

use std::collections::VecDeque;

use loopscope_event::{Duration, Event, Seq, Timestamp};

/// The most events that are folded in one turn: a page stays quick to the hand.
const MOST_A_TURN: usize = 300;

/// A wait that is longer than this, as it is played, is idle.
const IDLE_MS: f64 = 800.0;
/// So much of it is left when it is skipped, as it is played.
const LEFT_MS: f64 = 150.0;

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Upcoming {
    events: VecDeque<Event>,
}

/// What a turn of playing comes to.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Turn {
    /// What happened meanwhile.
    pub events: Vec<Event>,
    /// What the clock says after it; `None` where what comes next is not known yet.
    pub clock: Option<Timestamp>,
}

impl Upcoming {
    pub(super) fn len(&self) -> usize {
        self.events.len()
    }

    /// The newest event that is here.
    pub(super) fn last(&self) -> Option<Seq> {
        self.events.back().map(|event| event.seq)
    }

    pub(super) fn clear(&mut self) {
        self.events.clear();
    }

    /// Takes events that follow on what is here, or on the moment shown where nothing is.
    pub(super) fn push(&mut self, shown: Seq, events: Vec<Event>) {
        for event in events {
            let last = self.last().unwrap_or(shown);
            if event.seq.0 == last.0 + 1 {
                self.events.push_back(event);
            }
        }
    }

    /// The events up to one, where it is here.
    pub(super) fn upto(&mut self, seq: Seq) -> Option<Vec<Event>> {
        let first = self.events.front()?.seq;
        let count = (seq.0 + 1).checked_sub(first.0)? as usize;
        (count <= self.events.len()).then(|| self.events.drain(..count).collect())
    }

    /// What happens while `millis` pass at a speed. `ends`: whether nothing comes behind what is here.
    pub(super) fn play(
        &mut self,
        clock: Timestamp,
        millis: f64,
        speed: f64,
        skip_idle: bool,
        ends: bool,
    ) -> Turn {
        let mut now = clock.plus(Duration::from_micros((millis * speed * 1e3) as i64));
        if let Some(next) = self.events.front().map(|event| event.timestamp) {
            let wait_ms = next.since(now).as_micros() as f64 / 1e3 / speed;
            if skip_idle && wait_ms > IDLE_MS {
                let left = Duration::from_micros(-(LEFT_MS * speed * 1e3) as i64);
                now = next.plus(left);
            }
        }
        let mut events = Vec::new();
        while let Some(next) = self.events.front() {
            if next.timestamp > now {
                break;
            }
            if events.len() >= MOST_A_TURN {
                // Slower than asked for, and nothing left out.
                now = clock.max(events.last().map_or(clock, |event: &Event| event.timestamp));
                break;
            }
            events.extend(self.events.pop_front());
        }
        let is_known = !self.events.is_empty() || ends;
        let reached = events.iter().map(|event| event.timestamp).max();
        Turn {
            clock: if is_known {
                Some(now)
            } else {
                reached.map(|reached| reached.max(clock))
            },
            events,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use loopscope_event::{Dialect, EventId, Kind, Offset, ProjectId, RawJson, SessionId};

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_micros(millis * 1_000)
    }

    fn event(seq: u64, millis: i64) -> Event {
        Event {
            offset: Offset(seq),
            seq: Seq(seq),
            event_id: EventId::new(format!("e{seq}")).unwrap(),
            project: ProjectId::default(),
            session_id: SessionId::new("s").unwrap(),
            timestamp: at(millis),
            received_at: at(millis),
            name: "X".to_owned(),
            kind: Kind::Generic,
            dialect: Dialect::Generic,
            iteration: 0,
            state: None,
            severity: None,
            data: RawJson::default(),
        }
    }

    fn upcoming(times: &[i64]) -> Upcoming {
        let mut upcoming = Upcoming::default();
        let events = times.iter().zip(1..).map(|(time, seq)| event(seq, *time));
        upcoming.push(Seq(0), events.collect());
        upcoming
    }

    fn seqs(events: &[Event]) -> Vec<u64> {
        events.iter().map(|event| event.seq.0).collect()
    }

    #[test]
    fn events_come_when_their_time_has_come() {
        let mut upcoming = upcoming(&[100, 250, 240, 900]);
        let turn = upcoming.play(at(0), 50.0, 2.0, false, true);
        assert_eq!((seqs(&turn.events), turn.clock), (vec![1], Some(at(100))));
        // One whose clock went back comes with the one before it.
        let turn = upcoming.play(at(100), 160.0, 1.0, false, true);
        assert_eq!(
            (seqs(&turn.events), turn.clock),
            (vec![2, 3], Some(at(260)))
        );
        let turn = upcoming.play(at(260), 100.0, 0.5, false, true);
        assert_eq!((seqs(&turn.events), turn.clock), (vec![], Some(at(310))));
    }

    #[test]
    fn what_is_idle_is_skipped_where_that_is_asked_for() {
        let mut upcoming = upcoming(&[60_000]);
        let turn = upcoming.play(at(0), 40.0, 4.0, true, true);
        assert_eq!(turn.clock, Some(at(60_000 - 600)));
        let turn = upcoming.play(at(59_400), 150.0, 4.0, true, true);
        assert_eq!(
            (seqs(&turn.events), turn.clock),
            (vec![1], Some(at(60_000)))
        );
    }

    #[test]
    fn the_clock_waits_for_what_is_not_here() {
        let mut upcoming = upcoming(&[100]);
        let turn = upcoming.play(at(0), 500.0, 1.0, false, false);
        assert_eq!((seqs(&turn.events), turn.clock), (vec![1], Some(at(100))));
        assert_eq!(
            upcoming.play(at(100), 500.0, 1.0, true, false),
            Turn::default()
        );
    }

    #[test]
    fn a_flood_is_played_slower_and_whole() {
        let times = [5; MOST_A_TURN * 2 + 1];
        let mut upcoming = upcoming(&times);
        let mut seen = 0;
        for _ in 0..3 {
            seen += upcoming.play(at(0), 40.0, 32.0, false, true).events.len();
        }
        assert_eq!(seen, times.len());
    }

    #[test]
    fn only_what_follows_is_taken() {
        let mut upcoming = upcoming(&[1, 2]);
        upcoming.push(Seq(0), vec![event(2, 2), event(3, 3), event(5, 5)]);
        assert_eq!(upcoming.last(), Some(Seq(3)));
        assert_eq!(upcoming.upto(Seq(4)), None);
        assert_eq!(
            upcoming.upto(Seq(2)).map(|some| seqs(&some)),
            Some(vec![1, 2])
        );
        assert_eq!(upcoming.len(), 1);
    }
}
