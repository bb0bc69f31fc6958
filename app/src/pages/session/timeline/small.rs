//! A timeline: a bar a row, as long as it took. In: bars and the time. Out: an SVG's contents, geometry in attributes.
//! It holds no text of a producer.

use std::fmt::Write as _;

use loopscope_event::{Duration, Timestamp};
use loopscope_protocol::Annotation;

use crate::text::{self, Zone};

/// The height of a row, in pixels; as in `style/work.css`.
const ROW: usize = 24;

/// The most notes that are said, and of each so many letters.
const MOST_NOTES: usize = 8;
const MOST_NOTE_CHARS: usize = 120;

/// Spans between ticks, in seconds.
const STEPS: [i64; 15] = [
    1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400,
];

/// One bar.
#[derive(Debug, Clone, PartialEq)]
pub(in super::super) struct Bar {
    /// When it began.
    pub(in super::super) start: Timestamp,
    /// When it ended; without, it reaches as far as the drawing.
    pub(in super::super) end: Option<Timestamp>,
    /// Whether it goes on.
    pub(in super::super) is_open: bool,
    /// The class of its colour.
    pub(in super::super) tone: &'static str,
    /// How long it took, in words; of one that goes on, what it takes already.
    pub(in super::super) spent: Option<String>,
}

/// What is drawn.
#[derive(Debug, Clone, Default, PartialEq)]
pub(in super::super) struct Plan {
    /// The bars, from top to bottom.
    pub(in super::super) bars: Vec<Bar>,
    /// Moments that are marked over all of them.
    pub(in super::super) marks: Vec<Timestamp>,
    /// Moments that people left notes at.
    pub(in super::super) notes: Vec<Timestamp>,
    /// The end of the run; open while it goes on.
    pub(in super::super) end: Option<Timestamp>,
}

/// The height of so many rows with the axis below, in pixels.
pub(in super::super) const fn height(rows: usize) -> usize {
    rows * ROW + 20
}

/// How long a time is drawn.
pub(in super::super) fn whole(plan: &Plan, now: Timestamp) -> Duration {
    Duration::from_micros(plan.range(now).1)
}

impl Plan {
    /// From when it is drawn, and how many microseconds.
    fn range(&self, now: Timestamp) -> (Timestamp, i64) {
        let from = self.bars.iter().map(|bar| bar.start).min().unwrap_or(now);
        let ends = self.bars.iter().filter_map(|bar| bar.end);
        let last = ends.max().unwrap_or(from);
        let to = match self.end {
            Some(end) => end.max(last),
            None if self.bars.iter().any(|bar| bar.is_open) => now.max(last),
            None => last,
        };
        (from, to.since(from).as_micros().max(1_000))
    }
}

/// The bars, the ticks, the marks.
pub(in super::super) fn draw(plan: &Plan, now: Timestamp) -> String {
    let (from, whole) = plan.range(now);
    let share = |at: Timestamp| {
        (at.since(from).as_micros() as f64 / whole as f64 * 100.0).clamp(0.0, 100.0)
    };
    let floor = plan.bars.len() * ROW;
    let mut out = String::with_capacity(plan.bars.len() * 256);
    // Writing into a string cannot fail.
    for tick in ticks(whole) {
        let x = tick as f64 * 1e6 / whole as f64 * 100.0;
        let label = tick_word(tick);
        let anchor = if tick == 0 { "start" } else { "middle" };
        let _ = write!(
            out,
            r#"<line class="tick" x1="{x:.2}%" x2="{x:.2}%" y1="0" y2="{floor}"/><text class="axis" x="{x:.2}%" y="{}" text-anchor="{anchor}">{label}</text>"#,
            floor + 14
        );
    }
    for mark in plan.marks.iter().filter(|mark| **mark >= from) {
        let x = share(*mark);
        let _ = write!(
            out,
            r#"<line class="cp" x1="{x:.2}%" x2="{x:.2}%" y1="0" y2="{floor}"/>"#
        );
    }
    let until = from.as_micros() + whole;
    let noted = plan.notes.iter();
    for note in noted.filter(|note| (from.as_micros()..=until).contains(&note.as_micros())) {
        let x = share(*note);
        let _ = write!(
            out,
            r#"<line class="nt" x1="{x:.2}%" x2="{x:.2}%" y1="0" y2="{floor}"/><svg x="{x:.2}%" overflow="visible"><path class="flag" d="M0 0h9l-2.500 3.500 2.500 3.500H0z"/></svg>"#
        );
    }
    for (index, bar) in plan.bars.iter().enumerate() {
        let end = bar.end.map_or(100.0, share);
        write_bar(&mut out, bar, (share(bar.start), end), index * ROW, now);
    }
    out
}

fn write_bar(out: &mut String, bar: &Bar, (x, end): (f64, f64), y: usize, now: Timestamp) {
    let width = (end - x).max(0.25);
    let open = if bar.is_open { " open" } else { "" };
    let (tone, top) = (bar.tone, y + 5);
    let _ = write!(
        out,
        r#"<g class="{tone}{open}"><rect class="b" x="{x:.2}%" y="{top}" width="{width:.2}%" height="14" rx="2"/><rect class="e" x="{x:.2}%" y="{top}" width="3" height="14"/>"#,
    );
    let running = || bar.is_open.then(|| text::clock_span(now.since(bar.start)));
    if let Some(time) = bar.spent.clone().or_else(running) {
        let (class, at, dx, anchor) = if end < 88.0 {
            ("beside", x + width, 6, "start")
        } else if x > 40.0 {
            // On a phone a shorter way to the left would end in the names.
            ("beside", x, -6, "end")
        } else {
            ("within", x, 9, "start")
        };
        let _ = write!(
            out,
            r#"<text class="{class}" x="{at:.2}%" dx="{dx}" y="{}" text-anchor="{anchor}">{time}</text>"#,
            y + 16
        );
    }
    out.push_str("</g>");
}

/// Notes in words, behind what else is said of a timeline: at most so many.
pub(in super::super) fn say_notes(notes: &[Annotation], zone: Zone) -> String {
    let said = notes.iter().take(MOST_NOTES).map(|note| {
        let cut: String = note.text.chars().take(MOST_NOTE_CHARS).collect();
        format!(" Note at {}: {cut}.", text::second(note.at, zone))
    });
    let said: String = said.collect();
    match notes.len().saturating_sub(MOST_NOTES) {
        0 => said,
        more => format!("{said} And {more} more notes."),
    }
}

/// A tick in one word: `30 s`, `5m`, `1h`, `1h 30m`.
fn tick_word(seconds: i64) -> String {
    match (seconds / 3600, seconds % 3600 / 60) {
        _ if seconds == 0 => "0".to_owned(),
        _ if seconds < 60 => format!("{seconds} s"),
        (0, minutes) => format!("{minutes}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h {minutes}m"),
    }
}

/// Seconds at which a tick stands: at most six of them, the last not at the edge.
fn ticks(whole_micros: i64) -> Vec<i64> {
    let seconds = whole_micros / 1_000_000;
    let step = STEPS.iter().copied().find(|step| seconds / step <= 5);
    let step = step.unwrap_or_else(|| (seconds / 5).max(86_400));
    let ticks = (0..=seconds / step).map(|index| index * step);
    ticks
        .filter(|tick| *tick as f64 * 1e6 <= whole_micros as f64 * 0.97)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_stand_at_their_moments_without_their_words() {
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        let bar = Bar {
            start: at(0),
            end: Some(at(100)),
            is_open: false,
            tone: "tone-plain",
            spent: None,
        };
        let plan = Plan {
            bars: vec![bar],
            notes: vec![at(-5), at(25), at(105)],
            ..Plan::default()
        };
        let drawing = draw(&plan, at(100));
        assert_eq!(drawing.matches("class=\"nt\"").count(), 1, "{drawing}");
        assert!(drawing.contains("class=\"nt\" x1=\"25.00%\""), "{drawing}");
    }

    #[test]
    fn ticks_are_few_at_any_length() {
        for seconds in [0, 1, 4, 59, 61, 3_601, 86_400, 90_000_000] {
            let ticks = ticks(seconds * 1_000_000 + 1);
            assert!(ticks.len() <= 6, "{seconds}: {ticks:?}");
        }
    }
}
