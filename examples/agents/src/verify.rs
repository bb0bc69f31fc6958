//! The second look: whether a finding is there, read from the disk again, by other means than it was found by.
//!
//! In: a finding. Out: nothing, or why it does not hold. Notes and items are looked for in the bare text, the braces of
//! a function are counted in its own lines alone, duplicates are compared letter by letter.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::find::{docs, notes, twins};
use crate::finding::{Finding, Kind, Place};
use crate::scan::{self, Language};
use crate::shelf::{self, Book};
use crate::tree::File;

/// What is read anew, each file once.
#[derive(Debug)]
pub struct SecondLook {
    root: PathBuf,
    books: HashMap<String, Result<Book, String>>,
    /// A function of more lines is long.
    long: usize,
}

impl SecondLook {
    /// Nothing is read yet.
    pub fn new(root: &Path, long: usize) -> Self {
        Self {
            root: root.to_owned(),
            books: HashMap::new(),
            long,
        }
    }

    /// Whether a finding holds; else why not.
    pub fn check(&mut self, finding: &Finding) -> Result<(), String> {
        if finding.places.is_empty() {
            return Err("no place".to_owned());
        }
        let mut texts = Vec::new();
        for place in &finding.places {
            let book = self.book(&place.path)?;
            let inside = place.first >= 1 && place.first <= place.last;
            if !inside || place.last > book.text.len() {
                return Err(format!("{place}: the file has {} lines", book.text.len()));
            }
            match finding.kind {
                Kind::LongFunction => long_function(book, place, &finding.about)?,
                Kind::Note => note(book, place)?,
                Kind::Undocumented => undocumented(book, place, &finding.about)?,
                Kind::Duplicate => texts.push(saying(book, place)),
            }
        }
        match finding.kind {
            Kind::LongFunction if finding.places[0].lines() <= self.long => {
                Err(format!("{}: not long", finding.places[0]))
            }
            Kind::Duplicate if texts.len() < 2 => Err("one place is no duplicate".to_owned()),
            Kind::Duplicate if texts[0].is_empty() => {
                Err(format!("{}: nothing is said there", finding.places[0]))
            }
            Kind::Duplicate if texts.iter().any(|text| *text != texts[0]) => Err(format!(
                "{}: the others say something else",
                finding.places[0]
            )),
            _ => Ok(()),
        }
    }

    fn book(&mut self, path: &str) -> Result<&Book, String> {
        let root = &self.root;
        let read = self.books.entry(path.to_owned()).or_insert_with(|| {
            let text = shelf::read(root, path).map_err(|unread| unread.why)?;
            let language = Language::of(path).ok_or_else(|| format!("{path}: no source"))?;
            let file = File {
                path: path.to_owned(),
                language,
                bytes: text.len() as u64,
            };
            Ok(shelf::book(file, &text))
        });
        read.as_ref().map_err(Clone::clone)
    }
}

fn lines<'a>(book: &'a Book, place: &Place) -> &'a [String] {
    book.text
        .get(place.first - 1..place.last)
        .unwrap_or_default()
}

fn long_function(book: &Book, place: &Place, name: &str) -> Result<(), String> {
    let lines = lines(book, place);
    if !lines.first().is_some_and(|line| line.contains(name)) {
        return Err(format!("{place}: no {name} there"));
    }
    if book.file.language == Language::Python {
        return Ok(());
    }
    let apart = scan::lines(book.file.language, &lines.join("\n"));
    let count = |brace: char| {
        let code = apart.iter().flat_map(|line| line.code.chars());
        code.filter(|char| *char == brace).count()
    };
    if count('{') == 0 || count('{') != count('}') {
        return Err(format!("{place}: its braces do not close there"));
    }
    Ok(())
}

fn note(book: &Book, place: &Place) -> Result<(), String> {
    let text = lines(book, place).concat();
    let words = notes::MARKS.iter().chain(notes::MACROS);
    if words.clone().any(|word| text.contains(word)) {
        Ok(())
    } else {
        Err(format!("{place}: no note there"))
    }
}

fn undocumented(book: &Book, place: &Place, name: &str) -> Result<(), String> {
    let text = lines(book, place).concat();
    let is_public = book.file.language == Language::Python || text.trim_start().starts_with("pub");
    if !is_public || !text.contains(name) {
        return Err(format!("{place}: no public {name} there"));
    }
    if docs::is_documented(book, place.first - 1) {
        return Err(format!("{place}: {name} is documented"));
    }
    Ok(())
}

/// The lines of a place that say something, letter by letter.
fn saying(book: &Book, place: &Place) -> Vec<String> {
    let apart = book.lines.get(place.first - 1..place.last);
    let apart = apart.unwrap_or_default().iter();
    let says = apart.zip(lines(book, place));
    says.filter(|(line, _)| twins::says(&line.code))
        .map(|(_, text)| text.trim().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn finding(kind: Kind, about: &str, places: &[(&str, usize, usize)]) -> Finding {
        let place = |(path, first, last): &(&str, usize, usize)| Place {
            path: (*path).to_owned(),
            first: *first,
            last: *last,
        };
        Finding {
            kind,
            places: places.iter().map(place).collect(),
            about: about.to_owned(),
            weight: 1,
        }
    }

    #[test]
    fn only_what_is_there_holds() {
        let folder = tempfile::tempdir().unwrap();
        let text =
            "pub fn a() {\n    bake(); // TODO: c\n}\n/// D.\npub fn d() {\n    bake(); // e\n}\n";
        fs::write(folder.path().join("a.rs"), text).unwrap();
        let mut look = SecondLook::new(folder.path(), 2);
        for (kind, about, places, holds) in [
            (Kind::LongFunction, "a", &[("a.rs", 1, 3)][..], true),
            (Kind::LongFunction, "a", &[("a.rs", 1, 2)], false),
            (Kind::LongFunction, "z", &[("a.rs", 1, 3)], false),
            (Kind::LongFunction, "a", &[("a.rs", 1, 99)], false),
            (Kind::Note, "", &[("a.rs", 2, 2)], true),
            (Kind::Note, "", &[("a.rs", 1, 1)], false),
            (Kind::Note, "", &[("a.rs", 0, 0)], false),
            (Kind::Note, "", &[("gone.rs", 1, 1)], false),
            (Kind::Undocumented, "a", &[("a.rs", 1, 1)], true),
            (Kind::Undocumented, "d", &[("a.rs", 5, 5)], false),
            (Kind::Duplicate, "", &[("a.rs", 6, 6), ("a.rs", 6, 6)], true),
            (
                Kind::Duplicate,
                "",
                &[("a.rs", 2, 2), ("a.rs", 6, 6)],
                false,
            ),
            (Kind::Duplicate, "", &[("a.rs", 6, 6)], false),
            (
                Kind::Duplicate,
                "",
                &[("a.rs", 3, 3), ("a.rs", 7, 7)],
                false,
            ),
            (Kind::Note, "", &[], false),
        ] {
            let found = look.check(&finding(kind, about, places));
            assert_eq!(found.is_ok(), holds, "{kind:?} {places:?}: {found:?}");
        }
    }
}
