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
    each_value(event, &mut |_, text| add(text, &mut out));
    out
}

/// The values of an event's payload that have a word of a question, by their names and each once:
/// `file: src/read.rs · message: Unchecked length`.
pub fn values_with(event: &Event, question: &Question) -> String {
    let mut known = HashSet::new();
    let mut out = String::new();
    // Looked at is what is kept as words, and no more, however large the payload is.
    let mut room = MAX_SAID_BYTES;
    each_value(event, &mut |name, text| {
        let text = &text[..text.floor_char_boundary(room)];
        room -= text.len();
        let has_word = found_in(text).any(|found| question.wants(&found.word));
        if has_word && known.insert(text.to_owned()) {
            if !out.is_empty() {
                out.push_str(" · ");
            }
            if !name.is_empty() {
                out.push_str(name);
                out.push_str(": ");
            }
            out.push_str(text);
        }
    });
    out
}

/// The words of a text, each once, in the order in which they come first.
pub fn words(text: &str) -> Vec<String> {
    let mut known = HashSet::new();
    let found = found_in(text).map(|found| found.word);
    found.filter(|word| known.insert(word.clone())).collect()
}

/// Calls with every text and whole number of the payload, and with the name of the field that it is in.
fn each_value(event: &Event, take: &mut impl FnMut(&str, &str)) {
    if let Ok(data) = serde_json::from_str::<Value>(event.data.as_str()) {
        each_within("", &data, take);
    }
}

fn each_within(name: &str, value: &Value, take: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) => take(name, text),
        Value::Number(number) if !number.is_f64() => take(name, &number.to_string()),
        Value::Array(values) => values
            .iter()
            .for_each(|value| each_within(name, value, take)),
        Value::Object(fields) => fields
            .iter()
            .for_each(|(name, value)| each_within(name, value, take)),
        Value::Number(_) | Value::Null | Value::Bool(_) => {}
    }
}

fn add(text: &str, out: &mut String) {
    if out.len() < MAX_SAID_BYTES {
        out.push(' ');
        let room = text.floor_char_boundary(MAX_SAID_BYTES - out.len());
        out.push_str(&text[..room]);
    }
}

fn cut(text: &mut String, most: usize) {
    text.truncate(text.floor_char_boundary(most));
}

#[cfg(test)]
mod tests {
    use super::*;
    use loopscope_event::{
        Dialect, EventId, Kind, NewEvent, Offset, ProjectId, RawJson, Seq, SessionId, Timestamp,
    };
    use proptest::prelude::*;

    #[test]
    fn the_values_that_have_a_word_are_told_by_their_names_and_once() {
        let data = r#"{"file":"src/length.rs","line":12,"of":["no length","no length",{"why":"Länge"}],"rate":0.5}"#;
        let event = NewEvent {
            event_id: EventId::new("1").unwrap(),
            project: ProjectId::default(),
            session_id: SessionId::new("s").unwrap(),
            timestamp: Timestamp::default(),
            received_at: Timestamp::default(),
            name: "FINDING".to_owned(),
            kind: Kind::Finding,
            dialect: Dialect::Generic,
            iteration: 0,
            state: None,
            severity: None,
            data: RawJson::parse(data).unwrap(),
        };
        let event = event.placed(Offset(1), Seq(1));
        let told = |question: &str| values_with(&event, &Question::read(question));
        assert_eq!(
            told("length finding"),
            "file: src/length.rs · of: no length"
        );
        assert_eq!(told("lange 12"), "line: 12 · why: Länge");
        assert_eq!(told("finding"), "");
        assert_eq!(
            said(&event),
            "FINDING src/length.rs 12 no length no length Länge"
        );
        let large = format!(r#"{{"a":"{}","b":"word"}}"#, "word ü ".repeat(100_000));
        let data = RawJson::parse(&large).unwrap();
        let event = Event {
            data,
            ..event.clone()
        };
        let told = values_with(&event, &Question::read("word"));
        assert!(
            told.starts_with("a: word ü") && told.len() <= MAX_SAID_BYTES + 3,
            "{}",
            told.len()
        );
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
            add(&text, &mut out);
            add(&text, &mut out);
            prop_assert!(out.len() <= MAX_SAID_BYTES);
        }
    }
}
