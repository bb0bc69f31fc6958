//! Flags: moments that somebody marked, on whatever axis a chart has. In: a number on the axis and a few words. Out: a
//! thin line with a flag at its top, the words beside it where there is room; and all of them as a sentence.

use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use crate::ink::Ink;
use crate::key::{Dash, Key};
use crate::measure::{TEXT_PX, fit, width_px};
use crate::pen::{Drawn, Pen};
use crate::view::View;

/// A marked moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Flag {
    /// The number on the horizontal axis: of an iteration, a step, or ms since the epoch.
    pub at: f64,
    /// What is to be said of it. May be long: what has no room is cut.
    pub label: String,
}

impl Flag {
    /// A flag.
    pub fn new(at: f64, label: impl Into<String>) -> Self {
        Self {
            at,
            label: label.into(),
        }
    }
}

/// Drawn as a flag by both backends, so that no font needs to have it.
pub(crate) const GLYPH: &str = "\u{2691}";
/// The flag's outline around the top of its pole, in px.
pub(crate) const OUTLINE_PX: [(f64, f64); 5] =
    [(0.0, 0.0), (9.0, 0.0), (6.5, 3.5), (9.0, 7.0), (0.0, 7.0)];

/// From the pole to the words.
const NUDGE_PX: i8 = 12;
/// Flags nearer than this share a pole.
const APART_PX: f64 = 3.0;
/// Words that would be shorter are left out; longer ones are cut.
const WORDS_PX: (f64, f64) = (26.0, 130.0);
/// The flags that a sentence names; the rest are counted.
const MOST_NAMED: usize = 6;
/// A point this near to a pole has its words in the read-out.
const REACH_PX: f64 = 5.0;

/// Draws them; `whole` says where a number on the axis is, as a fraction of the whole.
pub(crate) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    flags: &[Flag],
    view: &View,
    height_px: f64,
    whole: impl Fn(f64) -> f64,
) -> Drawn<DB> {
    let mut seen: Vec<(f64, &str)> = flags
        .iter()
        .map(|flag| (view.place(whole(flag.at)), flag.label.as_str()))
        .filter(|(place, _)| View::sees(*place))
        .collect();
    seen.sort_by(|a, b| a.0.total_cmp(&b.0));
    seen.dedup_by(|next, kept| (next.0 - kept.0) * view.width_px < APART_PX);
    let pole = Key {
        dash: Dash::Dotted,
        ..Key::mark(Ink::Text2)
    };
    for (place, _) in &seen {
        pen.line(&[(*place, 0.0), (*place, height_px)], pole, 1.0, 1.0)?;
    }
    let words = Key {
        label: true,
        nudge_px: NUDGE_PX,
        ..Key::mark(Ink::Text2)
    };
    for (i, (place, label)) in seen.iter().enumerate() {
        pen.text(
            GLYPH,
            (*place, 0.0),
            HPos::Left,
            Key {
                nudge_px: 0,
                ..words
            },
        )?;
        let next = seen.get(i + 1).map_or(1.0, |(next, _)| *next);
        let room_px = (next - place) * view.width_px - f64::from(NUDGE_PX) - 2.0;
        let text = fit(label, room_px.min(WORDS_PX.1));
        let wide_enough = width_px(&text, TEXT_PX) >= WORDS_PX.0 || text == *label;
        if !text.is_empty() && room_px > 0.0 && wide_enough {
            pen.text(&text, (*place, 4.0), HPos::Left, words)?;
        }
    }
    Ok(())
}

/// The words of the flags at a point's place.
pub(crate) fn near(
    flags: &[Flag],
    place: f64,
    view: &View,
    whole: impl Fn(f64) -> f64,
) -> Vec<String> {
    let reach = REACH_PX / view.width_px;
    let is_near = |flag: &&Flag| (view.place(whole(flag.at)) - place).abs() <= reach;
    let near = flags.iter().filter(is_near).take(MOST_NAMED);
    near.map(|flag| flag.label.clone()).collect()
}

/// ` Flags: bad data at Iteration 3, restarted at Iteration 5.`; nothing where there are none.
pub(crate) fn say(flags: &[Flag], say: impl Fn(f64) -> String) -> String {
    let mut sorted: Vec<&Flag> = flags.iter().filter(|flag| flag.at.is_finite()).collect();
    sorted.sort_by(|a, b| a.at.total_cmp(&b.at));
    if sorted.is_empty() {
        return String::new();
    }
    let more = sorted.len().saturating_sub(MOST_NAMED);
    sorted.truncate(MOST_NAMED);
    let told: Vec<_> = sorted
        .into_iter()
        .map(|flag| format!("{} at {}", flag.label, say(flag.at)))
        .collect();
    let rest = if more > 0 {
        format!(", and {more} more")
    } else {
        String::new()
    };
    format!(" Flags: {}{rest}.", told.join(", "))
}
