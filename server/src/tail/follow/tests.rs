//! Files that grow, are renamed, truncated and copied while they are followed.

use super::*;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::Path;

fn append(path: &Path, text: &str) {
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

/// All lines that are there now, also of files that take some looks to be left.
fn all(follow: &mut Follow) -> Vec<String> {
    let mut lines = Vec::new();
    for _ in 0..=2 * LAST_LOOKS {
        let more = follow.lines(2, 1 << 20).unwrap();
        lines.extend(
            more.into_iter()
                .map(|line| String::from_utf8(line.bytes).unwrap()),
        );
    }
    lines
}

fn begin(from_start: bool) -> (tempfile::TempDir, PathBuf, Follow) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("events.jsonl");
    let follow = Follow::new(path.clone(), from_start);
    (folder, path, follow)
}

#[test]
fn an_incomplete_line_waits_until_it_is_whole() {
    let (_folder, path, mut follow) = begin(true);
    assert!(all(&mut follow).is_empty(), "there is no file yet");
    append(&path, "one\ntw");
    assert_eq!(all(&mut follow), ["one"]);
    append(&path, "o");
    assert!(all(&mut follow).is_empty());
    append(&path, "\r\nthree\n");
    assert_eq!(all(&mut follow), ["two", "three"]);
}

#[test]
fn places_are_those_of_the_file() {
    let (_folder, path, mut follow) = begin(true);
    append(&path, "one\ntwo\nthree\n");
    let lines = follow.lines(10, 1 << 20).unwrap();
    let places: Vec<u64> = lines.iter().map(|line| line.offset).collect();
    assert_eq!(places, [0, 4, 8]);
    let mut again = Follow::new(path, true);
    assert_eq!(again.lines(10, 1 << 20).unwrap(), lines);
}

#[test]
fn from_the_end_only_what_comes_is_read() {
    let (_folder, path, mut follow) = begin(false);
    append(&path, "old\nbeg");
    assert!(all(&mut follow).is_empty());
    append(&path, "un\nnew\n");
    assert_eq!(all(&mut follow), ["begun", "new"]);
}

#[test]
fn a_renamed_file_is_read_to_its_end_before_the_new_one() {
    let (folder, path, mut follow) = begin(true);
    append(&path, "one\n");
    assert_eq!(all(&mut follow), ["one"]);
    let old = folder.path().join("events.jsonl.1");
    std::fs::rename(&path, &old).unwrap();
    append(&old, "two\n");
    assert_eq!(all(&mut follow), ["two"], "no new file yet");
    append(&path, "other\n");
    append(&old, "three\nlast");
    assert_eq!(all(&mut follow), ["three", "last", "other"]);
}

#[test]
fn a_truncated_file_is_read_from_its_start() {
    let (_folder, path, mut follow) = begin(true);
    append(&path, "a long first line\nand another\n");
    assert_eq!(all(&mut follow).len(), 2);
    std::fs::write(&path, "short\n").unwrap();
    assert_eq!(all(&mut follow), ["short"]);
}

#[test]
fn a_file_that_was_copied_truncated_and_has_grown_longer_is_noticed() {
    let (folder, path, mut follow) = begin(true);
    append(&path, "first\n");
    assert_eq!(all(&mut follow), ["first"]);
    std::fs::copy(&path, folder.path().join("copy")).unwrap();
    std::fs::write(&path, "other first\nand more than before\n").unwrap();
    assert_eq!(all(&mut follow), ["other first", "and more than before"]);
}
