//! Long functions. In: a book and a limit. Out: a finding for each function of more lines than that.

use crate::find::{name, stands_alone};
use crate::finding::{Finding, Kind, Place};
use crate::scan::Language;
use crate::shelf::Book;

/// The languages that it reads.
pub const LANGUAGES: &[Language] = &[Language::Rust, Language::JavaScript, Language::Python];

/// A function: its name, its first and its last line, from 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line of its name.
    pub first: usize,
    /// The line on which it ends.
    pub last: usize,
}

/// Functions of more than `limit` lines.
pub fn find(book: &Book, limit: usize) -> Vec<Finding> {
    let long = functions(book).into_iter();
    long.filter(|function| function.last + 1 - function.first > limit)
        .map(|function| Finding {
            kind: Kind::LongFunction,
            weight: function.last + 1 - function.first - limit,
            places: vec![Place {
                path: book.file.path.clone(),
                first: function.first + 1,
                last: function.last + 1,
            }],
            about: function.name,
        })
        .collect()
}

/// All functions that have a name and a body.
pub fn functions(book: &Book) -> Vec<Function> {
    match book.file.language {
        Language::Rust => braced(book, "fn"),
        Language::JavaScript => braced(book, "function"),
        Language::Python => indented(book),
        _ => Vec::new(),
    }
}

fn braced(book: &Book, word: &str) -> Vec<Function> {
    let mut functions = Vec::new();
    for (index, line) in book.lines.iter().enumerate() {
        for (at, _) in line.code.match_indices(word) {
            if !stands_alone(&line.code, at, word.len()) {
                continue;
            }
            let rest = line.code[at + word.len()..].trim_start_matches(['*', ' ']);
            let name = name(rest);
            if name.is_empty() {
                continue;
            }
            let column = line.code.len() - rest.len();
            if let Some(last) = end(book, index, column) {
                functions.push(Function {
                    name: name.to_owned(),
                    first: index,
                    last,
                });
            }
        }
    }
    functions
}

/// The line of the brace that closes the body which begins behind that place; `None` without a body.
fn end(book: &Book, first: usize, column: usize) -> Option<usize> {
    let (mut braces, mut brackets) = (0_usize, 0_usize);
    for (index, line) in book.lines.iter().enumerate().skip(first) {
        let from = if index == first { column } else { 0 };
        for char in line.code.get(from..)?.chars() {
            match char {
                '(' | '[' => brackets += 1,
                ')' | ']' => brackets = brackets.checked_sub(1)?,
                '{' => braces += 1,
                '}' => {
                    braces = braces.checked_sub(1)?;
                    // A brace among the parameters opens and closes there.
                    if braces == 0 && brackets == 0 {
                        return Some(index);
                    }
                }
                ';' if braces == 0 && brackets == 0 => return None,
                _ => {}
            }
        }
    }
    None
}

fn indented(book: &Book) -> Vec<Function> {
    let depth = |index: usize| {
        let code = book.text[index].as_str();
        code.len() - code.trim_start().len()
    };
    let mut functions = Vec::new();
    for (index, line) in book.lines.iter().enumerate() {
        let code = line.code.trim_start();
        let code = code.strip_prefix("async ").unwrap_or(code);
        let Some(rest) = code.strip_prefix("def ") else {
            continue;
        };
        let inner = (index + 1..book.lines.len())
            .filter(|inner| !book.text[*inner].trim().is_empty())
            // A signature over several lines closes at the depth of its `def`.
            .take_while(|inner| {
                depth(*inner) > depth(index) || book.text[*inner].trim_start().starts_with(')')
            });
        functions.push(Function {
            name: name(rest).to_owned(),
            first: index,
            last: inner.last().unwrap_or(index),
        });
    }
    functions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::tests::book;

    fn found(path: &str, text: &str) -> Vec<(String, usize, usize)> {
        let all = functions(&book(path, text)).into_iter();
        all.map(|one| (one.name, one.first + 1, one.last + 1))
            .collect()
    }

    #[test]
    fn functions_end_where_their_body_ends() {
        let text = "trait A {\n    fn no(&self, a: [u8; 4]);\n    fn b(&self) -> u8 {\n        let s = \"}\";\n        if x { 1 } else { '}' }\n    }\n}\nconst C: fn(u8) = d;\nfn e() { fn f() {} }\n";
        let wanted = [("b", 3, 6), ("e", 9, 9), ("f", 9, 9)];
        let wanted = wanted.map(|(name, first, last)| (name.to_owned(), first, last));
        assert_eq!(found("a.rs", text), wanted);
        let text = "function a({ b } = {}) {\n  return `}`\n}\n";
        assert_eq!(found("a.js", text), [("a".to_owned(), 1, 3)]);
        let text =
            "def a(\n    b,\n):\n    '''}'''\n\n    return b\n\nclass C:\n    def d(self): pass\n";
        let wanted = [("a".to_owned(), 1, 6), ("d".to_owned(), 9, 9)];
        assert_eq!(found("a.py", text), wanted);
        assert!(found("a.rs", "fn never_closed() {\n").is_empty());
    }

    #[test]
    fn only_those_beyond_the_limit_are_found() {
        let text = "fn a() {\n\n\n}\nfn b() {\n\n}\n";
        let found = find(&book("a.rs", text), 3);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].about, "a");
        assert_eq!(found[0].weight, 1);
        assert_eq!(found[0].places[0].to_string(), "a.rs:1-4");
    }
}
