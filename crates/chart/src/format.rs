//! Figures as the house writes them: `12 ms`, `38 s`, `7m 34s`, `94.2%`, `12.48 M`. In: a value and its unit.
//! Out: a text; unknown is `–`, never 0.

/// What a value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// Whole things.
    Count,
    /// A number without a unit.
    Number,
    /// Per cent: 50 is half.
    Percent,
    /// Milliseconds.
    DurationMs,
}

impl Unit {
    /// A value as it stands in a read-out.
    pub fn show(self, value: f64) -> String {
        if !value.is_finite() {
            return "–".to_owned();
        }
        match self {
            Self::Count | Self::Number => number(value),
            Self::Percent => format!("{}%", trimmed(value, 1)),
            Self::DurationMs => duration(value),
        }
    }
}

/// A number with four significant figures where it is not whole, separators up to a million, letters beyond.
pub fn number(value: f64) -> String {
    let magnitude = value.abs();
    if !value.is_finite() {
        return "–".to_owned();
    }
    for (unit, letter) in [(1e12, " T"), (1e9, " G"), (1e6, " M")] {
        if magnitude >= unit {
            return if magnitude >= 1e15 {
                format!("{value:.3e}")
            } else {
                format!("{}{letter}", trimmed(value / unit, 2))
            };
        }
    }
    if magnitude >= 1000.0 {
        return thousands(value.round());
    }
    if magnitude != 0.0 && magnitude < 0.001 {
        return format!("{value:.2e}");
    }
    let decimals = match magnitude {
        m if m >= 100.0 => 1,
        m if m >= 10.0 => 2,
        m if m >= 0.1 => 3,
        _ => 4,
    };
    trimmed(value, decimals)
}

/// A duration in milliseconds, in at most two units.
pub fn duration(ms: f64) -> String {
    if ms < 0.0 {
        return format!("-{}", duration(-ms));
    }
    if ms < 1.0 {
        return format!("{} ms", trimmed(ms, 2));
    }
    if ms.round() < 1000.0 {
        return format!("{} ms", ms.round());
    }
    if ms < 9_950.0 {
        return format!("{} s", trimmed(ms / 1000.0, 1));
    }
    let seconds = (ms / 1000.0).round();
    let (big, small, letters) = match seconds {
        s if s < 60.0 => return format!("{s} s"),
        s if s < 3600.0 => ((s / 60.0).floor(), s % 60.0, ("m", "s")),
        s if s < 86_400.0 => (
            (s / 3600.0).floor(),
            (s % 3600.0 / 60.0).floor(),
            ("h", "m"),
        ),
        s => (
            (s / 86_400.0).floor(),
            (s % 86_400.0 / 3600.0).floor(),
            ("d", "h"),
        ),
    };
    if small == 0.0 {
        format!("{big}{}", letters.0)
    } else {
        format!("{big}{} {small}{}", letters.0, letters.1)
    }
}

/// At most so many decimals, none of them a trailing zero, and never `-0`.
pub(crate) fn trimmed(value: f64, decimals: usize) -> String {
    let text = format!("{value:.decimals$}");
    let text = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    if text == "-0" { "0" } else { text }.to_owned()
}

fn thousands(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut out = String::from(if value < 0.0 { "-" } else { "" });
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_the_house_writes_them() {
        let table = [
            (Unit::Count, 0.0, "0"),
            (Unit::Count, -0.0, "0"),
            (Unit::Count, 1284.0, "1,284"),
            (Unit::Count, 999_999.0, "999,999"),
            (Unit::Count, 12_480_000.0, "12.48 M"),
            (Unit::Number, 0.61, "0.61"),
            (Unit::Number, -1234.5, "-1,235"),
            (Unit::Number, 0.000_012_34, "1.23e-5"),
            (Unit::Number, 1e300, "1.000e300"),
            (Unit::Percent, 94.24, "94.2%"),
            (Unit::Percent, 98.0, "98%"),
            (Unit::DurationMs, 12.4, "12 ms"),
            (Unit::DurationMs, 999.7, "1 s"),
            (Unit::DurationMs, 1_240.0, "1.2 s"),
            (Unit::DurationMs, 38_000.0, "38 s"),
            (Unit::DurationMs, 59_999.0, "1m"),
            (Unit::DurationMs, 454_000.0, "7m 34s"),
            (Unit::DurationMs, 9_840_000.0, "2h 44m"),
            (Unit::DurationMs, 90_000_000.0, "1d 1h"),
            (Unit::DurationMs, -38_000.0, "-38 s"),
            (Unit::Number, f64::NAN, "–"),
            (Unit::DurationMs, f64::INFINITY, "–"),
        ];
        for (unit, value, text) in table {
            assert_eq!(unit.show(value), text, "{unit:?} {value}");
        }
    }
}
