//! The same lines in several places. In: all books and how many lines count. Out: a finding for each block of lines
//! that stands in two places or more, as long as it can be.
//!
//! Every window of so many lines is looked up by its text; where one stood before, both places are followed for as
//! long as they agree. Lines that say nothing (a bracket alone, `use` and `import`) are passed over, so that a block is
//! counted by what it says.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use crate::finding::{Finding, Kind, Place};
use crate::scan::Language;
use crate::shelf::Book;

/// The languages that it reads.
pub const LANGUAGES: &[Language] = &[
    Language::Rust,
    Language::JavaScript,
    Language::Python,
    Language::Css,
    Language::Sql,
];

/// A line that says something: in which book, on which line, and what, as a number.
#[derive(Debug, Clone, Copy)]
struct Said {
    book: usize,
    line: usize,
    text: u64,
}

/// Finds blocks of at least `window` lines that stand in several places.
pub fn find(books: &[&Book], window: usize) -> Vec<Finding> {
    let window = window.max(1);
    let said: Vec<Said> = said(books);
    let mut seen: HashMap<u64, usize> = HashMap::new();
    // By the start of the first place and the length: where else it stands.
    let mut blocks: Vec<(usize, usize, Vec<usize>)> = Vec::new();
    let mut known: HashMap<(usize, usize), usize> = HashMap::new();
    let mut at = 0;
    while at + window <= said.len() {
        let Some(key) = key(&said[at..at + window]) else {
            at += 1;
            continue;
        };
        let first = match seen.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(at);
                at += 1;
                continue;
            }
            Entry::Occupied(entry) => *entry.get(),
        };
        let length = agree(&said, first, at);
        if length < window {
            at += 1;
            continue;
        }
        let index = *known.entry((first, length)).or_insert_with(|| {
            blocks.push((first, length, Vec::new()));
            blocks.len() - 1
        });
        blocks[index].2.push(at);
        at += length;
    }
    let finding = |(first, length, others): (usize, usize, Vec<usize>)| {
        let starts = std::iter::once(first).chain(others.iter().copied());
        let places = starts.map(|start| place(books, &said, start, length));
        let head = said[first];
        Finding {
            kind: Kind::Duplicate,
            places: places.collect(),
            about: books[head.book].text[head.line].trim().to_owned(),
            // Each further place could be one line, a call.
            weight: others.len() * (length - 1),
        }
    };
    blocks.into_iter().map(finding).collect()
}

/// The lines that say something, in order.
fn said(books: &[&Book]) -> Vec<Said> {
    let mut said = Vec::new();
    for (book, held) in books.iter().enumerate() {
        for (line, text) in held.text.iter().enumerate() {
            let is_code = held.lines.get(line).is_some_and(|line| says(&line.code));
            if is_code {
                let mut hasher = DefaultHasher::new();
                text.trim().hash(&mut hasher);
                said.push(Said {
                    book,
                    line,
                    text: hasher.finish(),
                });
            }
        }
    }
    said
}

/// Whether a line of code says anything of its own.
pub fn says(code: &str) -> bool {
    let code = code.trim();
    let rest = code.strip_prefix("pub ").unwrap_or(code);
    let brings_in = ["use ", "import ", "from ", "mod "]
        .iter()
        .any(|word| rest.starts_with(word));
    !brings_in && code.chars().filter(|char| char.is_alphanumeric()).count() > 2
}

/// A number for what a window says; `None` where it goes over the end of a book, or says the same again and again.
fn key(window: &[Said]) -> Option<u64> {
    let distinct: HashSet<u64> = window.iter().map(|said| said.text).collect();
    if distinct.len() * 2 <= window.len() {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    for said in window {
        if said.book != window[0].book {
            return None;
        }
        said.text.hash(&mut hasher);
    }
    Some(hasher.finish())
}

/// For how many lines two places say the same, in one book each and without running into each other.
fn agree(said: &[Said], first: usize, second: usize) -> usize {
    let mut length = 0;
    while first + length < second
        && let (Some(one), Some(other)) = (said.get(first + length), said.get(second + length))
        && one.text == other.text
        && one.book == said[first].book
        && other.book == said[second].book
    {
        length += 1;
    }
    length
}

fn place(books: &[&Book], said: &[Said], start: usize, length: usize) -> Place {
    Place {
        path: books[said[start].book].file.path.clone(),
        first: said[start].line + 1,
        last: said[start + length - 1].line + 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::tests::book;

    const BLOCK: &str =
        "let one = first();\nlet two = second();\nlet three = third();\nsend(one, two);\n";

    fn found(texts: &[&str], window: usize) -> Vec<(usize, Vec<String>)> {
        let books: Vec<Book> = texts
            .iter()
            .enumerate()
            .map(|(index, text)| book(&format!("{index}.rs"), text))
            .collect();
        let books: Vec<&Book> = books.iter().collect();
        let found = find(&books, window).into_iter();
        found
            .map(|one| {
                let places = one.places.iter().map(ToString::to_string);
                (one.weight, places.collect())
            })
            .collect()
    }

    #[test]
    fn a_block_in_three_places_is_one_finding_whatever_its_indent_and_blank_lines() {
        let indented = BLOCK.replace("let", "    let").replace('\n', "\n\n");
        let texts = [
            &format!("fn a() {{\n{BLOCK}}}\n"),
            &format!("fn b() {{\n{indented}}}\n"),
            &format!("fn c() {{\nother();\n{BLOCK}}}\n"),
        ];
        let wanted = ["0.rs:2-5", "1.rs:2-8", "2.rs:3-6"].map(str::to_owned);
        assert_eq!(found(&texts.map(String::as_str), 4), [(6, wanted.to_vec())]);
    }

    #[test]
    fn less_than_the_window_imports_and_repeated_lines_are_none() {
        assert!(found(&[BLOCK, BLOCK], 5).is_empty());
        let imports = "use a::b;\nuse c::d;\nuse e::f;\nuse g::h;\n";
        assert!(found(&[imports, imports], 3).is_empty());
        let brackets = "}\n)\n];\n{\n}\n";
        assert!(found(&[brackets, brackets], 3).is_empty());
        let repeated = "step();\n".repeat(30);
        assert!(found(&[&repeated, &repeated], 3).is_empty());
        // The end of one file and the start of the next are no block.
        assert!(
            found(
                &["aaa();\nbbb();\n", "ccc();\nddd();\n", "bbb();\nccc();\n"],
                2
            )
            .is_empty()
        );
    }

    #[test]
    fn a_block_twice_in_one_file_does_not_run_into_itself() {
        let text = format!("{BLOCK}{BLOCK}");
        let wanted = ["0.rs:1-4", "0.rs:5-8"].map(str::to_owned);
        assert_eq!(found(&[&text], 3), [(3, wanted.to_vec())]);
    }
}
