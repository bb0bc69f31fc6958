//! One pass over JSON text before anything parses it.
//!
//! In: bytes as they came. Out: text that a strict parser takes, borrowed where nothing had to change, and how deep and
//! how long what it holds is. It never recurses, so that no nesting can exhaust the stack.
//!
//! - Bytes that are no UTF-8 are an error with their place.
//! - `NaN`, `Infinity` and `-Infinity` outside strings (Python's encoder writes them) become `null`, or text.
//! - So do numbers beyond what a double can say (`1e400`), which others read as infinite.
//! - Escaped lone surrogates (`\ud800`, from odd file names) become `\ufffd`.

use std::borrow::Cow;

/// A number of so many digits is never beyond what a double can say, unless by its exponent.
const MAX_PLAIN_DIGITS: usize = 308;

/// What becomes of `NaN`, `Infinity` and `-Infinity`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NonFinite {
    /// They become `null`.
    #[default]
    Null,
    /// They become the texts `"NaN"`, `"Infinity"`, `"-Infinity"`, for dialects in which they mean something.
    Text,
}

/// Text that a strict parser takes, and its measure.
#[derive(Debug, PartialEq, Eq)]
pub struct Clean<'a> {
    /// The text, without a byte order mark.
    pub text: Cow<'a, str>,
    /// The measure of the text.
    pub measure: Measure,
    /// The numbers that JSON cannot say: where in `text` what replaced them stands, in bytes, and the token, in order.
    pub non_finite: Vec<(usize, &'static str)>,
}

/// How deep and how long what a text holds is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measure {
    /// The deepest nesting of arrays and objects.
    pub depth: usize,
    /// Where the deepest nesting was first reached, in bytes.
    pub deepest_at: usize,
    /// The longest string between its quotes, in bytes as written.
    pub longest_string: usize,
}

/// Cleans and measures a text. The error is the place, in bytes, of the first byte that is no UTF-8.
pub fn clean(bytes: &[u8], non_finite: NonFinite) -> Result<Clean<'_>, usize> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.valid_up_to())?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut scan = Scan {
        text,
        at: 0,
        copied: 0,
        changed: String::new(),
        measure: Measure::default(),
        replaced: Vec::new(),
    };
    scan.run(non_finite);
    Ok(scan.finish())
}

/// Measures a text that is clean already.
pub fn measure(text: &str) -> Measure {
    let mut scan = Scan {
        text,
        at: 0,
        copied: 0,
        changed: String::new(),
        measure: Measure::default(),
        replaced: Vec::new(),
    };
    scan.run(NonFinite::Null);
    scan.measure
}

struct Scan<'a> {
    text: &'a str,
    /// The next byte to look at.
    at: usize,
    /// Up to here the text was copied into `changed`.
    copied: usize,
    changed: String,
    measure: Measure,
    replaced: Vec<(usize, &'static str)>,
}

impl<'a> Scan<'a> {
    fn run(&mut self, non_finite: NonFinite) {
        let bytes = self.text.as_bytes();
        let mut depth = 0_usize;
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'"' => {
                    self.string(bytes);
                    continue;
                }
                b'{' | b'[' => {
                    depth += 1;
                    if depth > self.measure.depth {
                        self.measure.depth = depth;
                        self.measure.deepest_at = self.at;
                    }
                }
                b'}' | b']' => depth = depth.saturating_sub(1),
                b'0'..=b'9' => {
                    self.number(bytes, non_finite);
                    continue;
                }
                b'N' | b'I' | b'-' => {
                    if let Some(token) = token_at(bytes, self.at) {
                        self.replace_number(token.len(), token, non_finite);
                        continue;
                    }
                }
                _ => {}
            }
            self.at += 1;
        }
    }

    /// Goes over a number, from its first digit. One beyond what a double can say is read as infinite by others.
    fn number(&mut self, bytes: &[u8], non_finite: NonFinite) {
        let start = self.at;
        let mut has_exponent = false;
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'0'..=b'9' | b'.' | b'+' | b'-' => {}
                b'e' | b'E' => has_exponent = true,
                _ => break,
            }
            self.at += 1;
        }
        // Most are told by their length: without an exponent it takes more digits than 308.
        let length = self.at - start;
        if length <= MAX_PLAIN_DIGITS && !(has_exponent && length > 4) {
            return;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        if !text.parse().is_ok_and(f64::is_infinite) {
            return;
        }
        let is_negative = start > self.copied && bytes.get(start - 1) == Some(&b'-');
        let (from, token) = if is_negative {
            (start - 1, "-Infinity")
        } else {
            (start, "Infinity")
        };
        let end = self.at;
        self.at = from;
        self.replace_number(end - from, token, non_finite);
    }

    fn replace_number(&mut self, length: usize, token: &'static str, non_finite: NonFinite) {
        let new = match non_finite {
            NonFinite::Null => "null".to_owned(),
            NonFinite::Text => format!("\"{token}\""),
        };
        let place = self.replace(length, &new);
        self.replaced.push((place, token));
    }

    /// Goes over a string, from its opening quote to behind its closing one.
    fn string(&mut self, bytes: &[u8]) {
        self.at += 1;
        let start = self.at;
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'"' => break,
                b'\\' => self.escape(bytes),
                _ => self.at += 1,
            }
        }
        let end = self.at.min(bytes.len());
        self.measure.longest_string = self.measure.longest_string.max(end - start);
        self.at = (end + 1).min(bytes.len());
    }

    fn escape(&mut self, bytes: &[u8]) {
        match unicode_escape(bytes, self.at) {
            Some(0xD800..=0xDBFF) => match unicode_escape(bytes, self.at + 6) {
                Some(0xDC00..=0xDFFF) => self.at += 12,
                _ => {
                    self.replace(6, "\\ufffd");
                }
            },
            Some(0xDC00..=0xDFFF) => {
                self.replace(6, "\\ufffd");
            }
            Some(_) => self.at += 6,
            // The escaped character may be of several bytes: those after the first are none of ours.
            None => self.at += 2,
        }
    }

    /// Puts `new` in the place of the next `length` bytes, and says where it stands now.
    fn replace(&mut self, length: usize, new: &str) -> usize {
        self.changed.push_str(&self.text[self.copied..self.at]);
        let place = self.changed.len();
        self.changed.push_str(new);
        self.at += length;
        self.copied = self.at;
        place
    }

    fn finish(mut self) -> Clean<'a> {
        let text = if self.copied == 0 {
            Cow::Borrowed(self.text)
        } else {
            self.changed.push_str(&self.text[self.copied..]);
            Cow::Owned(self.changed)
        };
        Clean {
            text,
            measure: self.measure,
            non_finite: self.replaced,
        }
    }
}

/// The token that JSON does not know, where one starts here and ends with it.
fn token_at(bytes: &[u8], at: usize) -> Option<&'static str> {
    let rest = bytes.get(at..)?;
    ["NaN", "Infinity", "-Infinity"].into_iter().find(|token| {
        rest.starts_with(token.as_bytes())
            && !rest
                .get(token.len())
                .is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    })
}

/// The code unit of a `\uXXXX` that starts here.
fn unicode_escape(bytes: &[u8], at: usize) -> Option<u16> {
    let escape = bytes.get(at..at + 6)?;
    let digits = escape.strip_prefix(b"\\u")?;
    digits.iter().try_fold(0_u16, |unit, digit| {
        let digit = char::from(*digit).to_digit(16)?;
        Some(unit << 4 | digit as u16)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let clean = clean(text.as_bytes(), NonFinite::Null).unwrap();
        assert_eq!(clean.text, expected);
        let untouched = matches!(clean.text, Cow::Borrowed(_));
        assert_eq!(untouched, text == expected, "{text}");
    }

    #[test]
    fn numbers_that_json_cannot_say_become_null_outside_strings_only() {
        check(
            r#"{"a":NaN,"b":[Infinity,-Infinity]}"#,
            r#"{"a":null,"b":[null,null]}"#,
        );
        check(
            r#"{"NaN":"Infinity -Infinity"}"#,
            r#"{"NaN":"Infinity -Infinity"}"#,
        );
        check("[NaN]", "[null]");
        check("NaN", "null");
        check("[NaNny, Infinity1, -1]", "[NaNny, Infinity1, -1]");
        check(r#"["\"NaN", NaN]"#, r#"["\"NaN", null]"#);
    }

    #[test]
    fn numbers_beyond_a_double_become_null_and_all_others_keep_every_digit() {
        check(
            r#"{"a":1e400,"b":[-1E+309,2.5e308],"c":1e-400}"#,
            r#"{"a":null,"b":[null,null],"c":1e-400}"#,
        );
        let long = |digits: usize| format!("[-{}]", "9".repeat(digits));
        check(&long(400), "[null]");
        check(&long(308), &long(308));
        let fraction = format!("[0.{}]", "9".repeat(400));
        check(&fraction, &fraction);
        check(r#"{"1e400":"1e400"}"#, r#"{"1e400":"1e400"}"#);
        check(
            "[1.7976931348623157e308,1e5,true,false]",
            "[1.7976931348623157e308,1e5,true,false]",
        );
        check("1e999", "null");
        // What is no number is left for the parser to refuse.
        check("[1e4001e]", "[1e4001e]");
        let clean = clean(b"[1,-1e400,1e400]", NonFinite::Null).unwrap();
        assert_eq!(clean.non_finite, [(3, "-Infinity"), (8, "Infinity")]);
    }

    #[test]
    fn they_can_be_kept_as_text() {
        let clean = clean(b"[NaN,-Infinity]", NonFinite::Text).unwrap();
        assert_eq!(clean.text, r#"["NaN","-Infinity"]"#);
        assert_eq!(clean.non_finite, [(1, "NaN"), (7, "-Infinity")]);
    }

    #[test]
    fn lone_surrogates_are_replaced_and_pairs_kept() {
        check(r#"["\ud800"]"#, r#"["\ufffd"]"#);
        check(r#"["\uDC00x"]"#, r#"["\ufffdx"]"#);
        check(r#"["\ud83d\ude00"]"#, r#"["\ud83d\ude00"]"#);
        check(r#"["\ud83d\ud83d\ude00"]"#, r#"["\ufffd\ud83d\ude00"]"#);
        check(r#"["\\ud800"]"#, r#"["\\ud800"]"#);
        check("[\"\\ü\"]", "[\"\\ü\"]");
    }

    #[test]
    fn the_place_of_a_byte_that_is_no_utf8_is_named() {
        assert_eq!(clean(b"{\"a\":\"\xff\"}", NonFinite::Null), Err(6));
    }

    #[test]
    fn depth_and_length_are_measured_without_recursion() {
        let deep = "[".repeat(1_000_000);
        assert_eq!(measure(&deep).depth, 1_000_000);
        let long = format!(r#"{{"a":"{}","b":"{{[["}}"#, "x".repeat(1_000));
        let measure = measure(&long);
        assert_eq!((measure.depth, measure.longest_string), (1, 1_000));
    }

    #[test]
    fn a_byte_order_mark_is_dropped() {
        assert_eq!(
            clean(b"\xef\xbb\xbf{}", NonFinite::Null).unwrap().text,
            "{}"
        );
    }

    proptest::proptest! {
        #[test]
        fn what_was_valid_stays_the_same_value(text in "[\\[\\]{}:,\"\\\\a-zN0-9 ]{0,64}") {
            let clean = clean(text.as_bytes(), NonFinite::Null).unwrap();
            let before = serde_json::from_str::<serde_json::Value>(&text);
            if let Ok(before) = before {
                let after = serde_json::from_str::<serde_json::Value>(&clean.text).unwrap();
                proptest::prop_assert_eq!(before, after);
            }
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..256)) {
            let _ = clean(&bytes, NonFinite::Text);
        }
    }
}
