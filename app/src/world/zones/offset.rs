//! How a browser says an offset. In: `GMT+05:30`, `GMT-3`, `GMT`. Out: minutes east of UTC.

/// Reads it; `None` where it is none.
pub(super) fn minutes_east(word: &str) -> Option<i32> {
    let rest = word
        .strip_prefix("GMT")
        .or_else(|| word.strip_prefix("UTC"))?;
    let (sign, rest) = match rest.split_at_checked(1) {
        None => return Some(0),
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        Some(_) => return None,
    };
    let mut parts = rest.split(':').map(str::parse::<i32>);
    let hours = parts.next()?.ok()?;
    let minutes = parts.next().unwrap_or(Ok(0)).ok()?;
    Some(sign * (hours * 60 + minutes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_are_read_as_browsers_say_them() {
        for (word, minutes) in [
            ("GMT", Some(0)),
            ("GMT+05:30", Some(330)),
            ("GMT-03:30", Some(-210)),
            ("GMT+2", Some(120)),
            ("UTC-08:00", Some(-480)),
            ("GMT+00:53:28", Some(53)),
            ("CET", None),
            ("GMT?1", None),
        ] {
            assert_eq!(minutes_east(word), minutes, "{word}");
        }
    }
}
