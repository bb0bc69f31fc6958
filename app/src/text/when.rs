//! Instants in the reader's zone. In: a timestamp and a zone. Out: `14:32:08`, `Wed 14:00`, `28 Feb 10:12`.

use loopscope_event::{Duration, Timestamp};

use super::Zone;

/// `2026-03-09T14:32:08.371000Z`, its figures already moved into the zone.
fn civil(at: Timestamp, zone: Zone) -> String {
    let offset = i64::from(zone.offset_minutes(at)) * 60_000;
    at.plus(Duration::from_millis(offset)).to_string()
}

/// A part of the fixed-width text above; empty where it is shorter, which it never is.
fn part(text: &str, range: std::ops::Range<usize>) -> &str {
    text.get(range).unwrap_or_default()
}

/// `14:32:08`.
pub fn second(at: Timestamp, zone: Zone) -> String {
    part(&civil(at, zone), 11..19).to_owned()
}

/// `14:32:08` and `.371`, which is shown more quietly.
pub fn stamp_parts(at: Timestamp, zone: Zone) -> (String, String) {
    let text = civil(at, zone);
    (
        part(&text, 11..19).to_owned(),
        part(&text, 19..23).to_owned(),
    )
}

/// The whole instant: `2026-03-09 14:32:08.371 UTC`.
pub fn full(at: Timestamp, zone: Zone) -> String {
    let text = civil(at, zone);
    format!(
        "{} {}{}",
        part(&text, 0..10),
        part(&text, 11..23),
        zone.suffix()
    )
}

/// A time of today by its second, any other with its day: `13:59:54`, `Wed 14:00`.
pub fn day_and_second(at: Timestamp, now: Timestamp, zone: Zone) -> String {
    let day = day_and_minute(at, now, zone);
    if day.len() == 5 {
        second(at, zone)
    } else {
        day
    }
}

/// Reads what `<input type="datetime-local">` gives, in the zone; a time with its own offset stays as it is.
pub fn from_input(text: &str, zone: Zone) -> Option<Timestamp> {
    let at = Timestamp::parse_utc(text)?;
    let own_offset =
        text.ends_with(['Z', 'z']) || text.get(10..).is_some_and(|time| time.contains(['+', '-']));
    Some(if own_offset { at } else { zone.instant(at) })
}

/// As `<input type="datetime-local">` takes it: `2026-03-09T14:32:08`.
pub fn to_input(at: Timestamp, zone: Zone) -> String {
    part(&civil(at, zone), 0..19).to_owned()
}

/// The shortest that is clear from `now`: `14:00` today, `Wed 14:00` this week, `28 Feb 10:12` this year, else the date.
pub fn day_and_minute(at: Timestamp, now: Timestamp, zone: Zone) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    let (text, today) = (civil(at, zone), civil(now, zone));
    let minute = part(&text, 11..16);
    let day_number = |instant: Timestamp| {
        let offset = i64::from(zone.offset_minutes(instant)) * 60_000;
        (instant.as_millis() + offset).div_euclid(86_400_000)
    };
    let days_ago = day_number(now) - day_number(at);
    match days_ago {
        0 => minute.to_owned(),
        1..7 => format!("{} {minute}", DAYS[day_number(at).rem_euclid(7) as usize]),
        _ if part(&text, 0..4) == part(&today, 0..4) => {
            format!(
                "{} {} {minute}",
                part(&text, 8..10).trim_start_matches('0'),
                month(&text)
            )
        }
        _ => part(&text, 0..10).to_owned(),
    }
}

fn month(text: &str) -> &'static str {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let number: usize = part(text, 5..7).parse().unwrap_or(1);
    MONTHS[(number.clamp(1, 12)) - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_utc(text).unwrap()
    }

    #[test]
    fn times_move_into_the_zone() {
        let stamp = at("2026-03-09T23:32:08.371Z");
        assert_eq!(second(stamp, Zone::Utc), "23:32:08");
        assert_eq!(second(stamp, Zone::Fixed(60)), "00:32:08");
        assert_eq!(full(stamp, Zone::Utc), "2026-03-09 23:32:08.371 UTC");
        assert_eq!(full(stamp, Zone::Fixed(-210)), "2026-03-09 20:02:08.371");
        assert_eq!(stamp_parts(stamp, Zone::Utc).1, ".371");
    }

    #[test]
    fn a_jump_reads_the_zone_that_is_shown() {
        let read = |text: &str| from_input(text, Zone::Fixed(120)).map(|at| at.to_string());
        let noon = Some("2026-03-09T12:00:00.000000Z".to_owned());
        assert_eq!(read("2026-03-09T14:00:00"), noon);
        assert_eq!(read("2026-03-09T14:00"), noon);
        assert_eq!(read("2026-03-09T12:00:00Z"), noon);
        assert_eq!(read("2026-03-09T13:00:00+01:00"), noon);
        assert_eq!(read("noon"), None);
    }

    #[test]
    fn far_times_say_more() {
        let now = at("2026-03-12T12:00:00Z");
        for (text, expected) in [
            ("2026-03-12T00:01:00Z", "00:01"),
            ("2026-03-11T14:00:00Z", "Wed 14:00"),
            ("2026-02-28T10:12:00Z", "28 Feb 10:12"),
            ("2025-12-31T10:12:00Z", "2025-12-31"),
            ("2026-03-13T10:12:00Z", "13 Mar 10:12"),
        ] {
            assert_eq!(day_and_minute(at(text), now, Zone::Utc), expected);
        }
    }
}
