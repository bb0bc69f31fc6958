//! The picture of the replay bar: how dense events are, which state the run was in, where something broke. In: the
//! newest board. Out: SVG as text, and the way between places on the bar and events. Pure.
//!
//! The bar is as long as the run, in time. Within a bucket of the density events count as evenly spread.

use std::fmt::Write as _;

use loopscope_board::{Board, PastMark, StateSpan};
use loopscope_event::{Seq, Timestamp};

use crate::ui::state_look;

/// How high the density may be, in pixels, above the ribbon.
const DENSITY_PX: f64 = 14.0;
/// Where the density stands.
const GROUND_PX: f64 = 18.0;
/// How near to a mark a press means it, as a share of the bar.
const NEAR: f64 = 0.006;

/// See the module.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Picture {
    from: Timestamp,
    width_micros: i64,
    counts: Vec<u32>,
    spans: Vec<StateSpan>,
    marks: Vec<PastMark>,
    /// Where people left notes.
    notes: Vec<Seq>,
    last: Seq,
}

impl Picture {
    pub(super) fn of(board: &Board, notes: Vec<Seq>) -> Self {
        let density = board.density();
        Self {
            from: density.starts_at(),
            width_micros: density.width_seconds() * 1_000_000,
            counts: density.counts().to_vec(),
            spans: board.past().spans().to_vec(),
            marks: board.past().marks().to_vec(),
            notes,
            last: board.seq(),
        }
    }

    fn span_micros(&self) -> f64 {
        (self.width_micros * self.counts.len().max(1) as i64) as f64
    }

    /// Events that the density does not know: retention took them.
    fn untold(&self) -> u64 {
        let told: u64 = self.counts.iter().map(|count| u64::from(*count)).sum();
        self.last.0.saturating_sub(told)
    }

    /// Where a time lies, 0 to 1.
    pub(super) fn place_of_time(&self, at: Timestamp) -> f64 {
        (at.since(self.from).as_micros() as f64 / self.span_micros()).clamp(0.0, 1.0)
    }

    /// Where an event lies, 0 to 1; the newest at the end.
    pub(super) fn place(&self, seq: Seq) -> f64 {
        if seq >= self.last {
            return 1.0;
        }
        let mut before = self.untold();
        for (bucket, count) in self.counts.iter().enumerate() {
            let end = before + u64::from(*count);
            if seq.0 <= end && *count > 0 {
                let within = (seq.0.saturating_sub(before)) as f64 / f64::from(*count);
                return (bucket as f64 + within) / self.counts.len() as f64;
            }
            before = end;
        }
        1.0
    }

    /// The event at a place: the last one before it. A place near a mark is the mark's.
    pub(super) fn seq_at(&self, place: f64) -> Seq {
        let told = self.marks.iter().map(|mark| mark.seq);
        let far = told
            .chain(self.notes.iter().copied())
            .map(|seq| ((self.place(seq) - place).abs(), seq));
        let near = far.filter(|(far, _)| *far <= NEAR);
        if let Some((_, seq)) = near.min_by(|a, b| a.0.total_cmp(&b.0)) {
            return seq;
        }
        let place = place.clamp(0.0, 1.0) * self.counts.len() as f64;
        let mut before = self.untold();
        for (bucket, count) in self.counts.iter().enumerate() {
            let within = place - bucket as f64;
            if within < 1.0 {
                let events = (within.max(0.0) * f64::from(*count)).round() as u64;
                return Seq((before + events).clamp(1, self.last.0.max(1)));
            }
            before += u64::from(*count);
        }
        self.last
    }

    /// What stands still: density, ribbon, marks.
    pub(super) fn svg(&self) -> String {
        let mut out = String::with_capacity(16 * 1024);
        self.write_density(&mut out);
        self.write_ribbon(&mut out);
        for mark in &self.marks {
            let tone = if mark.critical { "critical" } else { "error" };
            let x = self.place(mark.seq) * 100.0;
            // Writing to a string does not fail.
            let _ = write!(
                out,
                r#"<svg x="{x:.2}%" overflow="visible"><path class="mark tone-{tone}" d="M0 28l4.5 7h-9z"/></svg>"#
            );
        }
        for seq in &self.notes {
            let x = self.place(*seq) * 100.0;
            let _ = write!(
                out,
                r#"<svg x="{x:.2}%" overflow="visible"><path class="mark note-flag" d="M-3.5 29h7v5h-7z"/></svg>"#
            );
        }
        out
    }

    fn write_density(&self, out: &mut String) {
        let most = self.counts.iter().copied().max().unwrap_or(0);
        let step = 100.0 / self.counts.len().max(1) as f64;
        let known = self.counts.iter().enumerate();
        for (bucket, count) in known.filter(|(_, count)| **count > 0) {
            // By the root: a burst does not make the rest invisible.
            let share = (f64::from(*count) / f64::from(most)).sqrt();
            let height = (share * DENSITY_PX).max(1.5);
            let (x, width) = (bucket as f64 * step, (step * 0.6).max(0.12));
            let y = GROUND_PX - height;
            let _ = write!(
                out,
                r#"<rect class="den" x="{x:.2}%" width="{width:.2}%" y="{y:.1}" height="{height:.1}"/>"#
            );
        }
    }

    fn write_ribbon(&self, out: &mut String) {
        let ends = self
            .spans
            .iter()
            .skip(1)
            .map(|span| self.place_of_time(span.from))
            .chain([1.0]);
        for (span, end) in self.spans.iter().zip(ends) {
            let from = self.place_of_time(span.from);
            let tone = state_look(&span.state).tone;
            let (x, width) = (from * 100.0, (end - from) * 100.0 - 0.06);
            if width > 0.0 {
                let _ = write!(
                    out,
                    r#"<rect class="past {tone}" x="{x:.2}%" width="{width:.2}%" y="20" height="6"/>"#
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn picture(counts: Vec<u32>) -> Picture {
        let last = counts.iter().map(|count| u64::from(*count)).sum();
        Picture {
            width_micros: 1_000_000,
            counts,
            last: Seq(last),
            ..Picture::default()
        }
    }

    #[test]
    fn a_place_near_a_mark_is_the_marks() {
        let mut picture = picture(vec![100; 10]);
        picture.marks.push(PastMark {
            seq: Seq(500),
            at: Timestamp::default(),
            critical: true,
            count: 1,
        });
        assert_eq!(picture.seq_at(0.503), Seq(500));
        assert_eq!(picture.seq_at(0.52), Seq(520));
        assert!(picture.svg().contains("tone-critical"));
    }

    #[test]
    fn what_is_empty_is_drawn_too() {
        let picture = Picture::default();
        assert_eq!(picture.svg(), "");
        assert_eq!(picture.seq_at(0.5), Seq(1).min(picture.last));
    }

    proptest! {
        #[test]
        fn an_event_and_its_place_belong_together(counts in proptest::collection::vec(0..50_u32, 1..40)) {
            let picture = picture(counts);
            let mut before = 0.0;
            for seq in 1..=picture.last.0 {
                let place = picture.place(Seq(seq));
                prop_assert!((0.0..=1.0).contains(&place) && place >= before);
                before = place;
                prop_assert_eq!(picture.seq_at(place), Seq(seq));
            }
        }
    }
}
