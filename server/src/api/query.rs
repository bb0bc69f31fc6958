//! Query strings. In: `a=b&c=d`, percent-encoded. Out: pairs, and single ones as values of a type.

use std::borrow::Cow;
use std::fmt::Display;
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
}
