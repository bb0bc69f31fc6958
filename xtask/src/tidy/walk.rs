//! Which files the rules are for. In: the members' folders. Out: their sources, sorted.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::metadata::Package;
use crate::house::House;

/// Folders of a member that hold its sources.
const SOURCES: [&str; 4] = ["src", "tests", "benches", "examples"];

/// Folders of the workspace with other hand-written files, and their extensions.
const OTHERS: [(&str, &[&str]); 5] = [
    ("style", &["css"]),
    ("end2end", &["js", "mjs", "py"]),
    ("npm", &["js", "ts"]),
    ("docs", &["js", "css"]),
    ("python", &["py"]),
];

/// Folders that tools fill.
const MADE: [&str; 5] = [
    "node_modules",
    "test-results",
    "playwright-report",
    "target",
    ".venv",
];

/// Every Rust file of every member. A crate that a member only carries along as data is not a member.
pub(crate) fn rust_files(packages: &[Package]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for package in packages {
        for folder in SOURCES {
            collect(&package.dir.join(folder), &["rs"], &mut files)?;
        }
        let build = package.dir.join("build.rs");
        if build.exists() {
            files.push(build);
        }
    }
    files.sort();
    Ok(files)
}

/// The other hand-written files, for the rules that hold for any language.
pub(crate) fn other_files(house: &House) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for (folder, extensions) in OTHERS {
        collect(&house.root.join(folder), extensions, &mut files)?;
    }
    files.sort();
    Ok(files)
}

/// A path as the rules print it.
pub(crate) fn relative(house: &House, path: &Path) -> String {
    path.strip_prefix(&house.root)
        .unwrap_or(path)
        .display()
        .to_string()
}

/// Adds the files below `dir` that have one of the extensions; a folder with a `Cargo.toml` is another crate's.
fn collect(dir: &Path, extensions: &[&str], files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    if !dir.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            if !MADE.contains(&name.as_str()) && !path.join("Cargo.toml").exists() {
                collect(&path, extensions, files)?;
            }
        } else if path
            .extension()
            .is_some_and(|ext| extensions.iter().any(|known| ext == *known))
        {
            files.push(path);
        }
    }
    Ok(())
}
