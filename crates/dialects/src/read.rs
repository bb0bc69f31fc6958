//! Lenient readers of JSON values: what a field means, whatever type it was sent as.

use loopscope_event::Severity;
use serde_json::Value;

/// The longest text that a fact carries, in characters.
const MAX_TEXT_CHARS: usize = 300;
/// The longest word (a step's name, a class) that a fact carries, in characters.
const MAX_WORD_CHARS: usize = 64;

/// A text, cut to a bounded length; numbers are texts too. `None` for anything else and for the empty text.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => {
            let text = text.trim();
            (!text.is_empty()).then(|| cut(text, MAX_TEXT_CHARS))
        }
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A short text: a name or a class.
pub(crate) fn word(value: &Value) -> Option<String> {
    text(value).map(|text| cut(&text, MAX_WORD_CHARS))
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

/// A whole number of zero or more: an integer, a float without sign (cut), or a text of either.
pub(crate) fn count(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => {
            let text = text.trim();
            text.parse().ok().or_else(|| whole(text.parse().ok()?))
        }
        _ => None,
    }
}

fn whole(number: f64) -> Option<u64> {
    (0.0..1e15).contains(&number).then_some(number as u64)
}

/// The size of a list-or-count field: an array's length, a number itself, a numeric text parsed.
pub(crate) fn size(value: &Value) -> Option<u64> {
    match value {
        Value::Array(items) => Some(items.len() as u64),
        other => count(other),
    }
}

/// A number: finite, or one of the words that stand for what JSON cannot say.
pub(crate) fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(word) => match word.as_str() {
            "NaN" => Some(f64::NAN),
            "Infinity" => Some(f64::INFINITY),
            "-Infinity" => Some(f64::NEG_INFINITY),
            _ => None,
        },
        _ => None,
    }
}

/// True and false, also as the words that producers use for them.
pub(crate) fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(truth) => Some(*truth),
        Value::String(word) => match word.trim().to_ascii_lowercase().as_str() {
            "true" | "passed" | "pass" | "success" | "succeeded" | "ok" | "completed" => Some(true),
            "false" | "failed" | "fail" | "failure" | "error" | "broken" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// A severity, as its word in any case.
pub(crate) fn severity(value: &Value) -> Option<Severity> {
    Severity::read(value.as_str()?)
}

/// The first field of those that says something.
pub(crate) fn first<T>(
    data: &Value,
    fields: &[&str],
    read: impl Fn(&Value) -> Option<T>,
) -> Option<T> {
    fields.iter().find_map(|field| read(&data[*field]))
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
