//! Ticks: three to five round values over a range, with their labels. In: a range as it came, a unit, how many
//! lines there may be. Out: [`Ticks`], whose ends are ticks (except on a free axis, see [`Ticks::within`]).
//!
//! Any pair of numbers is an answer: every loop here has a bound that does not depend on the values.

mod duration;
mod log;
mod number;
pub(crate) mod time;

pub use self::time::time;

use crate::format::Unit;
use crate::scale::sane_range;

/// One line of a grid.
#[derive(Debug, Clone, PartialEq)]
pub struct Tick {
    /// Where it is.
    pub value: f64,
    /// What stands beside it.
    pub label: String,
}

/// Ticks in rising order, with the range that they cover.
#[derive(Debug, Clone, PartialEq)]
pub struct Ticks {
    /// The lowest value of the axis.
    pub low: f64,
    /// Its highest value.
    pub high: f64,
    /// Its lines.
    pub ticks: Vec<Tick>,
}

impl Ticks {
    /// Round values that cover a range, at most `lines` of them (not fewer than 2).
    pub fn cover(a: f64, b: f64, unit: Unit, lines: usize) -> Self {
        let (low, high) = sane_range(a, b);
        let most = lines.max(2) - 1;
        let (step, label) = step_for(low, high, unit, most);
        let (first, count) = span(low, high, step);
        let ticks = (0..=count)
            .map(|i| tick((first + i as f64) * step, &label))
            .collect();
        Self {
            low: first * step,
            high: (first + count as f64) * step,
            ticks,
        }
    }

    /// Round values inside a range that stays as it is.
    pub fn within(a: f64, b: f64, unit: Unit, lines: usize) -> Self {
        let (low, high) = sane_range(a, b);
        let mut ticks = Self::cover(low, high, unit, lines.max(2));
        let slack = (high - low) * 1e-9;
        ticks
            .ticks
            .retain(|tick| tick.value >= low - slack && tick.value <= high + slack);
        Self { low, high, ..ticks }
    }

    /// Powers of ten, or round values between them, over a logarithmic range.
    pub fn log(a: f64, b: f64, lines: usize) -> Self {
        log::cover(a, b, lines.max(2))
    }
}

/// How a tick's value is written, given the step.
type Label = Box<dyn Fn(f64) -> String>;

fn tick(value: f64, label: &Label) -> Tick {
    // Adding zero turns -0 into 0.
    let value = value + 0.0;
    Tick {
        value,
        label: label(value),
    }
}

/// The smallest round step that needs no more than `most` intervals to cover the range.
fn step_for(low: f64, high: f64, unit: Unit, most: usize) -> (f64, Label) {
    let enough = |step: f64| span(low, high, step).1 <= most;
    let whole = if unit == Unit::Count { 1.0 } else { 0.0 };
    match unit {
        Unit::DurationMs => duration::step(high - low, most, enough),
        Unit::Count | Unit::Number | Unit::Percent => {
            let step = number::step(high - low, most, whole, enough);
            let suffix = if unit == Unit::Percent { "%" } else { "" };
            let label = move |value| format!("{}{suffix}", number::label(value, step));
            (step, Box::new(label))
        }
    }
}

/// The number of the first tick, and how many intervals reach the end.
fn span(low: f64, high: f64, step: f64) -> (f64, usize) {
    // A range that ends on a tick but for the noise of its last bits ends there.
    let first = (low / step + 1e-9).floor();
    let last = (high / step - 1e-9).ceil();
    (first, (last - first).max(1.0) as usize)
}

#[cfg(test)]
mod tests;
