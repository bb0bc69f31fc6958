//! Notes that something is left to do. In: a book. Out: a finding for each mark in a comment, or macro in the code.

use crate::find::stands_alone;
use crate::finding::{Finding, Kind, Place};
use crate::shelf::Book;

/// What such a note begins with.
pub const MARKS: &[&str] = &["TODO", "FIXME", "XXX", "HACK"];
/// What such a note is in the code.
pub const MACROS: &[&str] = &["todo!(", "unimplemented!("];
/// The most letters of a note that are kept.
const MOST: usize = 120;

/// All notes of a book.
pub fn find(book: &Book) -> Vec<Finding> {
    let lines = book.lines.iter().enumerate();
    lines
        .filter_map(|(index, line)| {
            let about = mark(&line.comment)
                .map(|at| &line.comment[at..])
                .or_else(|| macro_at(&line.code).map(|at| &line.code[at..]))?;
            Some(Finding {
                kind: Kind::Note,
                places: vec![Place {
                    path: book.file.path.clone(),
                    first: index + 1,
                    last: index + 1,
                }],
                about: about.trim().chars().take(MOST).collect(),
                weight: 1,
            })
        })
        .collect()
}

/// Where a comment's mark stands: as its first word, or with a colon or a bracket behind it. Prose about such marks is
/// none.
pub fn mark(comment: &str) -> Option<usize> {
    let begins = comment.len()
        - comment
            .trim_start_matches(['/', '!', '*', '#', '-', ' '])
            .len();
    MARKS
        .iter()
        .flat_map(|mark| comment.match_indices(mark))
        .filter(|(at, mark)| {
            let after = &comment[at + mark.len()..];
            let is_said = *at == begins || after.starts_with([':', '(']);
            is_said && stands_alone(comment, *at, mark.len())
        })
        .map(|(at, _)| at)
        .min()
}

/// Where the code has such a macro.
pub fn macro_at(code: &str) -> Option<usize> {
    MACROS.iter().find_map(|word| {
        let at = code.find(word)?;
        stands_alone(code, at, word.len() - 1).then_some(at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::tests::book;

    #[test]
    fn notes_stand_in_comments_or_are_macros() {
        for (path, text, wanted) in [
            ("a.rs", "let a = 1; // TODO: b", Some("TODO: b")),
            ("a.rs", "/* FIXME(me) c */", Some("FIXME(me) c */")),
            ("a.rs", "// XXX", Some("XXX")),
            ("a.rs", "let a = \"// TODO: no\";", None),
            ("a.rs", "// TODOS are many", None),
            ("a.rs", "//! Finds TODO and FIXME", None),
            ("a.rs", "    todo!()", Some("todo!()")),
            ("a.rs", "my_todo!()", None),
            ("a.py", "a = 1  # HACK: d", Some("HACK: d")),
            ("a.css", "TODO: e", None),
        ] {
            let found = find(&book(path, text));
            assert_eq!(
                found.first().map(|one| one.about.as_str()),
                wanted,
                "{text}"
            );
        }
    }
}
