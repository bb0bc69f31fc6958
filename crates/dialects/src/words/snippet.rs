//! The piece of a text that has what was looked for. In: a text, a question. Out: pieces, some of them marked.

use std::ops::Range;

use super::Question;
use super::fold::found_in;

/// Characters of a snippet, and how many of them stand before what was found.
const SNIPPET: usize = 180;
const BEFORE: usize = 48;

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// The text.
    pub text: String,
    /// Whether it is what was looked for.
    pub marked: bool,
}

/// The text around the first word that was found, with every such word marked. Line breaks and other control characters
/// become spaces.
pub fn snippet(text: &str, question: &Question) -> Vec<Piece> {
    let hits = found_in(text).filter(|found| question.wants(&found.word));
    let hits: Vec<Range<usize>> = hits.map(|found| found.at).collect();
    let first = hits.first().map_or(0, |at| at.start);
    let from = back(text, first, BEFORE);
    let to = ahead(text, from, SNIPPET);
    let mut pieces = Vec::new();
    put(&mut pieces, if from > 0 { "…" } else { "" }, false);
    let mut at = from;
    for hit in hits {
        let (start, end) = (hit.start.clamp(at, to), hit.end.clamp(at, to));
        if start < end {
            put(&mut pieces, &text[at..start], false);
            put(&mut pieces, &text[start..end], true);
            at = end;
        }
    }
    put(&mut pieces, &text[at..to], false);
    put(&mut pieces, if to < text.len() { "…" } else { "" }, false);
    pieces
}

fn put(pieces: &mut Vec<Piece>, text: &str, marked: bool) {
    if text.is_empty() {
        return;
    }
    let plain = |c: char| if c.is_control() { ' ' } else { c };
    let text: String = text.chars().map(plain).collect();
    match pieces.last_mut() {
        Some(last) if last.marked == marked => last.text.push_str(&text),
        _ => pieces.push(Piece { text, marked }),
    }
}

/// So many characters before a place.
fn back(text: &str, at: usize, characters: usize) -> usize {
    let mut before = text[..at].char_indices().rev();
    before
        .nth(characters.saturating_sub(1))
        .map_or(0, |(at, _)| at)
}

/// So many characters behind a place.
fn ahead(text: &str, at: usize, characters: usize) -> usize {
    let mut behind = text[at..].char_indices();
    behind
        .nth(characters)
        .map_or(text.len(), |(more, _)| at + more)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(text: &str, question: &str) -> String {
        let pieces = snippet(text, &Question::read(question)).into_iter();
        pieces
            .map(|piece| {
                if piece.marked {
                    format!("[{}]", piece.text)
                } else {
                    piece.text
                }
            })
            .collect()
    }

    #[test]
    fn what_was_found_is_marked_and_stands_near_the_beginning() {
        for (text, question, expected) in [
            (
                "Unchecked length in read",
                "LENGTH unch*",
                "[Unchecked] [length] in read",
            ),
            ("nothing here", "absent", "nothing here"),
            ("overneedle", "needle", "overneedle"),
            ("Zürich\nam See", "zurich", "[Zürich] am See"),
            ("日本語", "本", "日[本]語"),
            ("a_b", "b", "a_[b]"),
            ("", "x", ""),
        ] {
            assert_eq!(told(text, question), expected, "{text}");
        }
        let long = format!("{} needle {}", "a".repeat(300), "b ".repeat(300));
        let shown = told(&long, "needle");
        assert!(
            shown.starts_with('…') && shown.ends_with('…') && shown.contains("[needle]"),
            "{shown}"
        );
    }

    proptest! {
        #[test]
        fn pieces_are_the_text_and_few(text in "(?s:.){0,400}", question in ".{0,20}") {
            let pieces = snippet(&text, &Question::read(&question));
            let joined: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
            prop_assert!(joined.chars().count() <= SNIPPET + 2);
            let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            let middle = joined.trim_start_matches('…').trim_end_matches('…');
            prop_assert!(plain.contains(middle));
        }
    }
}
