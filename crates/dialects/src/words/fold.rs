//! Words of a text with their places in it. In: text. Out: folded words, and the bytes that each stands for.

use std::ops::Range;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

use super::MAX_WORD_BYTES;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// Without case and accents.
    pub word: String,
    /// Where it stands in the text.
    pub at: Range<usize>,
}

/// The words of a text, from its beginning.
pub(super) fn found_in(text: &str) -> impl Iterator<Item = Found> + '_ {
    let mut rest = text.char_indices().peekable();
    std::iter::from_fn(move || {
        let mut word = String::new();
        let mut at = 0..0;
        while let Some(&(start, character)) = rest.peek() {
            // Accents that stand alone belong to what is before them.
            let is_mark = is_combining_mark(character);
            let own = if is_mark {
                String::new()
            } else {
                folded(character)
            };
            let ends = own.is_empty() && (word.is_empty() || !is_mark);
            let alone = own.chars().any(stands_alone);
            if !word.is_empty() && (ends || alone) {
                break;
            }
            rest.next();
            if own.is_empty() && word.is_empty() {
                continue;
            }
            if word.is_empty() {
                at.start = start;
            }
            at.end = start + character.len_utf8();
            word.push_str(&own);
            if alone {
                break;
            }
        }
        word.truncate(word.floor_char_boundary(MAX_WORD_BYTES));
        (!word.is_empty()).then_some(Found { word, at })
    })
}

/// A character as letters and digits without case and accents; empty for any other.
fn folded(character: char) -> String {
    if character.is_ascii_alphanumeric() {
        return character.to_ascii_lowercase().to_string();
    }
    let mut out = String::new();
    decompose_compatible(character, |part| {
        for lower in part.to_lowercase() {
            if lower.is_alphanumeric() && !is_combining_mark(lower) {
                out.push(lower);
            }
        }
    });
    // A few signs are short for several others; the first of them will do.
    match out.chars().find(|part| stands_alone(*part)) {
        Some(sign) => sign.to_string(),
        None => out,
    }
}

/// Han and kana: no space parts their words.
const fn stands_alone(character: char) -> bool {
    matches!(character as u32, 0x3040..=0x30FF | 0x31F0..=0x31FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF)
}
