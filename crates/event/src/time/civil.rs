//! Instants as text and back, by arithmetic alone: a browser brings nothing more for it. In: RFC 3339 text or
//! microseconds since the Unix epoch. Out: the other.

use std::fmt;

/// A day in microseconds.
const DAY: i64 = 86_400_000_000;

/// What a text says: microseconds as if it were UTC, and how far east of it the clock stood, in seconds; none where the
/// text does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Civil {
    pub(super) micros: i64,
    pub(super) offset_seconds: Option<i64>,
}

/// Reads `2026-03-09T14:32:08.371Z`: a space, `t` or `T` between date and time, seconds and up to nine digits of their
/// fraction or none, `Z` or an offset or none. A date alone is its midnight.
pub(super) fn read(text: &str) -> Option<Civil> {
    let mut rest = text.as_bytes();
    let year = digits(&mut rest, 4)?;
    sign(&mut rest, b"-")?;
    let month = digits(&mut rest, 2)?;
    sign(&mut rest, b"-")?;
    let day = digits(&mut rest, 2)?;
    if !(1..=12).contains(&month) || day < 1 || day > days_of(year, month) {
        return None;
    }
    let midnight = days_from(year, month, day) * DAY;
    if rest.is_empty() {
        return Some(Civil {
            micros: midnight,
            offset_seconds: None,
        });
    }
    sign(&mut rest, b"Tt ")?;
    let hour = digits(&mut rest, 2)?;
    sign(&mut rest, b":")?;
    let minute = digits(&mut rest, 2)?;
    let (second, micros) = match sign(&mut rest, b":") {
        Some(_) => (digits(&mut rest, 2)?, fraction(&mut rest)?),
        None => (0, 0),
    };
    if hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // A leap second is told as the one before it.
    let seconds = (hour * 60 + minute) * 60 + second.min(59);
    let offset_seconds = if rest.is_empty() {
        None
    } else {
        Some(offset(&mut rest)?)
    };
    rest.is_empty().then_some(Civil {
        micros: midnight + seconds * 1_000_000 + micros,
        offset_seconds,
    })
}

/// Writes RFC 3339 in UTC with six digits of fraction. The year must be one of 0001 to 9999.
pub(super) fn write(micros: i64, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    let (year, month, day) = date_of(micros.div_euclid(DAY));
    let of_day = micros.rem_euclid(DAY);
    let (seconds, fraction) = (of_day / 1_000_000, of_day % 1_000_000);
    let mut text = *b"0000-00-00T00:00:00.000000Z";
    for (at, width, value) in [
        (0, 4, year),
        (5, 2, month),
        (8, 2, day),
        (11, 2, seconds / 3600),
        (14, 2, seconds / 60 % 60),
        (17, 2, seconds % 60),
        (20, 6, fraction),
    ] {
        let mut left = value;
        for digit in text[at..at + width].iter_mut().rev() {
            *digit = b'0' + (left % 10) as u8;
            left /= 10;
        }
    }
    f.write_str(std::str::from_utf8(&text).unwrap_or_default())
}

/// So many digits as a number.
fn digits(rest: &mut &[u8], count: usize) -> Option<i64> {
    let (these, behind) = rest.split_at_checked(count)?;
    *rest = behind;
    these.iter().try_fold(0, |sum, digit| {
        digit
            .is_ascii_digit()
            .then(|| sum * 10 + i64::from(digit - b'0'))
    })
}

/// One of some signs, where it is next.
fn sign(rest: &mut &[u8], signs: &[u8]) -> Option<u8> {
    let (first, behind) = rest.split_first()?;
    if !signs.contains(first) {
        return None;
    }
    *rest = behind;
    Some(*first)
}

/// The microseconds of a fraction, or none of it; what is finer is left out.
fn fraction(rest: &mut &[u8]) -> Option<i64> {
    if sign(rest, b".,").is_none() {
        return Some(0);
    }
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=9).contains(&count) {
        return None;
    }
    let value = digits(rest, count)?;
    let scale = |to: usize| 10_i64.pow(u32::try_from(to).unwrap_or_default());
    Some(match count {
        ..=6 => value * scale(6 - count),
        _ => value / scale(count - 6),
    })
}

/// `Z`, `+02:00`, `-0330`, `+02`.
fn offset(rest: &mut &[u8]) -> Option<i64> {
    let way = match sign(rest, b"Zz+-")? {
        b'+' => 1,
        b'-' => -1,
        _ => return Some(0),
    };
    let hours = digits(rest, 2)?;
    let colon = sign(rest, b":").is_some();
    let minutes = if rest.is_empty() && !colon {
        0
    } else {
        digits(rest, 2)?
    };
    (hours <= 25 && minutes <= 59).then_some(way * (hours * 60 + minutes) * 60)
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970-01-01. Years are counted from March, so that the leap day is the last of its year.
const fn days_from(year: i64, month: i64, day: i64) -> i64 {
    let year = if month > 2 { year } else { year - 1 };
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let leaps = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    // The first of March of year 0 is 719,468 days before the epoch.
    year * 365 + leaps + of_year - 719_468
}

/// The date of a day since 1970-01-01.
const fn date_of(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let (month, year) = if month < 10 {
        (month + 3, year)
    } else {
        (month - 9, year + 1)
    };
    (year + era * 400, month, day)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_library(text: &str) -> Option<Civil> {
        // What is finer than a microsecond is left out downwards, before the epoch too.
        let whole = |stamp: jiff::Timestamp| stamp.as_nanosecond().div_euclid(1000) as i64;
        if text.ends_with(['Z', 'z']) {
            return Some(Civil {
                micros: whole(text.parse().ok()?),
                offset_seconds: Some(0),
            });
        }
        let civil: jiff::civil::DateTime = text.parse().ok()?;
        let micros = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        let stamp: Option<jiff::Timestamp> = text.parse().ok();
        let micros = whole(micros.timestamp());
        Some(Civil {
            micros,
            offset_seconds: stamp.map(|stamp| (micros - whole(stamp)) / 1_000_000),
        })
    }

    proptest! {
        #[test]
        fn it_reads_as_the_library_does(
            (year, month, day) in (1_i64..=9999, 0_i64..=13, 0_i64..=32),
            (hour, minute, second) in (0_i64..=24, 0_i64..=60, 0_i64..=61),
            fraction in "(\\.[0-9]{0,10})?",
            offset in "(|Z|z|[+-][01][0-9](:?[0-5][0-9])?)",
            between in "[Tt ]",
        ) {
            let text = format!("{year:04}-{month:02}-{day:02}{between}{hour:02}:{minute:02}:{second:02}{fraction}{offset}");
            let (ours, library) = (read(&text), by_library(&text));
            // An offset may carry the instant out of the range of the library.
            prop_assert_eq!(ours.map(|civil| civil.micros), library.map(|civil| civil.micros), "{}", text);
            if (2..9999).contains(&year) {
                prop_assert_eq!(ours, library, "{}", text);
            }
        }

        #[test]
        fn it_writes_as_the_library_does(micros in -62_135_596_800_000_000_i64..=253_402_207_200_999_999) {
            struct Written(i64);
            impl fmt::Display for Written {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write(self.0, f)
                }
            }
            let stamp = jiff::Timestamp::from_microsecond(micros).unwrap();
            prop_assert_eq!(Written(micros).to_string(), format!("{stamp:.6}"));
        }

        #[test]
        fn anything_else_is_no_time_and_breaks_nothing(text in ".{0,40}") {
            let _ = read(&text);
        }
    }

    #[test]
    fn what_is_cut_short_or_goes_on_is_no_time() {
        for text in [
            "",
            "2026",
            "2026-01-05T",
            "2026-01-05T10",
            "2026-01-05T10:00:00.",
            "2026-01-05T10:00:00Zulu",
            "2026-01-05T10:00:00+",
            "2026-01-05T10:00:00+02:",
            "2026-02-29T10:00:00Z",
            "+2026-01-05T10:00:00Z",
            "2026-01-05T10:00:00.1234567890Z",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
        assert!(read("2024-02-29T10:00Z").is_some());
        assert_eq!(read("2024-02-29"), read("2024-02-29T00:00"));
    }
}
