//! The zone that times are shown in. In: what a cookie or an address says, a name that somebody typed. Out: how far east
//! of UTC the zone is at an instant, by the rules of that day.
//!
//! Server and browser know the same zones by the same names, so that a page is rendered and taken over with the same
//! times. A browser's own zone is told to the server by its name, too.

use loopscope_chart::Clock;
use loopscope_event::{Duration, Timestamp};

use crate::world;

/// What stands before the name of the reader's own zone in a cookie.
const OWN: &str = "local:";

/// The zone that times are shown in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Zone {
    /// Universal time.
    #[default]
    Utc,
    /// The reader's own time, which was so many minutes east of UTC: all that is known where a browser tells no name.
    Fixed(i32),
    /// The reader's own time, known to the browser, which tells no name.
    Local,
    /// The reader's own time, by the zone's name.
    Own(ZoneName),
    /// Any zone by its name.
    Named(ZoneName),
}

/// The name of a zone that is known: `Europe/Berlin`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ZoneName(&'static str);

impl ZoneName {
    /// A name as people or cookies write it; `None` where there is no such zone.
    pub fn read(name: &str) -> Option<Self> {
        let known = |sign: char| sign.is_ascii_alphanumeric() || "/_+-".contains(sign);
        let is_plausible = !name.is_empty() && name.len() <= 48 && name.chars().all(known);
        // Digits first would be an offset, which browsers take for a zone.
        let is_name = is_plausible && name.starts_with(|sign: char| sign.is_ascii_alphabetic());
        is_name.then(|| world::zone_name(name)).flatten().map(Self)
    }

    /// As it is written: `America/New_York`.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// Its last part: `New York`.
    pub fn city(self) -> String {
        let last = self.0.rsplit('/').next().unwrap_or(self.0);
        last.replace('_', " ")
    }
}

impl Zone {
    /// The reader's own zone; in the browser.
    pub fn own() -> Self {
        world::own_zone().map_or(Self::Local, |name| Self::Own(ZoneName(name)))
    }

    /// A zone by its name; `None` where there is no such zone.
    pub fn named(name: &str) -> Option<Self> {
        if ["utc", "etc/utc"].contains(&&*name.to_ascii_lowercase()) {
            return Some(Self::Utc);
        }
        ZoneName::read(name).map(Self::Named)
    }

    /// Whether it is the reader's own.
    pub const fn is_own(self) -> bool {
        matches!(self, Self::Fixed(_) | Self::Local | Self::Own(_))
    }

    /// Minutes east of UTC at an instant.
    pub(super) fn offset_minutes(self, at: Timestamp) -> i32 {
        match self {
            Self::Utc => 0,
            Self::Fixed(minutes) => minutes,
            Self::Local => world::offset_minutes(at.as_millis()),
            Self::Own(name) | Self::Named(name) => world::zone_offset(name.0, at.as_millis()),
        }
    }

    /// Seconds east of UTC at an instant.
    pub fn offset_seconds(self, at: Timestamp) -> i32 {
        self.offset_minutes(at) * 60
    }

    /// Its clocks between two instants, in ms since the epoch, for the axis of a chart.
    pub fn clock(self, from_ms: f64, to_ms: f64) -> Clock {
        let offset_s = |ms: f64| self.offset_seconds(Timestamp::from_micros((ms * 1_000.0) as i64));
        match self {
            Self::Utc | Self::Fixed(_) => Clock::fixed(offset_s(0.0)),
            _ => Clock::between(from_ms, to_ms, offset_s),
        }
    }

    /// When clocks of this zone show what clocks of UTC show at `civil`. A time that was left out is taken as if it had
    /// not been; of a time that came twice the first.
    pub(super) fn instant(self, civil: Timestamp) -> Timestamp {
        let east = |minutes: i32| civil.plus(Duration::from_millis(-i64::from(minutes) * 60_000));
        let day = Duration::from_millis(86_400_000);
        let before = self.offset_minutes(civil.plus(Duration::from_millis(-86_400_000)));
        let after = self.offset_minutes(civil.plus(day));
        let first = east(before);
        if self.offset_minutes(first) == before {
            return first;
        }
        let second = east(after);
        if self.offset_minutes(second) == after {
            second
        } else {
            first
        }
    }

    /// The word after a time: ` UTC`, ` Berlin`, or nothing where it is the reader's own.
    pub fn suffix(self) -> String {
        match self {
            Self::Utc => " UTC".to_owned(),
            Self::Named(name) => format!(" {}", name.city()),
            Self::Fixed(_) | Self::Local | Self::Own(_) => String::new(),
        }
    }

    /// The zone in a word: `UTC`, `Local`, `Berlin`.
    pub fn word(self) -> String {
        match self {
            Self::Utc => "UTC".to_owned(),
            Self::Named(name) => name.city(),
            Self::Fixed(_) | Self::Local | Self::Own(_) => "Local".to_owned(),
        }
    }

    /// As a cookie holds it: `utc`, `Europe/Berlin`, `local:Europe/Berlin`, or minutes.
    pub fn to_cookie(self) -> String {
        match self {
            Self::Utc => "utc".to_owned(),
            Self::Named(name) => name.0.to_owned(),
            Self::Own(name) => format!("{OWN}{}", name.0),
            Self::Fixed(minutes) => minutes.to_string(),
            Self::Local => self.offset_minutes(world::now()).to_string(),
        }
    }

    /// As a link holds it, for any reader: a name; none where the zone has none.
    pub fn to_link(self) -> Option<&'static str> {
        match self {
            Self::Utc => Some("utc"),
            Self::Named(name) | Self::Own(name) => Some(name.0),
            Self::Fixed(_) | Self::Local => None,
        }
    }

    /// Reads what a cookie or a link holds; `None` where it is odd, or where there is no such zone.
    pub fn read(value: &str) -> Option<Self> {
        if let Some(name) = value.strip_prefix(OWN) {
            return ZoneName::read(name).map(Self::Own);
        }
        match value.parse::<i32>() {
            Ok(minutes) => (minutes.abs() <= 18 * 60).then_some(Self::Fixed(minutes)),
            Err(_) => Self::named(value),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_utc(text).unwrap()
    }

    #[test]
    fn a_cookie_holds_any_zone_and_is_distrusted() {
        for cookie in ["utc", "Europe/Berlin", "local:Asia/Kolkata", "-210", "330"] {
            assert_eq!(Zone::read(cookie).unwrap().to_cookie(), cookie);
        }
        assert_eq!(Zone::read("-210"), Some(Zone::Fixed(-210)));
        // The database's own spelling, so that names are few whoever asks.
        assert_eq!(
            Zone::read("europe/BERLIN").unwrap().to_cookie(),
            "Europe/Berlin"
        );
        assert_eq!(Zone::read("Etc/UTC"), Some(Zone::Utc));
        for odd in [
            "",
            "99999",
            "Atlantis/Port",
            "../../etc/passwd",
            "local:",
            "local:60",
            "+01:00",
            "<script>",
        ] {
            assert_eq!(Zone::read(odd), None, "{odd}");
        }
    }

    #[test]
    fn each_instant_has_the_offset_of_its_own_day() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        for (instant, minutes) in [
            ("2026-03-29T00:59:59Z", 60),
            ("2026-03-29T01:00:00Z", 120),
            ("2026-10-25T00:59:59Z", 120),
            ("2026-10-25T01:00:00Z", 60),
        ] {
            assert_eq!(berlin.offset_minutes(at(instant)), minutes, "{instant}");
        }
        let kolkata = Zone::named("Asia/Kolkata").unwrap();
        assert_eq!(kolkata.clock(0.0, 1e12), Clock::fixed(19_800));
        // An axis over a night on which clocks are changed knows both offsets.
        let night = ["2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"]
            .map(|text| at(text).as_millis() as f64);
        let clock = berlin.clock(night[0], night[1]);
        assert_ne!(clock, Clock::fixed(7_200));
        assert_eq!(clock, berlin.clock(night[0] + 3.6e6, night[1]));
    }

    #[test]
    fn a_clocks_time_is_an_instant_on_days_when_clocks_change() {
        let berlin = Zone::named("Europe/Berlin").unwrap();
        for (clock, instant) in [
            ("2026-03-29T01:30:00Z", "2026-03-29T00:30:00Z"),
            ("2026-03-29T03:30:00Z", "2026-03-29T01:30:00Z"),
            // Left out in the night: as if clocks had not been moved yet.
            ("2026-03-29T02:30:00Z", "2026-03-29T01:30:00Z"),
            ("2026-10-25T01:30:00Z", "2026-10-24T23:30:00Z"),
            // It came twice: the first.
            ("2026-10-25T02:30:00Z", "2026-10-25T00:30:00Z"),
            ("2026-10-25T03:30:00Z", "2026-10-25T02:30:00Z"),
        ] {
            assert_eq!(berlin.instant(at(clock)), at(instant), "{clock}");
        }
    }

    #[test]
    fn words_are_short_and_links_suit_any_reader() {
        let york = Zone::named("America/New_York").unwrap();
        assert_eq!(
            (york.word(), york.suffix()),
            ("New York".to_owned(), " New York".to_owned())
        );
        let own = Zone::read("local:Asia/Kolkata").unwrap();
        assert_eq!(
            (own.word(), own.suffix()),
            ("Local".to_owned(), String::new())
        );
        assert_eq!(own.to_link(), Some("Asia/Kolkata"));
        assert_eq!(Zone::Fixed(60).to_link(), None);
    }
}
