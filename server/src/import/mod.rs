//! Files into the journal. In: an archive of sessions, or JSON Lines of any dialect, packed or not. Out: events, stored
//! once.
//!
//! `loopscope import FILE` opens the journal itself, so no server may run on it; with one running, the same file goes
//! to `POST /api/v1/import`, which reads it by the same code. A session of an archive is the same session here
//! ([`archived`]). Of other lines, an event that is stored already (by its `event_id`, else by its place in the file)
//! is counted and left alone. So any file can be imported again.

mod archived;
mod command;
mod lines;
mod plain;

use loopscope_event::NewEvent;
use loopscope_journal::{AppendError, Appended, Journal, StepError};
use loopscope_protocol::{ApiError, ErrorCode, ImportAnswer, ImportFault, begins_archive};
use tokio::time::{Duration, sleep};

pub use command::run;
pub(crate) use lines::Lines;

use archived::Sessions;
use lines::Line;
use plain::Plain;

/// About the most events in one commit.
const BATCH_EVENTS: usize = 1_000;
/// About the most bytes of lines in one commit.
const BLOCK_BYTES: usize = 4 << 20;
/// The longest line, in bytes.
pub(crate) const LINE_BYTES: usize = loopscope_protocol::MAX_ARCHIVE_LINE_BYTES;
/// The most faults that are told one by one.
const TOLD_FAULTS: usize = 50;
/// Where more waits than the disk takes, the next try is so much later.
const PAUSE: Duration = Duration::from_millis(50);

/// What an import came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Lines read, empty ones included.
    pub lines: u64,
    /// Sessions of archives that are here now as they are there.
    pub sessions: u64,
    /// Events stored.
    pub stored: u64,
    /// Events that were stored before.
    pub duplicates: u64,
    /// Lines, and events of lines, that were refused; of an archive's session the first only.
    pub refused: u64,
}

/// Why the import stopped before the end of the file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Stopped {
    #[error("the file cannot be read: {0}")]
    File(#[from] std::io::Error),
    #[error("stopped at line {line}; what was stored is kept, import again to go on: {error}")]
    Journal { line: u64, error: StepError },
}

/// One file on its way into a journal.
pub(crate) struct Importer {
    journal: Journal,
    summary: Summary,
    faults: Vec<ImportFault>,
    mode: Mode,
    /// What the file is called.
    name: String,
}

/// What the file turned out to be, by its first line.
enum Mode {
    Unknown,
    Archive(Box<Sessions>),
    Plain(Box<Plain>),
}

impl Importer {
    /// An importer of a file of that name.
    pub(crate) fn new(journal: Journal, name: String) -> Self {
        Self {
            journal,
            summary: Summary::default(),
            faults: Vec::new(),
            mode: Mode::Unknown,
            name,
        }
    }

    /// Reads to the end. `told` hears now and then how far it is.
    pub(crate) async fn read_all(
        &mut self,
        mut lines: Lines,
        mut told: impl FnMut(&Summary),
    ) -> Result<(), Stopped> {
        loop {
            let (block, back) = tokio::task::spawn_blocking(move || {
                let block = lines.block(BATCH_EVENTS, BLOCK_BYTES);
                (block, lines)
            })
            .await
            .map_err(std::io::Error::other)?;
            lines = back;
            let block = match block {
                Ok(block) => block,
                Err(error) => {
                    // Whatever came before the fault is good.
                    self.flush().await?;
                    return Err(error.into());
                }
            };
            if block.is_empty() {
                return self.end().await;
            }
            for (number, line) in block {
                self.summary.lines = number;
                match line {
                    Line::Whole(offset, bytes) => self.line(offset, &bytes).await?,
                    Line::TooLong => self.too_long(),
                }
            }
            self.flush().await?;
            told(&self.summary);
        }
    }

    /// What it came to.
    pub(crate) const fn summary(&self) -> Summary {
        self.summary
    }

    /// The first faults, with their lines.
    pub(crate) fn faults(&self) -> &[ImportFault] {
        &self.faults
    }

    /// The same, as the API answers it.
    pub(crate) fn answer(self) -> ImportAnswer {
        ImportAnswer {
            lines: self.summary.lines,
            sessions: self.summary.sessions,
            stored: self.summary.stored,
            duplicates: self.summary.duplicates,
            refused: self.summary.refused,
            faults: self.faults,
        }
    }

    /// Whether it is an archive.
    pub(crate) const fn is_archive(&self) -> bool {
        matches!(self.mode, Mode::Archive(_))
    }

    async fn line(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Stopped> {
        if bytes.trim_ascii().is_empty() {
            return Ok(());
        }
        if matches!(self.mode, Mode::Unknown) {
            self.mode = if begins_archive(bytes) {
                Mode::Archive(Box::default())
            } else {
                Mode::Plain(Box::new(Plain::new(&self.name, bytes)))
            };
        }
        match &mut self.mode {
            Mode::Archive(_) => self.archived(bytes).await,
            Mode::Plain(plain) => {
                for fault in plain.line(offset, bytes) {
                    self.fault(fault);
                }
                Ok(())
            }
            Mode::Unknown => Ok(()),
        }
    }

    fn too_long(&mut self) {
        let message = format!("the line is longer than {LINE_BYTES} bytes");
        self.fault(ApiError::too_large(format!("{LINE_BYTES} bytes"), message));
        if let Mode::Archive(sessions) = &mut self.mode {
            sessions.pass_over();
        }
    }

    /// Stores what was gathered.
    async fn flush(&mut self) -> Result<(), Stopped> {
        match &mut self.mode {
            Mode::Unknown => Ok(()),
            Mode::Archive(_) => self.flush_archived().await,
            Mode::Plain(plain) => {
                let batch = plain.take();
                self.append(batch).await
            }
        }
    }

    async fn end(&mut self) -> Result<(), Stopped> {
        self.flush().await?;
        if self.is_archive() {
            return self.close_session().await;
        }
        Ok(())
    }

    async fn append(&mut self, batch: Vec<NewEvent>) -> Result<(), Stopped> {
        loop {
            match self.journal.put_filed(batch.clone()).await {
                Ok(places) => {
                    self.count(&places);
                    return Ok(());
                }
                Err(StepError::Append(AppendError::TooBusy)) => sleep(PAUSE).await,
                Err(error) => return Err(self.stopped(error)),
            }
        }
    }

    fn count(&mut self, places: &[Appended]) {
        for place in places {
            match place {
                Appended::New { .. } => self.summary.stored += 1,
                Appended::Duplicate { .. } => self.summary.duplicates += 1,
            }
        }
    }

    fn fault(&mut self, error: ApiError) {
        self.summary.refused += 1;
        if self.faults.len() < TOLD_FAULTS {
            self.faults.push(ImportFault {
                line: self.summary.lines,
                error,
            });
        }
    }

    fn stopped(&self, error: StepError) -> Stopped {
        let line = self.summary.lines;
        Stopped::Journal { line, error }
    }
}

impl From<&Stopped> for ApiError {
    fn from(stopped: &Stopped) -> Self {
        match stopped {
            Stopped::File(error) => Self::new(
                ErrorCode::Malformed,
                format!("the file cannot be read: {error}"),
            ),
            Stopped::Journal { error, .. } => {
                let answer = crate::steer::unwritten(error.clone());
                Self {
                    message: stopped.to_string(),
                    ..answer
                }
            }
        }
    }
}
