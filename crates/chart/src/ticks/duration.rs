//! Round steps of time: 1, 2, 5, 10, 15, 20, 30 of a second or a minute, hours, days. All labels of an axis
//! are in one unit, the step's: `0 m`, `2 m`, `4 m`.

use super::{Label, number};

const SECOND: f64 = 1000.0;
const MINUTE: f64 = 60.0 * SECOND;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;

/// Steps between a second and a day, in ms.
const STEPS: [f64; 18] = [
    SECOND,
    2.0 * SECOND,
    5.0 * SECOND,
    10.0 * SECOND,
    15.0 * SECOND,
    20.0 * SECOND,
    30.0 * SECOND,
    MINUTE,
    2.0 * MINUTE,
    5.0 * MINUTE,
    10.0 * MINUTE,
    15.0 * MINUTE,
    20.0 * MINUTE,
    30.0 * MINUTE,
    HOUR,
    2.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
];

/// The smallest round step, in ms, that is enough, and how its ticks are written.
pub(super) fn step(span_ms: f64, most: usize, enough: impl Fn(f64) -> bool) -> (f64, Label) {
    let fine = number::step(span_ms, most, 0.0, &enough);
    let step = if fine < SECOND {
        fine
    } else {
        STEPS
            .into_iter()
            .find(|step| enough(*step))
            .unwrap_or_else(|| number::step(span_ms / DAY, most, 1.0, |s| enough(s * DAY)) * DAY)
    };
    let (unit, letter) = match step {
        s if s < SECOND => (1.0, "ms"),
        s if s < MINUTE => (SECOND, "s"),
        s if s < HOUR => (MINUTE, "m"),
        s if s < DAY => (HOUR, "h"),
        _ => (DAY, "d"),
    };
    let label = move |value: f64| format!("{} {letter}", number::label(value / unit, step / unit));
    (step, Box::new(label))
}
