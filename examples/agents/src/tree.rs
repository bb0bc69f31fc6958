//! The tree. In: a folder. Out: its source files by path and size, sorted, and what could not be listed. Nothing is
//! read yet, links are not followed, and folders that tools fill are left out.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::scan::Language;

/// Folders that tools fill. Hidden ones are left out too.
const MADE: &[&str] = &[
    "target",
    "node_modules",
    "dist",
    "vendor",
    "test-results",
    "playwright-report",
];
/// The most files that are read.
pub const MOST_FILES: usize = 20_000;
/// How deep folders are followed.
const DEEPEST: usize = 40;

/// A source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path from the tree's root, with `/`.
    pub path: String,
    /// What it is written in.
    pub language: Language,
    /// Its length on disk.
    pub bytes: u64,
}

/// What a folder holds.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// The folder.
    pub root: PathBuf,
    /// Its source files, by path.
    pub files: Vec<File>,
    /// What could not be listed, and why.
    pub unlisted: Vec<(String, String)>,
}

impl Tree {
    /// Lists a folder; an error when that itself cannot be listed.
    pub fn list(root: &Path) -> io::Result<Self> {
        let mut tree = Self {
            root: root.to_owned(),
            ..Self::default()
        };
        fs::read_dir(root)?;
        tree.walk(root, "", 0);
        tree.files.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(tree)
    }

    /// The files of one of these languages.
    pub fn of<'a>(&'a self, languages: &'a [Language]) -> impl Iterator<Item = &'a File> {
        let is_meant = |file: &&File| languages.contains(&file.language);
        self.files.iter().filter(is_meant)
    }

    fn walk(&mut self, folder: &Path, path: &str, depth: usize) {
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.miss(path, error.to_string()),
        };
        for entry in entries {
            match entry.and_then(|entry| Ok((entry.file_name(), entry.metadata()?))) {
                Ok((name, met)) => self.meet(folder, path, &name.to_string_lossy(), &met, depth),
                Err(error) => self.miss(path, error.to_string()),
            }
        }
    }

    fn meet(&mut self, folder: &Path, path: &str, name: &str, met: &fs::Metadata, depth: usize) {
        let inner = if path.is_empty() {
            name.to_owned()
        } else {
            format!("{path}/{name}")
        };
        if met.is_dir() {
            if name.starts_with('.') || MADE.contains(&name) {
                return;
            }
            if depth < DEEPEST {
                self.walk(&folder.join(name), &inner, depth + 1);
            } else {
                self.miss(&inner, format!("deeper than {DEEPEST} folders"));
            }
        } else if met.is_file()
            && let Some(language) = Language::of(name)
        {
            if self.files.len() == MOST_FILES {
                self.miss(&inner, format!("more than {MOST_FILES} files"));
            } else {
                self.files.push(File {
                    path: inner,
                    language,
                    bytes: met.len(),
                });
            }
        }
    }

    fn miss(&mut self, path: &str, why: String) {
        // Beyond the bound one word is enough.
        if self.unlisted.len() < 100 {
            self.unlisted.push((path.to_owned(), why));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_listed_sorted_and_made_folders_left_out() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["b/c.rs", "a.py", "target/d.rs", ".git/e.rs", "b/f.bin"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x\n").unwrap();
        }
        std::os::unix::fs::symlink(folder.path(), folder.path().join("b/round")).unwrap();
        let tree = Tree::list(folder.path()).unwrap();
        let paths: Vec<&str> = tree.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["a.py", "b/c.rs"]);
        assert!(tree.unlisted.is_empty());
        assert!(Tree::list(&folder.path().join("nowhere")).is_err());
    }
}
