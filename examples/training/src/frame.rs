//! Frames, as the contract has them. In: what happened, with numbers that may be none. Out: JSON on one line.
//!
//! JSON has no `NaN` and no infinity. They are written as `null`, or, where it is asked for, as the words that Python's
//! encoder writes.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// Marks a word in the tree of values that is to be a number's; it cannot be in any text of ours.
const MARK: char = '\u{1}';
const WORDS: [&str; 3] = ["NaN", "Infinity", "-Infinity"];

/// A number, whatever it is.
pub fn number(number: f64) -> Value {
    if number.is_finite() {
        return json!(number);
    }
    let word = match number {
        f64::INFINITY => WORDS[1],
        f64::NEG_INFINITY => WORDS[2],
        _ => WORDS[0],
    };
    json!(format!("{MARK}{word}"))
}

/// A number that may not have been measured.
pub fn maybe(measured: Option<f64>) -> Value {
    measured.map_or(Value::Null, number)
}

/// What stands in a frame beside its type and its data.
#[derive(Debug, Clone, Default)]
pub struct Beside<'a> {
    /// What the type counts as its epoch.
    pub epoch: Option<u32>,
    /// The seed.
    pub seed_id: Option<&'a str>,
    /// The slot.
    pub slot_id: Option<&'a str>,
    /// `debug`, `info`, `warning`, `error`, `critical`; `info` where it is empty.
    pub severity: &'a str,
    /// Words for people.
    pub message: String,
}

/// Makes frames.
#[derive(Debug, Clone)]
pub struct Frames {
    /// The cohort.
    pub group: String,
    /// Whether numbers that are none are written as Python writes them.
    pub python: bool,
    /// Frames so far.
    count: u64,
    /// What tells this run's ids from any other's.
    run: String,
}

impl Frames {
    /// Frames of a cohort; `run` is part of every id.
    pub const fn new(group: String, python: bool, run: String) -> Self {
        Self {
            group,
            python,
            count: 0,
            run,
        }
    }

    /// A frame.
    pub fn frame(&mut self, kind: &str, beside: &Beside, data: Value) -> String {
        self.count += 1;
        let mut frame = Map::new();
        let severity = if beside.severity.is_empty() {
            "info"
        } else {
            beside.severity
        };
        let now = Timestamp::now()
            .strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00")
            .to_string();
        for (key, value) in [
            ("event_id", json!(format!("{}-{}", self.run, self.count))),
            ("event_type", json!(kind)),
            ("timestamp", json!(now)),
            ("epoch", json!(beside.epoch)),
            ("seed_id", json!(beside.seed_id)),
            ("slot_id", json!(beside.slot_id)),
            ("severity", json!(severity)),
            ("message", json!(beside.message)),
            ("group_id", json!(self.group)),
            ("data", data),
        ] {
            frame.insert(key.to_owned(), value);
        }
        self.text(&Value::Object(frame))
    }

    fn text(&self, frame: &Value) -> String {
        let mut text = frame.to_string();
        if text.contains("\\u0001") {
            for word in WORDS {
                let becomes = if self.python { word } else { "null" };
                text = text.replace(&format!("\"\\u0001{word}\""), becomes);
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_null_or_pythons_word() {
        let data = json!({"a": number(f64::NAN), "b": [number(f64::INFINITY), number(-f64::INFINITY)],
            "c": number(0.0), "d": "NaN", "e": maybe(None)});
        let mut frames = Frames::new("g".to_owned(), false, "r".to_owned());
        let text = frames.frame("T", &Beside::default(), data.clone());
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            read["data"],
            json!({"a": null, "b": [null, null], "c": 0.0, "d": "NaN", "e": null})
        );
        assert_eq!(
            (&read["event_id"], &read["severity"]),
            (&json!("r-1"), &json!("info"))
        );
        frames.python = true;
        let text = frames.frame("T", &Beside::default(), data);
        assert!(
            text.contains(r#""a":NaN,"b":[Infinity,-Infinity]"#),
            "{text}"
        );
        assert!(text.contains(r#""d":"NaN""#) && serde_json::from_str::<Value>(&text).is_err());
    }
}
