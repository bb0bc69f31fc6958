//! The shelf: texts of the tree, each read from disk once by whoever needs it first, and shared.
//!
//! In: a listed file. Out: its text taken apart, or why it could not be read whole.

use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use crate::scan::{self, Line};
use crate::tree::{File, Tree};

/// A longer file is not read: it was not written by hand.
pub const MOST_BYTES: u64 = 2 * 1024 * 1024;

/// A file that was read whole.
#[derive(Debug)]
pub struct Book {
    /// Where it is and what it is.
    pub file: File,
    /// Its lines as they stand.
    pub text: Vec<String>,
    /// The same lines, code and comments apart.
    pub lines: Vec<Line>,
}

/// Why a file was not read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// One word for it.
    pub kind: &'static str,
    /// What the system said.
    pub why: String,
}

/// All files of a tree, read as they are asked for.
#[derive(Debug)]
pub struct Shelf<'a> {
    tree: &'a Tree,
    places: Vec<OnceLock<Result<Arc<Book>, Unread>>>,
}

impl<'a> Shelf<'a> {
    /// A shelf on which nothing stands yet.
    pub fn new(tree: &'a Tree) -> Self {
        let places = tree.files.iter().map(|_| OnceLock::new()).collect();
        Self { tree, places }
    }

    /// The tree that it stands for.
    pub const fn tree(&self) -> &'a Tree {
        self.tree
    }

    /// The file of that place, and whether this call read it.
    pub fn take(&self, place: usize) -> (Result<Arc<Book>, Unread>, bool) {
        let mut is_first = false;
        let Some((file, slot)) = self.tree.files.get(place).zip(self.places.get(place)) else {
            let why = "there is no such place".to_owned();
            return (
                Err(Unread {
                    kind: "NotFound",
                    why,
                }),
                false,
            );
        };
        let book = slot.get_or_init(|| {
            is_first = true;
            read(&self.tree.root, &file.path).map(|text| Arc::new(book(file.clone(), &text)))
        });
        (book.clone(), is_first)
    }

    /// What was read so far.
    pub fn books(&self) -> impl Iterator<Item = &Arc<Book>> {
        let read = self.places.iter().filter_map(OnceLock::get);
        read.filter_map(|book| book.as_ref().ok())
    }
}

/// Takes a text apart.
pub fn book(file: File, text: &str) -> Book {
    Book {
        lines: scan::lines(file.language, text),
        text: text.lines().map(str::to_owned).collect(),
        file,
    }
}

/// Reads a file whole, or says why not.
pub fn read(root: &Path, path: &str) -> Result<String, Unread> {
    let missed = |error: &std::io::Error| Unread {
        kind: match error.kind() {
            std::io::ErrorKind::PermissionDenied => "PermissionDenied",
            std::io::ErrorKind::NotFound => "NotFound",
            _ => "ReadError",
        },
        why: format!("{path}: {error}"),
    };
    let file = fs::File::open(root.join(path)).map_err(|error| missed(&error))?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| missed(&error))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(Unread {
            kind: "TooLarge",
            why: format!("{path}: longer than {MOST_BYTES} bytes"),
        });
    }
    String::from_utf8(bytes).map_err(|error| Unread {
        kind: "NotUtf8",
        why: format!("{path}: {}", error.utf8_error()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_once_and_what_cannot_be_read_says_why() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.rs"), "fn a() {}\n").unwrap();
        fs::write(folder.path().join("b.rs"), [0xff, 0xfe]).unwrap();
        let tree = Tree::list(folder.path()).unwrap();
        fs::write(folder.path().join("c.rs"), "x".repeat(3 << 20)).unwrap();
        let shelf = Shelf::new(&tree);
        assert!(shelf.take(0).1);
        let (book, is_first) = shelf.take(0);
        assert!(!is_first);
        assert_eq!(book.unwrap().text, ["fn a() {}"]);
        assert_eq!(shelf.take(1).0.unwrap_err().kind, "NotUtf8");
        assert_eq!(shelf.take(9).0.unwrap_err().kind, "NotFound");
        assert_eq!(read(folder.path(), "c.rs").unwrap_err().kind, "TooLarge");
        assert_eq!(shelf.books().count(), 1);
    }
}
