//! Ticks of a logarithmic axis: powers of ten where the range spans several, else 1, 2, 5 or 1, 3.

use super::{Tick, Ticks, number};
use crate::scale::Scale;

/// At most `lines` ticks over a range. The ends are the range's own, rounded out to figures that read well.
pub(super) fn cover(a: f64, b: f64, lines: usize) -> Ticks {
    let scale = Scale::log(a, b);
    let (low, high) = (scale.low(), scale.high());
    let (first, last) = (low.log10().floor() as i32, high.log10().ceil() as i32);
    let digit_sets: [&[f64]; 3] = [&[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]];
    // Up to four decades: try the finer sets first. A range of hundreds of decades never gets here.
    if last - first <= 4 {
        for digits in digit_sets {
            let ticks = around(low, high, first, last, digits);
            if ticks.len() >= 2 && ticks.len() <= lines {
                return finish(ticks, low, high);
            }
        }
    }
    let intervals = lines as i32 - 1;
    let stride = ((last - first).max(1) + intervals - 1) / intervals;
    let ticks = (0..lines as i32)
        .map(|i| 10_f64.powi(first.saturating_add(i * stride)))
        .filter(|value| *value > 0.0 && value.is_finite())
        .collect();
    finish(ticks, low, high)
}

/// The values of these digits from the last one not above the range to the first one not below it.
fn around(low: f64, high: f64, first: i32, last: i32, digits: &[f64]) -> Vec<f64> {
    let all: Vec<f64> = (first - 1..=last)
        .flat_map(|power| digits.iter().map(move |d| d * 10_f64.powi(power)))
        .collect();
    let from = all.iter().rposition(|v| *v <= low * 1.000_001).unwrap_or(0);
    let to = all
        .iter()
        .position(|v| *v >= high * 0.999_999)
        .unwrap_or(all.len() - 1);
    all.get(from..=to).unwrap_or_default().to_vec()
}

fn finish(values: Vec<f64>, low: f64, high: f64) -> Ticks {
    let ticks: Vec<_> = values
        .into_iter()
        .map(|value| Tick {
            value,
            label: number::label(value, value),
        })
        .collect();
    Ticks {
        low: ticks.first().map_or(low, |tick| tick.value.min(low)),
        high: ticks.last().map_or(high, |tick| tick.value.max(high)),
        ticks,
    }
}
