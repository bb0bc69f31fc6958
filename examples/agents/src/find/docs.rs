//! Public items without documentation. In: a book in Rust or Python. Out: a finding for each.

use crate::find::name;
use crate::finding::{Finding, Kind, Place};
use crate::scan::Language;
use crate::shelf::Book;

/// The languages that it reads.
pub const LANGUAGES: &[Language] = &[Language::Rust, Language::Python];

/// Public items without documentation, and how many public items there are.
pub fn find(book: &Book) -> (Vec<Finding>, usize) {
    let mut public = 0;
    let mut findings = Vec::new();
    let end = tests_begin(book);
    for index in 0..end {
        let Some(item) = item(book, index) else {
            continue;
        };
        public += 1;
        if !is_documented(book, index) {
            findings.push(Finding {
                kind: Kind::Undocumented,
                places: vec![Place {
                    path: book.file.path.clone(),
                    first: index + 1,
                    last: index + 1,
                }],
                about: item.to_owned(),
                weight: 1,
            });
        }
    }
    (findings, public)
}

/// The line on which the tests of a file begin; its end without tests.
fn tests_begin(book: &Book) -> usize {
    let mut lines = book.lines.iter();
    lines
        .position(|line| line.code.trim() == "#[cfg(test)]")
        .unwrap_or(book.lines.len())
}

/// The name of the public item that a line declares.
pub fn item(book: &Book, index: usize) -> Option<&str> {
    let code = book.lines.get(index)?.code.as_str();
    match book.file.language {
        Language::Rust => {
            let mut words = code.trim_start().strip_prefix("pub ")?;
            while let Some(rest) = ["async ", "unsafe ", "extern \"\" "]
                .iter()
                .find_map(|word| words.strip_prefix(word))
            {
                words = rest;
            }
            // A module has its documentation in its own file.
            let kinds = [
                "const fn ",
                "fn ",
                "struct ",
                "enum ",
                "trait ",
                "type ",
                "const ",
                "static ",
                "union ",
            ];
            let rest = kinds.iter().find_map(|kind| words.strip_prefix(kind))?;
            let rest = rest.strip_prefix("unsafe fn ").unwrap_or(rest);
            Some(name(rest)).filter(|name| !name.is_empty() && *name != "_")
        }
        Language::Python => {
            let code = code.strip_prefix("async ").unwrap_or(code);
            let rest = code.strip_prefix("def ").or(code.strip_prefix("class "))?;
            Some(name(rest)).filter(|name| !name.starts_with('_') && !name.starts_with("test"))
        }
        _ => None,
    }
}

/// Whether the item of that line has documentation.
pub fn is_documented(book: &Book, index: usize) -> bool {
    if book.file.language == Language::Python {
        return has_docstring(book, index);
    }
    let mut in_attribute = false;
    for line in (0..index).rev() {
        let text = book.text.get(line).map_or("", |line| line.trim());
        if text.starts_with("///") || text.starts_with("#[doc") || text.ends_with("*/") {
            return true;
        }
        let opens = text.starts_with("#[");
        // An attribute over several lines is left upwards by its first.
        if !in_attribute && !opens && text != ")]" {
            return false;
        }
        in_attribute = !opens && (in_attribute || text == ")]");
    }
    false
}

fn has_docstring(book: &Book, index: usize) -> bool {
    let mut signature = book.lines.iter().enumerate().skip(index);
    let Some((end, _)) = signature.find(|(_, line)| line.code.trim_end().ends_with(':')) else {
        return false;
    };
    let mut rest = book.text.iter().skip(end + 1).map(|line| line.trim());
    let first = rest.find(|line| !line.is_empty()).unwrap_or_default();
    first
        .trim_start_matches(['r', 'R'])
        .starts_with(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::tests::book;

    #[test]
    fn public_items_need_documentation() {
        let text = "/// A.\npub struct A;\n#[derive(\n    Debug,\n)]\npub struct B;\n/// C.\n#[derive(\n    Debug,\n)]\npub enum C {}\npub(crate) fn d() {}\npub use e::f;\npub mod g;\npub const fn h() {}\nlet s = \"pub fn i() {}\";\n#[cfg(test)]\nmod tests {\n    pub fn j() {}\n}\n";
        let (found, public) = find(&book("a.rs", text));
        let names: Vec<&str> = found.iter().map(|one| one.about.as_str()).collect();
        assert_eq!(names, ["B", "h"]);
        assert_eq!(public, 4);
        assert_eq!(found[1].places[0].to_string(), "a.rs:15");
    }

    #[test]
    fn python_has_its_docstring_inside() {
        let text = "def a():\n    \"\"\"A.\"\"\"\n\ndef b(\n    c,\n):\n    return c\n\ndef _d(): pass\n\nclass E:\n\n    'E.'\n";
        let (found, public) = find(&book("a.py", text));
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].about.as_str(), public), ("b", 3));
    }
}
