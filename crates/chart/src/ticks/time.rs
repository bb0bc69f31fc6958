//! Ticks of wall time. In: two instants in ms since the epoch and the clocks of a zone. Out: round moments of
//! that zone, by the clocks of their own day: `14:32:08`, `14:30`, `3 Nov`, `Nov`, `2026`.

use super::{Tick, Ticks};
use crate::clock::Clock;
use crate::scale::sane_range;

const SECOND: f64 = 1000.0;
const MINUTE: f64 = 60.0 * SECOND;
const HOUR: f64 = 60.0 * MINUTE;
const DAY: f64 = 24.0 * HOUR;
/// Steps in ms; beyond the last, whole multiples of it.
const STEPS: [f64; 23] = [
    SECOND / 10.0,
    SECOND,
    2.0 * SECOND,
    5.0 * SECOND,
    10.0 * SECOND,
    15.0 * SECOND,
    30.0 * SECOND,
    MINUTE,
    2.0 * MINUTE,
    5.0 * MINUTE,
    10.0 * MINUTE,
    15.0 * MINUTE,
    30.0 * MINUTE,
    HOUR,
    2.0 * HOUR,
    3.0 * HOUR,
    6.0 * HOUR,
    12.0 * HOUR,
    DAY,
    2.0 * DAY,
    7.0 * DAY,
    28.0 * DAY,
    364.0 * DAY,
];
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// At most `lines` moments between two instants.
pub fn time(a_ms: f64, b_ms: f64, clock: &Clock, lines: usize) -> Ticks {
    let (low, high) = sane_range(a_ms, b_ms);
    let most = lines.max(1) as f64;
    let wanted = (high - low) / most;
    let last = STEPS[STEPS.len() - 1];
    let step = STEPS
        .into_iter()
        .find(|step| *step >= wanted)
        .unwrap_or_else(|| (wanted / last).ceil() * last);
    let mut ticks: Vec<Tick> = Vec::new();
    for (from, to, ahead) in clock.stretches(low, high) {
        let first = ((from + ahead) / step).ceil();
        let moments = (0..=lines).map(|i| (first + i as f64) * step - ahead);
        for value in moments.take_while(|value| *value < to && *value <= high) {
            // Clocks that are set back show a time twice: what would stand on its neighbour is left out.
            let is_apart = |last: &Tick| value - last.value >= step / 2.0;
            if ticks.len() < lines.max(1) && ticks.last().is_none_or(is_apart) {
                ticks.push(Tick {
                    value,
                    label: label(value + ahead, step),
                });
            }
        }
    }
    Ticks { low, high, ticks }
}

/// A moment as a read-out says it: date and time to the second.
pub(crate) fn moment(ms: f64, clock: &Clock) -> String {
    let local = clock.shows(ms);
    format!("{} {}", label(local, DAY), label(local, SECOND))
}

fn label(local_ms: f64, step: f64) -> String {
    let days = (local_ms / DAY).floor();
    let (year, month, day) = civil(days);
    if step >= 364.0 * DAY {
        return year.to_string();
    }
    let month = MONTHS[(month - 1).clamp(0, 11) as usize];
    if step >= 28.0 * DAY {
        return format!("{month} {year}");
    }
    if step >= DAY {
        return format!("{day} {month}");
    }
    let of_day = local_ms - days * DAY;
    let (hour, minute) = ((of_day / HOUR).floor(), (of_day % HOUR / MINUTE).floor());
    let second = of_day % MINUTE / SECOND;
    if step >= MINUTE {
        format!("{hour:02}:{minute:02}")
    } else if step >= SECOND {
        format!("{hour:02}:{minute:02}:{:02}", second.floor())
    } else {
        format!(
            "{hour:02}:{minute:02}:{:04.1}",
            (second * 10.0).floor() / 10.0
        )
    }
}

/// Year, month, day of a day since 1970-01-01, in the proleptic Gregorian calendar
/// (Hinnant, "chrono-compatible low-level date algorithms").
fn civil(days: f64) -> (i64, i64, i64) {
    // A hundred million years to either side is enough for anybody.
    let z = days.clamp(-4e10, 4e10) as i64 + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}
