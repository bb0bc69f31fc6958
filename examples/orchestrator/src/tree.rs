//! The working tree. In: a folder. Out: its files at a moment, and what changed between two moments, with diffs.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde_json::{Value, json};
use similar::{ChangeTag, TextDiff};

/// The largest diff that is told, in bytes.
const MAX_DIFF_BYTES: usize = 32 * 1_024;

/// The files of a folder by their path in it, with their text.
pub type Snapshot = BTreeMap<String, String>;

/// What happened to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The event that tells it.
    pub event: &'static str,
    /// Its data.
    pub data: Value,
}

/// Reads every file below a folder, git's own left out. Small trees only: it is read whole.
pub fn snapshot(root: &Path) -> anyhow::Result<Snapshot> {
    let mut files = Snapshot::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_name() == ".git" {
                continue;
            }
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if let Some(name) = name(root, &path) {
                let text = fs::read(&path)?;
                files.insert(name, String::from_utf8_lossy(&text).into_owned());
            }
        }
    }
    Ok(files)
}

fn name(root: &Path, path: &Path) -> Option<String> {
    Some(path.strip_prefix(root).ok()?.to_str()?.to_owned())
}

/// What changed from one moment to another, by path.
pub fn changes(before: &Snapshot, after: &Snapshot) -> Vec<Change> {
    let mut changes = Vec::new();
    for (path, text) in after {
        match before.get(path) {
            None => changes.push(Change {
                event: "file:created",
                data: json!({"path": path, "size": text.len(), "type": "text",
                             "lines_changed": text.lines().count(), "diff": diff(path, "", text).0}),
            }),
            Some(old) if old != text => {
                let (diff, lines) = diff(path, old, text);
                changes.push(Change {
                    event: "file:modified",
                    data: json!({"path": path, "size": text.len(), "lines_changed": lines, "diff": diff}),
                });
            }
            Some(_) => {}
        }
    }
    for (path, text) in before.iter().filter(|(path, _)| !after.contains_key(*path)) {
        changes.push(Change {
            event: "file:deleted",
            data: json!({"path": path, "lines_changed": text.lines().count(),
                         "diff": diff(path, text, "").0}),
        });
    }
    changes
}

/// The unified diff, and how many lines came or went.
fn diff(path: &str, old: &str, new: &str) -> (String, usize) {
    let diff = TextDiff::from_lines(old, new);
    let lines = diff
        .iter_all_changes()
        .filter(|change| change.tag() != ChangeTag::Equal)
        .count();
    let mut text = diff
        .unified_diff()
        .header(&format!("a/{path}"), &format!("b/{path}"))
        .to_string();
    if text.len() > MAX_DIFF_BYTES {
        let mut end = MAX_DIFF_BYTES;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
        text.push_str("\n… the rest is left out\n");
    }
    (text, lines)
}

/// A path of the tree, where it is one: inside, and there.
pub fn inside(root: &Path, path: &str) -> Option<PathBuf> {
    let plain = Path::new(path)
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_)));
    let full = root.join(path);
    (plain && !path.starts_with(".git") && full.is_file()).then_some(full)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> Snapshot {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        files.iter().map(owned).collect()
    }

    #[test]
    fn what_came_changed_and_went_is_told_with_its_diff() {
        let before = files(&[("a", "1\n2\n"), ("b", "same\n"), ("c", "gone\n")]);
        let after = files(&[("a", "1\n3\n"), ("b", "same\n"), ("d", "new\n")]);
        let told = changes(&before, &after);
        let names: Vec<_> = told
            .iter()
            .map(|change| (change.event, change.data["path"].as_str().unwrap()))
            .collect();
        let wanted = [
            ("file:modified", "a"),
            ("file:created", "d"),
            ("file:deleted", "c"),
        ];
        assert_eq!(names, wanted);
        assert_eq!(told[0].data["lines_changed"], 2);
        let diff = told[0].data["diff"].as_str().unwrap();
        assert!(diff.starts_with("--- a/a\n+++ b/a\n@@"), "{diff}");
        assert!(diff.contains("-2\n+3\n"), "{diff}");
        assert!(changes(&after, &after).is_empty());
    }

    #[test]
    fn paths_that_lead_out_are_none() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), "x").unwrap();
        assert!(inside(folder.path(), "a").is_some());
        for path in ["../a", "/etc/hostname", "b", "", ".", ".git/config"] {
            assert!(inside(folder.path(), path).is_none(), "{path}");
        }
    }

    #[test]
    fn a_snapshot_leaves_git_out() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join(".git")).unwrap();
        fs::create_dir_all(folder.path().join("src")).unwrap();
        fs::write(folder.path().join(".git/HEAD"), "x").unwrap();
        fs::write(folder.path().join("src/lib.rs"), "y").unwrap();
        assert_eq!(
            snapshot(folder.path()).unwrap(),
            files(&[("src/lib.rs", "y")])
        );
    }
}
