//! Lengths of time on a command line.

use std::time::Duration;

/// Reads `500ms`, `60s`, `2m`, `1h`; a bare number is seconds.
pub fn duration(text: &str) -> Result<Duration, String> {
    let unit_at = text
        .find(|letter: char| letter.is_ascii_alphabetic())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let seconds = match unit {
        "ms" => 0.001,
        "s" | "" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        other => return Err(format!("unknown unit {other:?}; use ms, s, m or h")),
    };
    let number: f64 = number
        .parse()
        .map_err(|_| format!("{number:?} is no number"))?;
    Duration::try_from_secs_f64(number * seconds).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_with_and_without_units() {
        let rows = [
            ("0", 0),
            ("1", 1_000),
            ("0.5", 500),
            ("250ms", 250),
            ("60s", 60_000),
            ("2m", 120_000),
        ];
        for (text, millis) in rows {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "s", "-1", "5 parsecs", "1e400", "NaN"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
