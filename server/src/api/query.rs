//! Query strings. In: `a=b&c=d`, percent-encoded. Out: pairs, and single ones as values of a type.

use std::borrow::Cow;
use std::fmt::Display;
use std::num::IntErrorKind;
use std::ops::RangeInclusive;
use std::str::FromStr;

use loopscope_protocol::ApiError;

/// The pairs of a query string, decoded, in order.
#[derive(Debug, Default)]
pub(crate) struct Pairs(Vec<(String, String)>);

impl Pairs {
    /// Reads a query string.
    pub(crate) fn read(query: Option<&str>) -> Self {
        let pairs = query
            .unwrap_or_default()
            .split('&')
            .filter(|pair| !pair.is_empty());
        Self(
            pairs
                .map(|pair| {
                    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                    (decode(name), decode(value))
                })
                .collect(),
        )
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The first value of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// The first value of a name as a value of a type; `None` where it is missing or empty.
    pub(crate) fn parse<T>(&self, name: &str) -> Result<Option<T>, ApiError>
    where
        T: FromStr,
        T::Err: Display,
    {
        let value = self.get(name).filter(|value| !value.is_empty());
        value
            .map(str::parse)
            .transpose()
            .map_err(|error: T::Err| ApiError::field(name, error.to_string()))
    }

    /// The first value of a name as a whole number within bounds; `None` where it is missing or empty.
    pub(crate) fn bounded(
        &self,
        name: &str,
        bounds: RangeInclusive<u32>,
    ) -> Result<Option<u32>, ApiError> {
        let value = self.get(name).filter(|value| !value.is_empty());
        let known = |value: &str| value.parse().ok().filter(|number| bounds.contains(number));
        value
            .map(|value| known(value).ok_or_else(|| outside(name, &bounds)))
            .transpose()
    }

    /// The first value of a name as a whole number, brought within bounds; `None` where it is missing or empty. What is
    /// no whole number is refused.
    pub(crate) fn clamped(
        &self,
        name: &str,
        bounds: RangeInclusive<i64>,
    ) -> Result<Option<i64>, ApiError> {
        let read = |value: &str| match value.parse::<i64>() {
            Ok(number) => Ok(number.clamp(*bounds.start(), *bounds.end())),
            Err(error) => match error.kind() {
                IntErrorKind::PosOverflow => Ok(*bounds.end()),
                IntErrorKind::NegOverflow => Ok(*bounds.start()),
                _ => Err(ApiError::field(name, "a whole number")),
            },
        };
        let value = self.get(name).filter(|value| !value.is_empty());
        value.map(read).transpose()
    }
}

fn outside(name: &str, bounds: &RangeInclusive<u32>) -> ApiError {
    let (from, to) = (bounds.start(), bounds.end());
    ApiError {
        limit: Some(to.to_string()),
        ..ApiError::field(name, format!("a whole number from {from} to {to}"))
    }
}

/// Decodes `%XX` and `+`; bytes that are no UTF-8 become replacement characters.
fn decode(text: &str) -> String {
    let text = text.replace('+', " ");
    let decoded: Cow<'_, [u8]> = percent_encoding::percent_decode_str(&text).into();
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded() {
        let pairs = Pairs::read(Some("q=a+b%26c&q=2&empty=&flag&limit=x"));
        let all: Vec<_> = pairs.iter().collect();
        assert_eq!(all[0], ("q", "a b&c"));
        assert_eq!(all[3], ("flag", ""));
        assert_eq!(pairs.parse::<u32>("empty"), Ok(None));
        let error = pairs.parse::<u32>("limit").unwrap_err();
        assert_eq!(error.field.as_deref(), Some("limit"));
    }

    #[test]
    fn what_is_out_of_bounds_can_be_brought_within_them() {
        let of = |value: &str| {
            let pairs = Pairs::read(Some(&format!("limit={value}")));
            pairs.clamped("limit", 0..=500)
        };
        for (value, expected) in [
            ("-1", Some(0)),
            ("7", Some(7)),
            ("%2B7", Some(7)),
            ("501", Some(500)),
            ("99999999999999999999", Some(500)),
            ("-99999999999999999999", Some(0)),
            ("", None),
        ] {
            assert_eq!(of(value), Ok(expected), "{value}");
        }
        for value in ["x", "1.5", "-", "1e3"] {
            let error = of(value).unwrap_err();
            assert_eq!(error.field.as_deref(), Some("limit"), "{value}");
        }
    }

    #[test]
    fn what_is_out_of_bounds_names_the_bound() {
        let pairs = Pairs::read(Some("limit=501&wait=-1&empty=&most=500"));
        assert_eq!(pairs.bounded("most", 1..=500), Ok(Some(500)));
        assert_eq!(pairs.bounded("empty", 1..=500), Ok(None));
        let error = pairs.bounded("limit", 1..=500).unwrap_err();
        assert_eq!(error.limit.as_deref(), Some("500"));
        assert_eq!(
            pairs.bounded("wait", 0..=60).unwrap_err().field.as_deref(),
            Some("wait")
        );
    }
}
