//! Spans of time. In: a duration. Out: `12 ms`, `38 s`, `7m 34s`, `2h 44m`, `12d 4h`.

use loopscope_event::Duration;

use super::decimal;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A span in its two largest units.
pub fn span(span: Duration) -> String {
    let micros = span.as_micros().max(0);
    let seconds = micros / 1_000_000;
    match seconds {
        0 if micros < 10_000 => format!("{} ms", decimal(micros as f64 / 1e3, 1)),
        0 => format!("{} ms", micros / 1000),
        1..10 => format!("{} s", decimal(micros as f64 / 1e6, 1)),
        10..MINUTE => format!("{seconds} s"),
        _ => two_units(seconds),
    }
}

/// A span that ticks once a second: whole seconds from the first, so that its width stays.
pub fn clock_span(span: Duration) -> String {
    let seconds = (span.as_micros() / 1_000_000).max(0);
    if seconds < MINUTE {
        format!("{seconds} s")
    } else {
        two_units(seconds)
    }
}

/// How long ago, in one unit: `0.4 s`, `12 s`, `18 m`, `3 h`, `2 d`.
pub fn age(span: Duration) -> String {
    let micros = span.as_micros().max(0);
    let seconds = micros / 1_000_000;
    match seconds {
        0..10 => format!("{:.1} s", micros as f64 / 1e6),
        10..MINUTE => format!("{seconds} s"),
        MINUTE..HOUR => format!("{} m", seconds / MINUTE),
        HOUR..DAY => format!("{} h", seconds / HOUR),
        _ => format!("{} d", seconds / DAY),
    }
}

fn two_units(seconds: i64) -> String {
    match seconds {
        ..HOUR => format!("{}m {:02}s", seconds / MINUTE, seconds % MINUTE),
        HOUR..DAY => format!("{}h {:02}m", seconds / HOUR, seconds % HOUR / MINUTE),
        _ => format!("{}d {}h", seconds / DAY, seconds % DAY / HOUR),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_use_the_units_that_fit() {
        for (micros, text) in [
            (-5, "0 ms"),
            (1500, "1.5 ms"),
            (12_000, "12 ms"),
            (1_240_000, "1.2 s"),
            (38_000_000, "38 s"),
            (454_000_000, "7m 34s"),
            (9_840_000_000, "2h 44m"),
            (1_051_200_000_000, "12d 4h"),
        ] {
            assert_eq!(span(Duration::from_micros(micros)), text);
        }
    }

    #[test]
    fn ages_have_one_unit_and_are_never_negative() {
        for (micros, text) in [
            (-9_000_000, "0.0 s"),
            (400_000, "0.4 s"),
            (59_999_999, "59 s"),
            (1_080_000_000, "18 m"),
            (90_000_000_000, "1 d"),
        ] {
            assert_eq!(age(Duration::from_micros(micros)), text);
        }
        assert_eq!(clock_span(Duration::from_millis(900)), "0 s");
    }
}
