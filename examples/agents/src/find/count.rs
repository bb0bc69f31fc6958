//! Counts. In: a book. Out: its lines of code, comment and nothing, and the items that it declares.

use std::ops::AddAssign;

use crate::find::name;
use crate::scan::Language;
use crate::shelf::Book;

/// What was counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Files.
    pub files: usize,
    /// Lines with code on them.
    pub code: usize,
    /// Lines with a comment alone.
    pub comment: usize,
    /// Lines with neither.
    pub blank: usize,
    /// Functions, types, modules and the like.
    pub items: usize,
}

impl Count {
    /// All lines.
    pub const fn lines(&self) -> usize {
        self.code + self.comment + self.blank
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        self.files += other.files;
        self.code += other.code;
        self.comment += other.comment;
        self.blank += other.blank;
        self.items += other.items;
    }
}

/// Counts a book.
pub fn count(book: &Book) -> Count {
    let mut count = Count {
        files: 1,
        ..Count::default()
    };
    for line in &book.lines {
        if !line.code.trim().is_empty() {
            count.code += 1;
        } else if !line.comment.trim().is_empty() {
            count.comment += 1;
        } else {
            count.blank += 1;
        }
        count.items += usize::from(declares(book.file.language, &line.code));
    }
    count
}

/// Whether a line declares something.
fn declares(language: Language, code: &str) -> bool {
    let mut rest = code.trim_start();
    match language {
        Language::Rust => {
            if let Some(inner) = rest.strip_prefix("pub") {
                rest = match inner.strip_prefix('(') {
                    Some(inner) => inner.split_once(')').map_or("", |(_, rest)| rest),
                    None => inner,
                };
            }
            let words = rest.split_whitespace();
            let mut words = words.skip_while(|word| matches!(*word, "async" | "unsafe" | "extern"));
            let word = words.next().unwrap_or_default();
            let next = words.next().unwrap_or_default();
            matches!(
                word,
                "fn" | "struct" | "enum" | "trait" | "mod" | "type" | "static" | "union"
            ) && !name(next).is_empty()
                || word == "const"
                || word == "macro_rules!"
                || word.starts_with("impl") && name(word) == "impl"
        }
        Language::Python => matches!(first_words(rest), ("def" | "class", _) | ("async", "def")),
        Language::JavaScript => {
            let rest = rest.strip_prefix("export ").unwrap_or(rest);
            let rest = rest.strip_prefix("default ").unwrap_or(rest);
            matches!(
                first_words(rest),
                ("function" | "function*" | "class", _) | ("async", "function")
            )
        }
        _ => false,
    }
}

fn first_words(text: &str) -> (&str, &str) {
    let mut words = text.split_whitespace();
    (
        words.next().unwrap_or_default(),
        words.next().unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::tests::book;

    #[test]
    fn lines_and_items_are_counted() {
        let text = "//! A.\n\npub(crate) async fn a() {\n    // b\n    let c = 1; // d\n}\n\nimpl<T> E for F<T> {}\nconst G: u8 = 1;\n";
        let found = count(&book("a.rs", text));
        assert_eq!(
            found,
            Count {
                files: 1,
                code: 5,
                comment: 2,
                blank: 2,
                items: 3
            }
        );
        assert_eq!(found.lines(), text.lines().count());
    }

    #[test]
    fn only_declarations_are_items() {
        for (path, text, items) in [
            ("a.rs", "fn_pointer();", 0),
            ("a.rs", "implement();", 0),
            ("a.rs", "pub struct A;", 1),
            ("a.rs", "let f: fn(u8) = g;", 0),
            ("a.py", "async def a():\n    define()\nclass B: pass", 2),
            ("a.js", "export default function a() {}\nconst b = 1", 1),
            ("a.css", "fn a {}", 0),
        ] {
            assert_eq!(count(&book(path, text)).items, items, "{text}");
        }
    }
}
