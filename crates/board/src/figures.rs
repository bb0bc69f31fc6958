//! Numbers as people read them: `12 ms`, `38 s`, `7m 34s`, `2h 44m`, `3 fixes`.

use loopscope_event::{Duration, Severities, Severity};

/// A span in its two largest units.
pub fn span(span: Duration) -> String {
    let micros = span.as_micros().max(0);
    let (millis, seconds) = (micros / 1_000, micros / 1_000_000);
    let (minutes, hours) = (seconds / 60, seconds / 3_600);
    match () {
        () if millis == 0 => format!("{micros} µs"),
        () if seconds == 0 => format!("{millis} ms"),
        () if seconds < 10 => format!("{}.{} s", seconds, millis % 1_000 / 100),
        () if minutes == 0 => format!("{seconds} s"),
        () if hours == 0 => format!("{minutes}m {:02}s", seconds % 60),
        () => format!("{hours}h {:02}m", minutes % 60),
    }
}

/// `1 fix`, `2 fixes`; `many` is the plural.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The severities that there are, worst first, the first two: `2 critical · 7 high`.
pub(crate) fn severities(severities: &Severities) -> Option<String> {
    let said: Vec<String> = Severity::ALL
        .iter()
        .map(|severity| (severity, severities.get(*severity)))
        .filter(|(_, count)| *count > 0)
        .take(2)
        .map(|(severity, count)| format!("{count} {severity}"))
        .collect();
    (!said.is_empty()).then(|| said.join(" · "))
}

/// A number with at most four significant digits.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 || (value.fract() == 0.0 && size < 1e6) {
        format!("{value}")
    } else if !(1e-3..1e6).contains(&size) {
        format!("{value:.3e}")
    } else {
        let digits = (3 - size.log10().floor() as i32).clamp(0, 6) as usize;
        format!("{value:.digits$}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_their_two_largest_units() {
        for (micros, expected) in [
            (0, "0 µs"),
            (12_400, "12 ms"),
            (4_260_000, "4.2 s"),
            (38_900_000, "38 s"),
            (454_000_000, "7m 34s"),
            (9_840_000_000, "2h 44m"),
            (-5, "0 µs"),
        ] {
            assert_eq!(span(Duration::from_micros(micros)), expected);
        }
    }

    #[test]
    fn numbers_stay_short() {
        for (value, expected) in [
            (0.0, "0"),
            (3.0, "3"),
            (0.123_456, "0.1235"),
            (12.345_67, "12.35"),
            (1e-9, "1.000e-9"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(number(value), expected);
        }
    }
}
