//! `loopscope import FILE`. In: a path, or `-` for standard input. Out: a journal that has it, and a word on how it went.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, bail};
use loopscope_journal::{Journal, JournalConfig, OpenError};

use super::{Importer, LINE_BYTES, Lines, Summary};
use crate::bar::Bar;

/// Imports a file (`-` for standard input), plain or packed with gzip or zstd, into the journal at a path.
///
/// Faults are reported on standard error with their line, and do not stop the import. An archive of which a session
/// was refused is an error all the same.
pub async fn run(file: &str, journal: JournalConfig) -> anyhow::Result<Summary> {
    let path = journal.path.display().to_string();
    let done = Arc::new(AtomicU64::new(0));
    let lines =
        Lines::open(file, LINE_BYTES, &done).with_context(|| format!("cannot read {file}"))?;
    let journal = match Journal::open(journal, |_| {}).await {
        Ok(journal) => journal,
        Err(error @ OpenError::InUse { .. }) => bail!(
            "{error}.\nSend the file to it instead: curl --data-binary @{file} http://localhost:8766/api/v1/import\n\
             (lines of a dialect may also go to /api/v1/events)"
        ),
        Err(error) => return Err(error.into()),
    };
    let size = std::fs::metadata(file)
        .ok()
        .filter(std::fs::Metadata::is_file);
    let bar = Bar::of_bytes("importing", size.map(|meta| meta.len()));
    let name = crate::tail::name_of(std::path::Path::new(file));
    let mut importer = Importer::new(journal.clone(), name);
    let mut shown = 0;
    let read = importer
        .read_all(lines, |summary| {
            bar.say(format!("{} events", summary.stored + summary.duplicates));
            bar.at(done.load(Ordering::Relaxed));
        })
        .await;
    drop(bar);
    let closed = journal.close().await.context("cannot close the journal");
    for fault in importer.faults() {
        eprintln!("line {}: {}", fault.line, fault.error);
        shown += 1;
    }
    let summary = importer.summary();
    if summary.refused > shown {
        eprintln!("further errors are counted but not shown");
    }
    read.with_context(|| format!("cannot import {file}"))?;
    closed?;
    eprintln!("{} from {file} into {path}", describe(&summary));
    if importer.is_archive() && summary.refused > 0 {
        bail!("{file}: not every session was imported");
    }
    Ok(summary)
}

fn describe(summary: &Summary) -> String {
    let sessions = match summary.sessions {
        0 => String::new(),
        sessions => format!("{sessions} sessions, "),
    };
    format!(
        "{} lines: {sessions}{} events stored, {} stored before, {} refused",
        summary.lines, summary.stored, summary.duplicates, summary.refused
    )
}
