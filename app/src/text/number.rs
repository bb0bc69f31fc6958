//! Counts and sizes. In: numbers. Out: short text with its unit.

/// A whole number with thousands apart: `1,284`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A whole number that may be large: below a million as [`count`], else figure and unit apart (`12.48`, `M`).
pub fn compact(value: u64) -> (String, &'static str) {
    const UNITS: [(u64, &str); 3] = [
        (1_000_000_000_000, "T"),
        (1_000_000_000, "B"),
        (1_000_000, "M"),
    ];
    for (unit, name) in UNITS {
        if value >= unit {
            return (decimal(value as f64 / unit as f64, 2), name);
        }
    }
    (count(value), "")
}

/// A number with at most so many decimals and no trailing zeros: `5.8`, `12`.
pub fn decimal(value: f64, places: usize) -> String {
    let text = format!("{value:.places$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}

/// A share of a whole in per cent, without decimals: `86%`. `None` of nothing.
pub fn percent(part: u64, whole: u64) -> Option<String> {
    (whole > 0).then(|| format!("{:.0}%", part as f64 * 100.0 / whole as f64))
}

/// Bytes in the unit that fits: `96 KB`, `3.1 GB`.
pub fn bytes(value: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KB", "MB", "GB", "TB"];
    let mut rest = value as f64;
    let mut unit = 0;
    while rest >= 999.5 && unit < UNITS.len() - 1 {
        rest /= 1000.0;
        unit += 1;
    }
    let places = usize::from(unit > 0 && rest < 9.95);
    format!("{} {}", decimal(rest, places), UNITS[unit])
}

/// A count and its word: `1 event`, `3 events`.
pub fn plural(value: u64, word: &str) -> String {
    let s = if value == 1 { "" } else { "s" };
    format!("{} {word}{s}", count(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        for (value, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (1_284_000, "1,284,000"),
        ] {
            assert_eq!(count(value), text);
        }
        assert_eq!(compact(12_480_000), ("12.48".to_owned(), "M"));
        assert_eq!(compact(999_999), ("999,999".to_owned(), ""));
        assert_eq!(percent(131, 152).as_deref(), Some("86%"));
        assert_eq!(percent(0, 0), None);
        assert_eq!(decimal(5.80, 2), "5.8");
        assert_eq!(decimal(10.0, 1), "10");
        assert_eq!(plural(1, "event"), "1 event");
    }

    #[test]
    fn sizes_take_the_unit_that_fits() {
        for (value, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1 KB"),
            (96_000, "96 KB"),
            (999_700, "1 MB"),
            (3_100_000_000, "3.1 GB"),
        ] {
            assert_eq!(bytes(value), text);
        }
    }
}
