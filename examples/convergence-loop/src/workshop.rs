//! The place where the work is done: a temporary folder with a copy of the crate and a folder for what cargo
//! builds. In: the embedded crate, defects, edits. Out: files on disk; gone when the program leaves.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use tempfile::TempDir;

use crate::catalogue::Defect;
use crate::edits::{self, Edit};
use crate::embedded;

/// A temporary folder. The copy keeps its path from run to run, so that cargo can use again what it built.
#[derive(Debug)]
pub struct Workshop {
    folder: TempDir,
}

impl Workshop {
    /// Makes the folder.
    pub fn open() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("convergence-loop-")
            .tempdir()
            .context("cannot make a temporary folder")?;
        Ok(Self { folder })
    }

    /// Where the copy of the crate is.
    pub fn crate_folder(&self) -> PathBuf {
        self.folder.path().join("gatehouse")
    }

    /// Where cargo builds.
    pub fn build_folder(&self) -> PathBuf {
        self.folder.path().join("build")
    }

    /// Makes a fresh copy of the crate and plants the defects in it.
    pub fn prepare(&self, defects: &[&Defect]) -> anyhow::Result<()> {
        let mut files: BTreeMap<&str, String> = embedded::crate_files()
            .map(|(path, text)| (path, text.to_owned()))
            .collect();
        for defect in defects {
            let Some(text) = files.get_mut(defect.file.as_str()) else {
                bail!("{}: there is no file {}", defect.id, defect.file);
            };
            let planted = defect.planted(text);
            *text = planted.with_context(|| format!("{} does not apply", defect.id))?;
        }
        if self.crate_folder().exists() {
            fs::remove_dir_all(self.crate_folder())?;
        }
        for (path, text) in files {
            let path = self.crate_folder().join(path);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }

    /// The text of a file of the copy.
    pub fn read(&self, file: &str) -> anyhow::Result<String> {
        let path = self.crate_folder().join(file);
        fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
    }

    /// Applies edits, which may be of several files.
    pub fn apply(&self, edits: &[Edit]) -> anyhow::Result<()> {
        let mut by_file: BTreeMap<&str, Vec<Edit>> = BTreeMap::new();
        for edit in edits {
            by_file.entry(&edit.file).or_default().push(edit.clone());
        }
        for (file, edits) in by_file {
            let changed = edits::apply(&self.read(file)?, &edits);
            let changed = changed.with_context(|| format!("the edits do not fit {file}"))?;
            fs::write(self.crate_folder().join(file), changed)?;
        }
        Ok(())
    }

    /// The line where a function is defined, 1-based.
    pub fn line_of(&self, file: &str, function: &str) -> Option<u32> {
        let text = self.read(file).ok()?;
        let line = text.lines().position(|line| {
            line.split_once(&format!("fn {function}"))
                .is_some_and(|(_, rest)| rest.starts_with(['(', '<']))
        })?;
        u32::try_from(line + 1).ok()
    }

    /// How many lines the crate's modules have together, tests included.
    pub fn lines(&self) -> usize {
        embedded::crate_files()
            .filter(|(path, _)| path.starts_with("src/"))
            .filter_map(|(path, _)| self.read(path).ok())
            .map(|text| text.lines().count())
            .sum()
    }

    /// Removes everything. Tries again for a while: a tool that was killed may still be letting go of a file.
    pub async fn close(self) {
        let path = self.folder.path().to_owned();
        for _ in 0..40 {
            match fs::remove_dir_all(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                _ => return,
            }
        }
        eprintln!("warning: could not remove {}", path.display());
    }
}
