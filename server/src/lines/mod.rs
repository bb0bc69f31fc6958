//! Events on lines of a file, and the ids of those that have none. In: a line and where it stands. Out: the line with an
//! id that is the same whenever the same line is read again.
//!
//! The id is a hash of the file's first line, of the place, and of the line itself: it does not change when the file is
//! renamed or copied, and another file's line never has it. So a file may be followed, imported, and followed again,
//! and each of its events is kept once.

use std::borrow::Cow;
use std::fmt::Write as _;

use loopscope_dialects::json::{self, NonFinite};
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

/// How much of the first line tells a file.
const HEAD_BYTES: usize = 4 * 1024;

/// Which file it is, by its first line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity([u8; 32]);

impl Identity {
    /// The file that begins with this line.
    pub(crate) fn of(first_line: &[u8]) -> Self {
        let head = &first_line[..first_line.len().min(HEAD_BYTES)];
        Self(Sha256::digest(head).into())
    }

    /// The id of the event on a line at a place.
    fn event_id(&self, offset: u64, line: &[u8]) -> String {
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update(offset.to_be_bytes());
        hash.update(line);
        let mut id = "line-".to_owned();
        for byte in hash.finalize().iter().take(16) {
            // Writing into a text cannot fail.
            let _ = write!(id, "{byte:02x}");
        }
        id
    }
}

#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow, default)]
    event_id: Option<&'a RawValue>,
    #[serde(borrow, default)]
    event_type: Option<&'a RawValue>,
    #[serde(borrow, default)]
    name: Option<&'a RawValue>,
}

/// The line with an id for its event, where it has none (`null` and the empty text are none). Batches, and what is no object, stay as they are.
pub(crate) fn with_id<'a>(file: &Identity, offset: u64, line: &'a [u8]) -> Cow<'a, [u8]> {
    if !lacks_id(line) {
        return Cow::Borrowed(line);
    }
    let Some(open) = line.iter().position(|byte| *byte == b'{') else {
        return Cow::Borrowed(line);
    };
    let id = file.event_id(offset, line);
    let mut whole = line[..=open].to_vec();
    whole.extend_from_slice(format!(r#""event_id":"{id}","#).as_bytes());
    whole.extend_from_slice(&line[open + 1..]);
    Cow::Owned(whole)
}

fn lacks_id(line: &[u8]) -> bool {
    let Ok(clean) = json::clean(line, NonFinite::Null) else {
        return false;
    };
    let text = clean.text.trim();
    if !text.starts_with('{') {
        return false;
    }
    let Ok(fields) = serde_json::from_str::<Fields<'_>>(text) else {
        return false;
    };
    let is_said = |raw: &RawValue| !matches!(raw.get(), "null" | "\"\"");
    let is_event = fields.event_type.is_some() || fields.name.is_some();
    is_event && !fields.event_id.is_some_and(is_said)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_events_without_an_id_get_one() {
        let file = Identity::of(b"first");
        let given = |line: &str| with_id(&file, 7, line.as_bytes()).into_owned();
        for line in [
            r#"{"event_type":"X","event_id":"a"}"#,
            r#"{"events":[{"event_type":"X"}]}"#,
            r#"[{"event_type":"X"}]"#,
            r#"{"type":"ping"}"#,
            "nonsense",
            "{",
            "",
        ] {
            assert_eq!(given(line), line.as_bytes(), "{line}");
        }
        for line in [
            r#"{"event_type":"X","data":{"v":NaN}}"#,
            r#" { "event_type":"X","event_id":null}"#,
        ] {
            let given = String::from_utf8(given(line)).unwrap();
            assert!(given.contains(r#""event_id":"line-"#), "{given}");
        }
    }

    #[test]
    fn an_id_is_of_its_file_its_place_and_its_line() {
        let line = br#"{"event_type":"X"}"#;
        let id = |file: &[u8], offset, line: &[u8]| Identity::of(file).event_id(offset, line);
        assert_eq!(id(b"f", 1, line), id(b"f", 1, line));
        assert_ne!(id(b"f", 1, line), id(b"g", 1, line));
        assert_ne!(id(b"f", 1, line), id(b"f", 2, line));
        assert_ne!(id(b"f", 1, line), id(b"f", 1, b"{}"));
    }
}
