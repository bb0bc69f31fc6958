//! Lenient readers of JSON values: what a field means, whatever type it was sent as.
//!
//! In: JSON text that is known to be valid. Out: texts, counts, words, borrowed from it; nothing is built that is not
//! read. Nesting is walked over without recursion.

use std::borrow::Cow;

use loopscope_event::{RawJson, Severity};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// The longest text that a fact carries, in characters.
const MAX_TEXT_CHARS: usize = 300;
/// The longest word (a step's name, a class) that a fact carries, in characters.
const MAX_WORD_CHARS: usize = 64;
/// The largest value that a fact carries as sent, in bytes.
const MAX_RAW_BYTES: usize = 64 * 1024;

/// One JSON value as its text; a field that is missing is `null`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Json<'a>(&'a str);

/// A JSON object's fields in order.
#[derive(Debug, Default)]
pub(crate) struct Object<'a>(Vec<(Cow<'a, str>, Json<'a>)>);

impl<'a> Object<'a> {
    /// The object that the text is; no fields where it is none.
    pub(crate) fn read(text: &'a str) -> Self {
        if text.starts_with('{') {
            serde_json::from_str(text).unwrap_or_default()
        } else {
            Self::default()
        }
    }

    /// A field; of one that comes twice, the last.
    pub(crate) fn get(&self, field: &str) -> Json<'a> {
        let found = self.0.iter().rev().find(|(key, _)| key == field);
        found.map_or(Json("null"), |(_, value)| *value)
    }

    /// The first field of those that says something.
    pub(crate) fn first<T>(
        &self,
        fields: &[&str],
        read: impl Fn(Json<'a>) -> Option<T>,
    ) -> Option<T> {
        fields.iter().find_map(|field| read(self.get(field)))
    }

    /// Names and values in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, Json<'a>)> {
        self.0.iter().map(|(key, value)| (&**key, *value))
    }

    /// Whether there is such a field.
    pub(crate) fn has(&self, field: &str) -> bool {
        self.0.iter().any(|(key, _)| key == field)
    }

    /// Whether there are no fields.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> Json<'a> {
    /// A raw value.
    pub(crate) fn of(raw: &'a RawValue) -> Self {
        Self(raw.get())
    }

    /// A text that is known to be one JSON value.
    pub(crate) const fn of_text(text: &'a str) -> Self {
        Self(text)
    }

    /// The text of the value.
    pub(crate) const fn as_str(self) -> &'a str {
        self.0
    }

    /// The object that it is; no fields where it is none.
    pub(crate) fn object(self) -> Object<'a> {
        Object::read(self.0)
    }

    /// The items of the array that it is; none where it is none.
    pub(crate) fn items(self) -> Vec<Self> {
        let items: Option<Vec<&RawValue>> = if self.0.starts_with('[') {
            serde_json::from_str(self.0).ok()
        } else {
            None
        };
        let items = items.unwrap_or_default().into_iter();
        items.map(|raw| Json(raw.get())).collect()
    }

    /// The text of a string; `None` for anything else.
    pub(crate) fn string(self) -> Option<Cow<'a, str>> {
        let inner = self.0.strip_prefix('"')?.strip_suffix('"')?;
        if inner.contains('\\') {
            serde_json::from_str(self.0).ok().map(Cow::Owned)
        } else {
            Some(Cow::Borrowed(inner))
        }
    }

    /// The text of a number; `None` for anything else.
    fn digits(self) -> Option<&'a str> {
        matches!(self.0.bytes().next(), Some(b'-' | b'0'..=b'9')).then_some(self.0)
    }

    /// A text, cut to a bounded length; numbers are texts too. `None` for anything else and for the empty text.
    pub(crate) fn text(self) -> Option<String> {
        if let Some(digits) = self.digits() {
            return Some(cut(digits, MAX_WORD_CHARS));
        }
        let text = self.string()?;
        let text = text.trim();
        (!text.is_empty()).then(|| cut(text, MAX_TEXT_CHARS))
    }

    /// A text whole and as it is, up to so many bytes, cut at a character beyond; `None` for anything else.
    pub(crate) fn long_text(self, bytes: usize) -> Option<String> {
        let text = self.string()?;
        let mut end = text.len().min(bytes);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.get(..end).map(str::to_owned)
    }

    /// An id: a text or a number whole, up to the longest that an id may be; `None` beyond and for anything else.
    pub(crate) fn id(self) -> Option<String> {
        let text = self.digits().map(Cow::Borrowed).or_else(|| self.string())?;
        let fits = !text.is_empty() && text.len() <= loopscope_event::MAX_ID_BYTES;
        fits.then(|| text.into_owned())
    }

    /// The value as sent; `None` where it is missing, `null`, or larger than a fact carries.
    pub(crate) fn raw(self) -> Option<RawJson> {
        let said = self.0 != "null" && self.0.len() <= MAX_RAW_BYTES;
        said.then(|| RawJson::from_trusted(self.0))
    }

    /// A short text: a name or a class.
    pub(crate) fn word(self) -> Option<String> {
        self.text().map(|text| cut(&text, MAX_WORD_CHARS))
    }

    /// A whole number of zero or more: an integer, a float without sign (cut), or a text of either.
    pub(crate) fn count(self) -> Option<u64> {
        let text = self.digits().map(Cow::Borrowed).or_else(|| self.string())?;
        let text = text.trim();
        let whole = |number: f64| (0.0..1e15).contains(&number).then_some(number as u64);
        text.parse().ok().or_else(|| whole(text.parse().ok()?))
    }

    /// The size of a list-or-count field: an array's length, a number itself, a numeric text parsed.
    pub(crate) fn size(self) -> Option<u64> {
        if self.0.starts_with('[') {
            Some(self.items().len() as u64)
        } else {
            self.count()
        }
    }

    /// A number: finite, or one of the words that stand for what JSON cannot say.
    pub(crate) fn number(self) -> Option<f64> {
        if let Some(digits) = self.digits() {
            return digits.parse().ok();
        }
        match &*self.string()? {
            "NaN" => Some(f64::NAN),
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            _ => None,
        }
    }

    /// A finite number, also as a text of one, with or without a sign for per cent.
    pub(crate) fn finite(self) -> Option<f64> {
        let text = self.digits().map(Cow::Borrowed).or_else(|| self.string())?;
        let text = text.trim().trim_end_matches('%').trim_end();
        // Words such as `inf` are numbers to the standard library only.
        let is_number = text.bytes().any(|byte| byte.is_ascii_digit());
        let number: f64 = text.parse().ok().filter(|_| is_number)?;
        number.is_finite().then_some(number)
    }

    /// True and false, also as the words that producers use for them.
    pub(crate) fn truth(self) -> Option<bool> {
        match self.0 {
            "true" => return Some(true),
            "false" => return Some(false),
            _ => {}
        }
        let word = self.string()?;
        let word = word.trim();
        let is_one_of = |words: &[&str]| words.iter().any(|known| known.eq_ignore_ascii_case(word));
        if is_one_of(&[
            "true",
            "passed",
            "pass",
            "success",
            "succeeded",
            "ok",
            "completed",
        ]) {
            Some(true)
        } else if is_one_of(&["false", "failed", "fail", "failure", "error", "broken"]) {
            Some(false)
        } else {
            None
        }
    }

    /// A severity, as its word in any case.
    pub(crate) fn severity(self) -> Option<Severity> {
        Severity::read(&self.string()?)
    }
}

/// An object of these fields, whose values are JSON texts, in order.
pub(crate) fn object_of<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> RawJson {
    let mut text = String::from("{");
    for (key, value) in fields {
        if text.len() > 1 {
            text.push(',');
        }
        text.push_str(&serde_json::Value::from(key).to_string());
        text.push(':');
        text.push_str(value);
    }
    text.push('}');
    RawJson::from_trusted(text)
}

/// At most `chars` characters, the last an ellipsis where something was cut off.
pub(crate) fn cut(text: &str, chars: usize) -> String {
    if text.len() <= chars || text.chars().nth(chars).is_none() {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(chars.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// What a JSON value is, in a word for error messages.
pub(crate) fn type_name(raw: &str) -> &'static str {
    match raw.bytes().next() {
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b'"') => "a string",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::with_capacity(8);
                while let Some(Key(key)) = map.next_key()? {
                    let raw: &RawValue = map.next_value()?;
                    fields.push((key, Json(raw.get())));
                }
                Ok(Object(fields))
            }
        }
        deserializer.deserialize_map(Fields)
    }
}

/// A key, borrowed where it holds no escape.
pub(crate) struct Key<'a>(pub(crate) Cow<'a, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Borrow;
        impl<'de> Visitor<'de> for Borrow {
            type Value = Key<'de>;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a key")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }
        deserializer.deserialize_str(Borrow)
    }
}
