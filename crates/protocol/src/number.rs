//! Numbers of producers in JSON, which has no word for what is not finite. In: a number. Out: a number, or a text.

use std::fmt;

use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A number as a producer may mean it: in JSON, what is not finite is the text `NaN`, `Infinity` or `-Infinity`.
#[derive(Debug, Clone, Copy)]
pub struct Number(pub f64);

/// Two that are not a number are the same value all the same.
impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || (self.0.is_nan() && other.0.is_nan())
    }
}

impl Number {
    /// The word of a number that is not finite.
    pub const fn word(self) -> Option<&'static str> {
        if self.0.is_nan() {
            Some("NaN")
        } else if self.0 == f64::INFINITY {
            Some("Infinity")
        } else if self.0 == f64::NEG_INFINITY {
            Some("-Infinity")
        } else {
            None
        }
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.word() {
            Some(word) => f.write_str(word),
            None => self.0.fmt(f),
        }
    }
}

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.word() {
            Some(word) => serializer.serialize_str(word),
            None => serializer.serialize_f64(self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Either {
            Finite(f64),
            Word(String),
        }
        match Either::deserialize(deserializer)? {
            Either::Finite(value) => Ok(Self(value)),
            Either::Word(word) => match &*word {
                "NaN" => Ok(Self(f64::NAN)),
                "Infinity" => Ok(Self(f64::INFINITY)),
                "-Infinity" => Ok(Self(f64::NEG_INFINITY)),
                other => Err(D::Error::invalid_value(Unexpected::Str(other), &"a number")),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_not_finite_are_words() {
        for (value, text) in [
            (1.5, "1.5"),
            (f64::NAN, r#""NaN""#),
            (f64::INFINITY, r#""Infinity""#),
            (f64::NEG_INFINITY, r#""-Infinity""#),
        ] {
            assert_eq!(
                serde_json::to_string(&Number(value)).ok().as_deref(),
                Some(text)
            );
            let back: Option<Number> = serde_json::from_str(text).ok();
            assert_eq!(back, Some(Number(value)));
        }
        assert!(serde_json::from_str::<Number>(r#""soon""#).is_err());
    }
}
