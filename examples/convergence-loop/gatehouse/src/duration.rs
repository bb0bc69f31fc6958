//! Spans of time as people write them: `1h30m`, `45s`, `2d`.

/// Reads a span as seconds. `None` for an unknown unit, a missing number or more than a `u64` holds.
pub fn parse(text: &str) -> Option<u64> {
    let mut total = 0_u64;
    let mut number = None;
    for letter in text.chars() {
        if let Some(digit) = letter.to_digit(10) {
            let so_far: u64 = number.unwrap_or(0);
            number = Some(so_far.checked_mul(10)?.checked_add(u64::from(digit))?);
        } else {
            let seconds = number.take()?.checked_mul(unit(letter)?)?;
            total = total.checked_add(seconds)?;
        }
    }
    (number.is_none() && !text.is_empty()).then_some(total)
}

fn unit(letter: char) -> Option<u64> {
    match letter {
        's' => Some(1),
        'm' => Some(60),
        'h' => Some(60 * 60),
        'd' => Some(24 * 60 * 60),
        _ => None,
    }
}

/// Writes seconds as a span that [`parse`] reads back, largest unit first.
pub fn format(seconds: u64) -> String {
    let mut out = String::new();
    let mut rest = seconds;
    for (size, letter) in [(86_400, 'd'), (3_600, 'h'), (60, 'm'), (1, 's')] {
        let count = rest / size;
        rest %= size;
        if count > 0 {
            out.push_str(&count.to_string());
            out.push(letter);
        }
    }
    if out.is_empty() {
        out.push_str("0s");
    }
    out
}

/// How long is left of a budget, 0 when it is spent.
pub fn left(budget: u64, spent: u64) -> u64 {
    budget.saturating_sub(spent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_units() {
        assert_eq!(parse("1h30m"), Some(5_400));
        assert_eq!(parse("2d"), Some(172_800));
        assert_eq!(parse("45s"), Some(45));
    }

    #[test]
    fn refuses_what_it_cannot_read() {
        for text in ["", "5", "h", "5x", "1h5"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn writes_the_largest_unit_first() {
        assert_eq!(format(90_061), "1d1h1m1s");
        assert_eq!(format(0), "0s");
    }

    #[test]
    fn a_spent_budget_is_nothing() {
        assert_eq!(left(10, 4), 6);
        assert_eq!(left(4, 10), 0);
    }
}
