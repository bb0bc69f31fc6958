//! `loopscope import FILE`. In: a path, or `-` for standard input. Out: a journal that has it, and a word on how it went.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use loopscope_journal::{Journal, JournalConfig, OpenError};

use super::{Importer, LINE_BYTES, Lines, Summary};

/// How often progress is shown.
const PROGRESS: Duration = Duration::from_secs(1);

/// Imports a file (`-` for standard input), plain or packed with gzip or zstd, into the journal at a path.
///
/// Faults are reported on standard error with their line, and do not stop the import. An archive of which a session
/// was refused is an error all the same.
pub async fn run(file: &str, journal: JournalConfig) -> anyhow::Result<Summary> {
    let path = journal.path.display().to_string();
    let lines = Lines::open(file, LINE_BYTES).with_context(|| format!("cannot read {file}"))?;
    let journal = match Journal::open(journal, |_| {}).await {
        Ok(journal) => journal,
        Err(error @ OpenError::InUse { .. }) => bail!(
            "{error}.\nSend the file to it instead: curl --data-binary @{file} http://localhost:8766/api/v1/import\n\
             (lines of a dialect may also go to /api/v1/events)"
        ),
        Err(error) => return Err(error.into()),
    };
    let mut progress = Progress::new();
    let name = crate::tail::name_of(std::path::Path::new(file));
    let mut importer = Importer::new(journal.clone(), name);
    let mut shown = 0;
    let read = importer
        .read_all(lines, |summary| progress.show(summary))
        .await;
    progress.end();
    let closed = journal.close().await.context("cannot close the journal");
    for fault in importer.faults() {
        eprintln!("line {}: {}", fault.line, fault.error);
        shown += 1;
    }
    let summary = importer.summary();
    if summary.refused > shown {
        eprintln!("further faults are counted only");
    }
    read.with_context(|| format!("cannot import {file}"))?;
    closed?;
    eprintln!("{} from {file} into {path}", describe(&summary));
    if importer.is_archive() && summary.refused > 0 {
        bail!("{file}: not every session was taken");
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

/// A line on the terminal that is written over once a second; nothing where standard error is no terminal.
struct Progress {
    shown: bool,
    last: Instant,
}

impl Progress {
    fn new() -> Self {
        Self {
            shown: false,
            last: Instant::now(),
        }
    }

    fn show(&mut self, summary: &Summary) {
        if self.last.elapsed() >= PROGRESS && std::io::stderr().is_terminal() {
            eprint!("\r\x1b[K{} …", describe(summary));
            self.shown = true;
            self.last = Instant::now();
        }
    }

    fn end(&mut self) {
        if std::mem::take(&mut self.shown) {
            eprint!("\r\x1b[K");
        }
    }
}
