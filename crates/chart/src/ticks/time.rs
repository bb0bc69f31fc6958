//! Ticks of wall time. In: two instants in ms since the epoch and an offset from UTC. Out: round moments of
//! that zone: `14:32:08`, `14:30`, `3 Nov`, `Nov`, `2026`.

use super::{Tick, Ticks};
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
pub fn time(a_ms: f64, b_ms: f64, utc_offset_s: i32, lines: usize) -> Ticks {
    let (low, high) = sane_range(a_ms, b_ms);
    let most = lines.max(1) as f64;
    let offset = f64::from(utc_offset_s) * SECOND;
    let wanted = (high - low) / most;
    let last = STEPS[STEPS.len() - 1];
    let step = STEPS
        .into_iter()
        .find(|step| *step >= wanted)
        .unwrap_or_else(|| (wanted / last).ceil() * last);
    let first = ((low + offset) / step).ceil();
    let ticks = (0..=lines)
        .map(|i| (first + i as f64) * step - offset)
        .take_while(|value| *value <= high)
        .take(lines.max(1))
        .map(|value| Tick {
            value,
            label: label(value + offset, step),
        })
        .collect();
    Ticks { low, high, ticks }
}

/// A moment as a read-out says it: date and time to the second.
pub(crate) fn moment(ms: f64, utc_offset_s: i32) -> String {
    let local = ms + f64::from(utc_offset_s) * SECOND;
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
