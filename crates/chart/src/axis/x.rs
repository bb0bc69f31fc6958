//! The horizontal axis: iterations, numbers or moments. In: what it counts, what the data needs, a view. Out:
//! places, words for them, and the names below the plot.

use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use crate::clock::Clock;
use crate::format::Unit;
use crate::ink::Ink;
use crate::key::Key;
use crate::measure::{TEXT_PX, width_px};
use crate::pen::{Drawn, Pen};
use crate::scale::Scale;
use crate::slots::{Moments, Slots};
use crate::ticks::{self, Tick, Ticks};
use crate::view::View;

/// What the horizontal axis counts.
#[derive(Debug, Clone, PartialEq)]
pub enum XAxis {
    /// A place for each iteration, those to come included.
    Slots(Slots),
    /// Numbers, from edge to edge.
    Number {
        /// What they count: `Step`.
        word: String,
        /// From and to; the data's own where not given.
        range: Option<(f64, f64)>,
    },
    /// Time since a start, in ms.
    Elapsed {
        /// From and to; the data's own where not given.
        range: Option<(f64, f64)>,
    },
    /// Moments, in ms since the epoch.
    Time {
        /// The clocks of the reader's zone.
        clock: Clock,
        /// From and to; the data's own where not given.
        range: Option<(f64, f64)>,
    },
}

/// Where the values of a horizontal axis are, as fractions of the whole.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum XPlaces {
    Slots(usize),
    Line(Scale),
}

/// A number of slots, or the edges of an axis and whether it goes by powers of ten.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Needs {
    /// How many slots the data fills.
    pub slots: usize,
    /// The first and last x of the data.
    pub data: Option<(f64, f64)>,
    /// From which x on an axis by powers of ten can begin; `None` where the axis is linear.
    pub log_from: Option<f64>,
}

impl XPlaces {
    pub(crate) fn whole(&self, x: f64) -> f64 {
        match self {
            Self::Slots(count) => (x + 0.5) / *count as f64,
            Self::Line(scale) => scale.fraction(x).unwrap_or(f64::NAN),
        }
    }

    fn is_log(&self) -> bool {
        matches!(self, Self::Line(scale) if scale.is_log())
    }

    pub(crate) fn value(&self, whole: f64) -> f64 {
        match self {
            Self::Slots(count) => whole * *count as f64 - 0.5,
            Self::Line(scale) => scale.value(whole),
        }
    }
}

impl XAxis {
    /// Where values are, given what the data needs.
    pub(crate) fn places(&self, needs: Needs) -> XPlaces {
        let Needs { data, .. } = needs;
        match self {
            Self::Slots(own) => XPlaces::Slots(needs.slots.max(own.count).max(1)),
            Self::Number { range, .. } | Self::Elapsed { range } | Self::Time { range, .. } => {
                let (from, to) = range.or(data).unwrap_or((0.0, 1.0));
                match (self, needs.log_from) {
                    (Self::Number { .. }, Some(first)) => {
                        let from = if from > 0.0 { from } else { first };
                        XPlaces::Line(Scale::log(from, to))
                    }
                    _ => XPlaces::Line(Scale::linear(from, to)),
                }
            }
        }
    }

    /// From a number that is told (of an iteration, a step) to the x that points have.
    pub(crate) fn x_of(&self, mark: f64) -> f64 {
        match self {
            Self::Slots(slots) => slots.x_of(mark),
            Self::Number { .. } | Self::Elapsed { .. } | Self::Time { .. } => mark,
        }
    }

    /// The other way round.
    pub(crate) fn mark_of(&self, x: f64) -> f64 {
        match self {
            Self::Slots(slots) => slots.mark_of(x),
            Self::Number { .. } | Self::Elapsed { .. } | Self::Time { .. } => x,
        }
    }

    /// A number that is told, in words.
    pub(crate) fn say_mark(&self, mark: f64) -> String {
        match self {
            Self::Slots(slots) => slots.say_number(mark),
            Self::Number { .. } | Self::Elapsed { .. } | Self::Time { .. } => self.say(mark),
        }
    }

    /// What the axis counts, for a table's head.
    pub fn word(&self) -> &str {
        match self {
            Self::Slots(Slots { word, .. }) | Self::Number { word, .. } => word,
            Self::Elapsed { .. } => "Elapsed",
            Self::Time { .. } => "Time",
        }
    }

    /// One place in words: `Iteration 5`.
    pub fn say(&self, x: f64) -> String {
        match self {
            Self::Slots(_) | Self::Number { .. } => {
                format!("{} {}", self.word(), self.figure(x))
            }
            Self::Elapsed { .. } => format!("{} in", self.figure(x)),
            Self::Time { .. } => self.figure(x),
        }
    }

    /// One place as a figure: `5`.
    pub fn figure(&self, x: f64) -> String {
        match self {
            Self::Slots(slots) => slots.figure(x as usize),
            Self::Number { .. } => Unit::Number.show(x),
            Self::Elapsed { .. } => Unit::DurationMs.show(x),
            Self::Time { clock, .. } => ticks::time::moment(x, clock),
        }
    }

    /// The names below the plot.
    pub(crate) fn draw<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        places: &XPlaces,
        view: &View,
        height_px: f64,
    ) -> Drawn<DB> {
        for tick in self.ticks(places, view) {
            let at = view.place(places.whole(tick.value));
            if View::sees(at) {
                let key = Key::mark(Ink::Text3);
                pen.text(&tick.label, (at, height_px + 12.0), HPos::Center, key)?;
            }
        }
        Ok(())
    }

    fn ticks(&self, places: &XPlaces, view: &View) -> Vec<Tick> {
        let (low, high) = (places.value(view.from), places.value(view.to));
        let lines = |label_px: f64| ((view.width_px / label_px) as usize).clamp(2, 9);
        match self {
            Self::Slots(slots) => match slots.moments {
                Some(own) => moment_ticks(slots, own, (low, high), lines(80.0)),
                None => slot_ticks(slots, low, high, view),
            },
            Self::Number { .. } if places.is_log() => Ticks::log(low, high, lines(64.0)).ticks,
            Self::Number { .. } => Ticks::within(low, high, Unit::Number, lines(64.0)).ticks,
            Self::Elapsed { .. } => Ticks::within(low, high, Unit::DurationMs, lines(64.0)).ticks,
            Self::Time { clock, .. } => ticks::time(low, high, clock, lines(80.0)).ticks,
        }
    }
}

/// Round moments, at the slots that they fall into.
fn moment_ticks(slots: &Slots, own: Moments, (low, high): (f64, f64), lines: usize) -> Vec<Tick> {
    let ms = |slot: f64| own.ms(slots.mark_of(slot));
    let ticks = ticks::time(
        ms(low.max(0.0)),
        ms(high),
        &Clock::fixed(own.utc_offset_s),
        lines,
    )
    .ticks;
    let placed = ticks.into_iter().map(|tick| Tick {
        value: slots.x_of(tick.value / own.width_ms.max(1) as f64),
        ..tick
    });
    placed.collect()
}

/// Every iteration's number where there is room, else the round ones.
fn slot_ticks(slots: &Slots, low: f64, high: f64, view: &View) -> Vec<Tick> {
    let (from, to) = ((low + 0.5).max(0.0), (high + 0.5).max(1.0));
    let number = |slot: f64| slots.number(slot as usize);
    let widest = [number(from), number(to)]
        .map(|n| width_px(&n.to_string(), TEXT_PX))
        .into_iter()
        .fold(0.0, f64::max);
    let fits = (view.width_px / (widest + 6.0)).floor().max(1.0);
    let step = if to - from <= fits {
        1
    } else {
        round_up((to - from) / fits)
    };
    // Round numbers, or, where neighbours were summed and numbers are odd ones, round places.
    let start = if slots.stride > 1 {
        from as i64
    } else {
        number(from.floor())
    };
    let behind = start.rem_euclid(step);
    let skip = if behind == 0 { 0 } else { step - behind };
    (0..)
        .map(|i| from.floor() + (skip + i * step) as f64)
        .take_while(|slot| *slot < to)
        .take(fits as usize + 2)
        .map(|value| Tick {
            value,
            label: number(value).to_string(),
        })
        .collect()
}

/// The next of 1, 2, 5, 10, 20, 50, …
fn round_up(wanted: f64) -> i64 {
    let mut step = 1_i64;
    for factor in [2.0, 2.5, 2.0].into_iter().cycle().take(45) {
        if step as f64 >= wanted {
            break;
        }
        step = (step as f64 * factor).round() as i64;
    }
    step
}
