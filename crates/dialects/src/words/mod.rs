//! What an event says as words, and what a person asks for as words. In: text. Out: words that can be compared, and the
//! piece of a text that has them.
//!
//! A word is a run of letters and digits, without case and without accents; a sign of a script that puts no space between
//! words is a word of its own. Both sides of a search come through here, so that they agree.

mod fold;
mod question;
mod snippet;

use std::collections::HashSet;

use loopscope_event::Event;
use serde_json::Value;

use self::fold::found_in;
pub use self::question::{Question, Wanted};
pub use self::snippet::{Piece, snippet};

/// So much of an event's text is looked at, in bytes.
pub const MAX_SAID_BYTES: usize = 4 * 1024;

/// The longest word, in bytes; of a longer one this much is kept.
pub const MAX_WORD_BYTES: usize = 64;

/// The event's name, then every text and whole number of its payload. Fractions are left out: nobody looks for one, and
/// each would be a word of its own.
pub fn said(event: &Event) -> String {
    let mut out = event.name.clone();
    cut(&mut out, MAX_SAID_BYTES);
    push_data(event, " ", &mut out);
    out
}

/// The same of the payload alone, as people read it: with a point between one value and the next.
pub fn said_apart(event: &Event) -> String {
    let mut out = String::new();
    push_data(event, " · ", &mut out);
    out
}

/// The words of a text, each once, in the order in which they come first.
pub fn words(text: &str) -> Vec<String> {
    let mut known = HashSet::new();
    let found = found_in(text).map(|found| found.word);
    found.filter(|word| known.insert(word.clone())).collect()
}

fn push_data(event: &Event, between: &str, out: &mut String) {
    if let Ok(data) = serde_json::from_str::<Value>(event.data.as_str()) {
        push(&data, between, out);
    }
}

fn push(value: &Value, between: &str, out: &mut String) {
    match value {
        Value::String(text) => add(text, between, out),
        Value::Number(number) if !number.is_f64() => add(&number.to_string(), between, out),
        Value::Array(values) => values.iter().for_each(|value| push(value, between, out)),
        Value::Object(fields) => fields.values().for_each(|value| push(value, between, out)),
        Value::Number(_) | Value::Null | Value::Bool(_) => {}
    }
}

fn add(text: &str, between: &str, out: &mut String) {
    let room = MAX_SAID_BYTES.saturating_sub(out.len() + between.len());
    if room > 0 && !text.is_empty() {
        if !out.is_empty() {
            out.push_str(between);
        }
        out.push_str(&text[..text.floor_char_boundary(room)]);
    }
}

fn cut(text: &mut String, most: usize) {
    text.truncate(text.floor_char_boundary(most));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    #[test]
    fn a_payload_is_told_with_a_point_between_its_values() {
        let data = json!({"file": "src/read.rs", "empty": "", "line": 12, "rate": 0.5, "of": ["a", {"b": "c"}]});
        let mut out = String::new();
        push(&data, " · ", &mut out);
        assert_eq!(out, "src/read.rs · 12 · a · c");
    }

    #[test]
    fn words_have_no_case_no_accent_and_no_sign_between_them() {
        for (text, expected) in [
            ("STEP_COMPLETE", vec!["step", "complete"]),
            ("src/Read.rs:10", vec!["src", "read", "rs", "10"]),
            ("Zürich, Straße", vec!["zurich", "straße"]),
            ("Zu\u{308}rich", vec!["zurich"]),
            ("ﬁle №5", vec!["file", "no5"]),
            ("a\u{0}b\nc\u{7f}d", vec!["a", "b", "c", "d"]),
            ("again again", vec!["again"]),
            ("日本 語", vec!["日", "本", "語"]),
            ("see日本now", vec!["see", "日", "本", "now"]),
            ("Привет МИР", vec!["привет", "мир"]),
            ("🚀 -- \"*()", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
        let long = "x".repeat(1_000);
        assert_eq!(words(&long), ["x".repeat(MAX_WORD_BYTES)]);
    }

    proptest! {
        #[test]
        fn every_word_is_one_word_again(text in ".{0,200}") {
            for word in words(&text) {
                prop_assert!(!word.is_empty() && word.len() <= MAX_WORD_BYTES);
                prop_assert!(word.chars().all(|c| c.is_ascii_alphanumeric() || !c.is_ascii()), "{word:?}");
                prop_assert_eq!(words(&word), vec![word.clone()]);
            }
        }

        #[test]
        fn what_is_cut_is_text_all_the_same(text in "[a-zü日🚀]{0,3000}") {
            let mut out = "n".repeat(3_000);
            add(&text, " · ", &mut out);
            add(&text, " · ", &mut out);
            prop_assert!(out.len() <= MAX_SAID_BYTES);
        }
    }
}
