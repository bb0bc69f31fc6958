//! `loopscope import FILE`: JSON Lines into the journal. In: a file of any dialect. Out: its events, stored once.
//!
//! It opens the journal itself, so no server may run on it; with one running, the same file goes to
//! `POST /api/v1/events`. An event that is stored already (by its `event_id`, else by its place in the file) is counted
//! and left alone, so a file can be imported again.

mod lines;

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use loopscope_dialects::{DecodeContext, decode};
use loopscope_event::{Dialect, NewEvent, Timestamp};
use loopscope_journal::{Appended, Journal, JournalConfig, OpenError};

use crate::lines::{Identity, with_id};
use lines::{Line, Lines};
use loopscope_dialects::training::Runs;

/// About the most events in one commit.
const BATCH_EVENTS: usize = 1_000;
/// About the most bytes of lines in one commit.
const BLOCK_BYTES: usize = 4 << 20;
/// The longest line, in bytes.
const LINE_BYTES: usize = 16 << 20;
/// The most faults that are shown one by one.
const SHOWN_FAULTS: u64 = 50;
/// How often progress is shown.
const PROGRESS: Duration = Duration::from_secs(1);

/// What an import came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Lines read, empty ones included.
    pub lines: u64,
    /// Events stored.
    pub stored: u64,
    /// Events that were stored before.
    pub duplicates: u64,
    /// Lines, and events of lines, that were refused.
    pub refused: u64,
}

/// Imports a file (`-` for standard input), plain or gzip, into the journal at a path.
///
/// Faults are reported on standard error with their line, and do not stop the import.
pub async fn run(file: &str, journal: JournalConfig) -> anyhow::Result<Summary> {
    let path = journal.path.display().to_string();
    let lines = Lines::open(file, LINE_BYTES).with_context(|| format!("cannot read {file}"))?;
    let journal = match Journal::open(journal, |_| {}).await {
        Ok(journal) => journal,
        Err(error @ OpenError::InUse { .. }) => bail!(
            "{error}.\nSend the file to it instead: curl --data-binary @{file} \
             -H 'Content-Type: application/x-ndjson' http://localhost:8766/api/v1/events"
        ),
        Err(error) => return Err(error.into()),
    };
    let mut import = Import {
        journal,
        summary: Summary::default(),
        progress: Progress::new(),
        file: None,
        runs: Runs::new(crate::tail::name_of(std::path::Path::new(file))),
    };
    let read = import
        .read_all(lines)
        .await
        .with_context(|| format!("cannot read {file}"));
    import
        .journal
        .close()
        .await
        .context("cannot close the journal")?;
    import.progress.end();
    read?;
    eprintln!("{} from {file} into {path}", describe(&import.summary));
    Ok(import.summary)
}

struct Import {
    journal: Journal,
    summary: Summary,
    progress: Progress,
    /// Which file it is, once its first line was read.
    file: Option<Identity>,
    /// The runs of training in it.
    runs: Runs,
}

impl Import {
    async fn read_all(&mut self, mut lines: Lines) -> anyhow::Result<()> {
        loop {
            let (block, back) = tokio::task::spawn_blocking(move || {
                let block = lines.block(BATCH_EVENTS, BLOCK_BYTES);
                (block, lines)
            })
            .await?;
            lines = back;
            let block = block?;
            if block.is_empty() {
                return Ok(());
            }
            let mut batch = Vec::with_capacity(block.len());
            for (number, line) in block {
                self.summary.lines = number;
                match line {
                    Line::Whole(offset, bytes) => {
                        self.decode(number, offset, &bytes, &mut batch);
                    }
                    Line::TooLong => self.fault(number, &format!("longer than {LINE_BYTES} bytes")),
                }
            }
            self.store(batch).await?;
        }
    }

    fn decode(&mut self, number: u64, offset: u64, bytes: &[u8], batch: &mut Vec<NewEvent>) {
        if bytes.trim_ascii().is_empty() {
            return;
        }
        let file = *self.file.get_or_insert_with(|| Identity::of(bytes));
        let bytes = &*with_id(&file, offset, bytes);
        let context = DecodeContext {
            own_events: true,
            ..DecodeContext::new(Timestamp::from(jiff::Timestamp::now()))
        };
        match decode(bytes, &context) {
            Ok(decoded) => {
                for item in decoded.items {
                    match item {
                        Ok((mut event, _)) => {
                            if event.dialect == Dialect::Training {
                                self.runs.place(&mut event);
                            }
                            batch.push(event);
                        }
                        Err(error) => self.fault(number, &error.to_string()),
                    }
                }
            }
            Err(error) => self.fault(number, &error.to_string()),
        }
    }

    async fn store(&mut self, batch: Vec<NewEvent>) -> anyhow::Result<()> {
        let appended = self.journal.append(batch).await.with_context(|| {
            format!(
                "stopped at line {}; what was stored is kept, import again to go on",
                self.summary.lines
            )
        })?;
        for place in appended {
            match place {
                Appended::New { .. } => self.summary.stored += 1,
                Appended::Duplicate { .. } => self.summary.duplicates += 1,
            }
        }
        self.progress.show(&self.summary);
        Ok(())
    }

    fn fault(&mut self, number: u64, message: &str) {
        self.summary.refused += 1;
        match self.summary.refused {
            shown if shown <= SHOWN_FAULTS => eprintln!("line {number}: {message}"),
            shown if shown == SHOWN_FAULTS + 1 => eprintln!("further faults are counted only"),
            _ => {}
        }
    }
}

fn describe(summary: &Summary) -> String {
    format!(
        "{} lines: {} events stored, {} stored before, {} refused",
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
