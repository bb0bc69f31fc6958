//! `loopscope backup` and `loopscope restore`. In: files. Out: files, whole or not there.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use loopscope_journal::{JournalConfig, backup, restore as put_back};

use crate::bar::Bar;

/// How a database begins.
const SQLITE: &[u8] = b"SQLite format 3\0";

/// What came of a restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Restored {
    /// The whole store; the one before lies there.
    Store(Option<PathBuf>),
    /// Sessions of an archive.
    Sessions(crate::import::Summary),
}

/// Copies the whole store to a file, also while a server runs on it. A file of that name is replaced once the new one
/// is whole. Answers its size.
pub async fn store(database: &Path, file: &Path) -> anyhow::Result<u64> {
    let part = super::beside(file, ".part");
    if part.exists() {
        std::fs::remove_file(&part).with_context(|| format!("cannot remove {}", part.display()))?;
    }
    // About: what is free within it is left out, what is in its log comes too.
    let expected = std::fs::metadata(database).map(|meta| meta.len()).ok();
    let bar = Bar::of_bytes("backing up", expected);
    let bytes = bar.while_it_grows(&part, backup(database, &part)).await?;
    drop(bar);
    std::fs::rename(&part, file).with_context(|| format!("cannot write {}", file.display()))?;
    Ok(bytes)
}

/// Puts back what `backup` wrote: the whole store in the place of the one in use, or the sessions of a project into it.
pub async fn restore(
    journal: JournalConfig,
    file: &Path,
    replace: bool,
) -> anyhow::Result<Restored> {
    let mut head = Vec::new();
    let opened =
        std::fs::File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    opened.take(SQLITE.len() as u64).read_to_end(&mut head)?;
    if head == SQLITE {
        let size = std::fs::metadata(file).map(|meta| meta.len()).ok();
        let bar = Bar::of_bytes("restoring", size);
        let fresh = super::beside(&journal.path, ".restoring");
        let copied = put_back(file, &journal.path, replace);
        let old = bar.while_it_grows(&fresh, copied).await?;
        return Ok(Restored::Store(old));
    }
    let file = file.to_string_lossy();
    let summary = crate::import::run(&file, journal).await?;
    Ok(Restored::Sessions(summary))
}
