//! Changes to a file, by byte. In: a text and edits that all refer to it. Out: the changed text.

/// Replaces the bytes `start..end` of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// Relative to the crate.
    pub file: String,
    /// First byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
    /// What to put there.
    pub replacement: String,
}

impl Edit {
    /// Whether both change the same place. Two insertions at one place do, too: their order is not known.
    pub fn collides(&self, other: &Self) -> bool {
        self.file == other.file
            && (self.start < other.end && other.start < self.end || self.start == other.start)
    }
}

/// Applies edits to one text. `None` when one reaches outside the text, cuts a character, or collides with another:
/// then nothing is changed.
pub fn apply(text: &str, edits: &[Edit]) -> Option<String> {
    let mut ordered: Vec<&Edit> = edits.iter().collect();
    ordered.sort_by_key(|edit| (edit.start, edit.end));
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (number, edit) in ordered.iter().enumerate() {
        let collides = number > 0 && ordered.get(number - 1)?.collides(edit);
        if collides || edit.end < edit.start {
            return None;
        }
        out.push_str(text.get(at..edit.start)?);
        out.push_str(&edit.replacement);
        at = edit.end;
    }
    out.push_str(text.get(at..)?);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(start: usize, end: usize, replacement: &str) -> Edit {
        Edit {
            file: "a".into(),
            start,
            end,
            replacement: replacement.into(),
        }
    }

    #[test]
    fn edits_apply_by_byte() {
        let rows: &[(&str, &[Edit], Option<&str>)] = &[
            ("abc", &[], Some("abc")),
            ("abc", &[edit(1, 2, "XY")], Some("aXYc")),
            ("abc", &[edit(1, 2, "")], Some("ac")),
            ("abc", &[edit(3, 3, "!")], Some("abc!")),
            ("abc", &[edit(2, 3, "C"), edit(0, 1, "A")], Some("AbC")),
            ("abc", &[edit(0, 1, "A"), edit(1, 2, "B")], Some("ABc")),
            ("aéc", &[edit(1, 3, "e")], Some("aec")),
            ("aéc", &[edit(1, 2, "e")], None),
            ("abc", &[edit(0, 2, "X"), edit(1, 3, "Y")], None),
            ("abc", &[edit(1, 1, "X"), edit(1, 1, "Y")], None),
            ("abc", &[edit(2, 9, "X")], None),
            ("abc", &[edit(2, 1, "X")], None),
        ];
        for (text, edits, wanted) in rows {
            assert_eq!(apply(text, edits).as_deref(), *wanted, "{text} {edits:?}");
        }
    }
}
