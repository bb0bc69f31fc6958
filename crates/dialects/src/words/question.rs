//! What a person looks for. In: a line of text, whatever is in it. Out: words, at most eight.
//!
//! There is nothing to get wrong: signs part words, and no word commands anything. `chec*` means words that begin so.

use super::fold::{Found, found_in};

/// The most words of a question; what is beyond is passed over.
const MAX_ASKED: usize = 8;

/// The fewest characters of the beginning of a word.
const MIN_BEGINNING: usize = 3;

/// A word that must be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The word, folded.
    pub word: String,
    /// Whether a word that begins so will do.
    pub begins: bool,
}

/// The words that must all be there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Question {
    /// Each once.
    pub words: Vec<Wanted>,
}

impl Question {
    /// Reads a question.
    pub fn read(text: &str) -> Self {
        let mut words: Vec<Wanted> = Vec::new();
        for Found { word, at } in found_in(text) {
            let is_open = text[at.end..].starts_with('*');
            let begins = is_open && may_begin(&word);
            if words.len() < MAX_ASKED && words.iter().all(|known| known.word != word) {
                words.push(Wanted { word, begins });
            }
        }
        Self { words }
    }

    /// The same question, where the beginnings of words will do; `None` where it is that already.
    pub fn widened(&self) -> Option<Self> {
        let words = self.words.iter().map(|wanted| Wanted {
            begins: may_begin(&wanted.word),
            word: wanted.word.clone(),
        });
        let wide = Self {
            words: words.collect(),
        };
        (wide != *self).then_some(wide)
    }

    /// Whether the words of a text have all that is looked for. Nothing fits no question.
    pub fn fits(&self, words: &[String]) -> bool {
        let has = |wanted: &Wanted| words.iter().any(|word| wanted.takes(word));
        !self.is_empty() && self.words.iter().all(has)
    }

    /// Whether there is nothing to look for.
    pub const fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether a word of a text is among what is looked for.
    pub(super) fn wants(&self, word: &str) -> bool {
        self.words.iter().any(|wanted| wanted.takes(word))
    }
}

impl Wanted {
    fn takes(&self, word: &str) -> bool {
        if self.begins {
            word.starts_with(&self.word)
        } else {
            word == self.word
        }
    }
}

/// Of one letter, or two, nearly every word begins: that would be no question.
fn may_begin(word: &str) -> bool {
    word.chars().nth(MIN_BEGINNING - 1).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Vec<String> {
        let words = Question::read(text).words.into_iter();
        words
            .map(|wanted| format!("{}{}", wanted.word, if wanted.begins { "*" } else { "" }))
            .collect()
    }

    #[test]
    fn a_question_is_words_whatever_else_is_in_it() {
        for (text, expected) in [
            ("unchecked length", vec!["unchecked", "length"]),
            ("Chec* le*", vec!["chec*", "le"]),
            ("services/alpha", vec!["services", "alpha"]),
            (
                "say \"no\" OR -- NEAR(a b, 3)",
                vec!["say", "no", "or", "near", "a", "b", "3"],
            ),
            ("AND AND NOT", vec!["and", "not"]),
            (
                "words:(x)^2 {y} +z -w",
                vec!["words", "x", "2", "y", "z", "w"],
            ),
            ("'; DROP TABLE search; --", vec!["drop", "table", "search"]),
            ("\u{0}\u{1}\u{1b}[31m", vec!["31m"]),
            ("🚀🔥", vec![]),
            ("((((\"\"\"***", vec![]),
            (
                "1 2 3 4 5 6 7 8 9 10",
                vec!["1", "2", "3", "4", "5", "6", "7", "8"],
            ),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
        assert_eq!(Question::read(&"x".repeat(10_000)).words[0].word.len(), 64);
        assert_eq!(Question::read(&"x y ".repeat(2_500)).words.len(), 2);
    }

    #[test]
    fn a_question_is_widened_once_and_only_by_words_long_enough() {
        let wide = Question::read("unch of len*").widened().unwrap();
        let words: Vec<_> = wide.words.iter().map(|wanted| wanted.begins).collect();
        assert_eq!(words, [true, false, true]);
        assert_eq!(wide.widened(), None);
        assert_eq!(Question::read("of a").widened(), None);
    }

    proptest! {
        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,300}|[\"'*()^:{}+ANDORTE -]{0,300}|(?s:.){0,300}") {
            let question = Question::read(&text);
            prop_assert!(question.words.len() <= MAX_ASKED);
            for wanted in question.words {
                prop_assert!(!wanted.word.chars().any(|c| c.is_ascii() && !c.is_ascii_alphanumeric()));
            }
        }
    }
}
