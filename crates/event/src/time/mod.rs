//! Instants and spans with a unit in every name. In: RFC 3339 text or microseconds. Out: the same.

mod civil;

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant in UTC, to the microsecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Timestamp(i64);

/// A span of time, to the microsecond; may be negative where clocks disagree.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Duration(i64);

/// The years that [`Timestamp`] prints and reads: 0001 to 9999.
const MIN_MICROS: i64 = -62_135_596_800_000_000;
const MAX_MICROS: i64 = 253_402_300_799_999_999;

impl Timestamp {
    /// From microseconds since the Unix epoch; clamped to the years 0001 to 9999.
    pub const fn from_micros(micros: i64) -> Self {
        if micros < MIN_MICROS {
            Self(MIN_MICROS)
        } else if micros > MAX_MICROS {
            Self(MAX_MICROS)
        } else {
            Self(micros)
        }
    }

    /// Microseconds since the Unix epoch.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Milliseconds since the Unix epoch, rounded down.
    pub const fn as_millis(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Reads ISO 8601 / RFC 3339 with any fraction of up to 9 digits. A text without an offset is civil time in
    /// `naive_zone`. `None` where the text is no time.
    pub fn parse(text: &str, naive_zone: &jiff::tz::TimeZone) -> Option<Self> {
        let text = text.trim();
        if text.len() > 64 {
            return None;
        }
        let has_offset = civil::read(text).is_some_and(|civil| civil.offset_seconds.is_some());
        if has_offset {
            return Self::parse_utc(text);
        }
        // Rarer forms, and what a zone makes of a civil time, are the library's.
        let stamp = text.parse::<jiff::Timestamp>().ok().or_else(|| {
            let civil: jiff::civil::DateTime = text.parse().ok()?;
            naive_zone.to_ambiguous_timestamp(civil).compatible().ok()
        })?;
        Some(Self::from_micros(stamp.as_microsecond()))
    }

    /// Reads RFC 3339; a text without an offset is UTC. `None` where the text is no time.
    pub fn parse_utc(text: &str) -> Option<Self> {
        let civil = civil::read(text.trim())?;
        let offset = civil.offset_seconds.unwrap_or_default() * 1_000_000;
        Some(Self::from_micros(civil.micros - offset))
    }

    /// The time from `earlier` to this one.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration(self.0 - earlier.0)
    }

    /// This instant moved by a span.
    #[must_use]
    pub const fn plus(self, span: Duration) -> Self {
        Self::from_micros(self.0.saturating_add(span.0))
    }
}

impl From<jiff::Timestamp> for Timestamp {
    fn from(stamp: jiff::Timestamp) -> Self {
        Self::from_micros(stamp.as_microsecond())
    }
}

/// RFC 3339 in UTC with `Z` and exactly six digits of fraction, so that text order is time order.
impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        civil::write(self.0, f)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        Self::parse_utc(&text).ok_or_else(|| serde::de::Error::custom("not an RFC 3339 time"))
    }
}

impl Duration {
    /// From microseconds.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// From whole milliseconds.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis.saturating_mul(1000))
    }

    /// From seconds; not a number becomes zero.
    pub fn from_secs_f64(seconds: f64) -> Self {
        Self((seconds * 1e6) as i64)
    }

    /// Microseconds.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Milliseconds with their fraction.
    pub fn as_millis_f64(self) -> f64 {
        self.0 as f64 / 1e3
    }

    /// Seconds with their fraction.
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / 1e6
    }

    /// The sum; stops at the largest span.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    fn check(text: &str, expected: Option<&str>) {
        let parsed = Timestamp::parse(text, &TimeZone::UTC).map(|stamp| stamp.to_string());
        assert_eq!(parsed.as_deref(), expected, "{text}");
    }

    #[test]
    fn reads_every_form_of_the_contracts() {
        check("2026-01-05T10:00:00Z", Some("2026-01-05T10:00:00.000000Z"));
        check(
            "2026-01-05T10:00:00.123456+00:00",
            Some("2026-01-05T10:00:00.123456Z"),
        );
        check(
            "2026-01-05T10:00:00.123456789Z",
            Some("2026-01-05T10:00:00.123456Z"),
        );
        check(
            "2026-01-05T12:00:00+02:00",
            Some("2026-01-05T10:00:00.000000Z"),
        );
        check("2026-01-05T10:00:00.5", Some("2026-01-05T10:00:00.500000Z"));
        check("2026-01-05 10:00:00", Some("2026-01-05T10:00:00.000000Z"));
        check("yesterday", None);
        check("", None);
    }

    #[test]
    fn naive_text_is_civil_time_in_the_zone_given() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let stamp = Timestamp::parse("2026-01-05T12:00:00", &zone);
        assert_eq!(
            stamp.map(|s| s.to_string()).as_deref(),
            Some("2026-01-05T10:00:00.000000Z")
        );
    }

    proptest::proptest! {
        #[test]
        fn printing_and_reading_agree(micros in MIN_MICROS..MAX_MICROS) {
            let stamp = Timestamp::from_micros(micros);
            proptest::prop_assert_eq!(Timestamp::parse(&stamp.to_string(), &TimeZone::UTC), Some(stamp));
        }
    }
}
