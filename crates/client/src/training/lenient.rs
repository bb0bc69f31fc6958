//! JSON as Python's encoder writes it. In: a text. Out: its object, with `null` where a number is none: `NaN`, `Infinity`,
//! and what is beyond a double.

use serde_json::{Map, Value};

/// The object that a text is.
pub(super) fn object(text: &str) -> Option<Map<String, Value>> {
    let read: Result<Value, _> = serde_json::from_str(text);
    match read.or_else(|_| serde_json::from_str(&mended(text))) {
        Ok(Value::Object(fields)) => Some(fields),
        _ => None,
    }
}

/// The text with `null` for every word outside of strings that is a number to others and none to JSON.
fn mended(text: &str) -> String {
    let mut mended = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (token, is_word) = match first {
            '"' => (string(rest), false),
            _ if is_of_word(first) => (word(rest), true),
            _ => (first.len_utf8(), false),
        };
        let (token, after) = rest.split_at(token);
        let is_none = || token.parse().is_ok_and(|number: f64| !number.is_finite());
        mended.push_str(if is_word && is_none() { "null" } else { token });
        rest = after;
    }
    mended
}

const fn is_of_word(sign: char) -> bool {
    sign.is_ascii_alphanumeric() || matches!(sign, '-' | '+' | '.')
}

fn word(text: &str) -> usize {
    text.find(|sign| !is_of_word(sign)).unwrap_or(text.len())
}

/// The length of the string at the beginning, with its quotes.
fn string(text: &str) -> usize {
    let mut is_escaped = false;
    for (place, sign) in text.char_indices().skip(1) {
        match sign {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return place + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_that_are_none_are_null_outside_of_strings() {
        let text = r#"{"a":[NaN,-Infinity,Infinity,1e400,-2.5,true],"b":"NaN \" 1e400","é":null}"#;
        let expected =
            json!({"a": [null, null, null, null, -2.5, true], "b": "NaN \" 1e400", "é": null});
        assert_eq!(object(text).map(Value::Object), Some(expected));
        for wrong in ["[NaN]", "{\"a\":NaN", "{\"a\":nope}", "\"", "NaN"] {
            assert_eq!(object(wrong), None, "{wrong}");
        }
    }
}
