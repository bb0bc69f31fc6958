//! What must survive a kill, in one file. In: records, each of which is kept whole or not at all: the run as it is,
//! events to send, what became of a command. Out: the same after a restart, with what was not sent yet.
//!
//! A line of the file is a record. A record with a command is on the disk (`fsync`) before it is told; the others are
//! in the system's hands, which a kill of the program does not touch. A last line that was cut short is dropped.

use std::collections::{HashMap, VecDeque};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::run::Run;

/// What became of a command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The server's id.
    pub command_id: String,
    /// `acknowledged` while it is carried out, then `succeeded` or `failed`.
    pub status: String,
    /// What came of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl Entry {
    /// Whether it is done.
    pub fn is_over(&self) -> bool {
        self.status != "acknowledged"
    }
}

/// One line.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Record {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run: Option<Run>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    events: Vec<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    command: Option<Entry>,
    /// So many of the oldest events were taken by the server.
    #[serde(default, skip_serializing_if = "is_zero")]
    taken: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// See the module.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    file: File,
    /// The last run, as it was kept last.
    pub run: Option<Run>,
    /// Events that the server has not taken, oldest first.
    pub unsent: VecDeque<Value>,
    /// Commands of the run, by id.
    pub ledger: HashMap<String, Entry>,
}

impl Store {
    /// Opens the store of a folder, with what the last program left there.
    pub fn open(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("journal.jsonl");
        let text = match std::fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        };
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .with_context(|| path.display().to_string())?;
        let mut store = Self {
            path,
            file,
            run: None,
            unsent: VecDeque::new(),
            ledger: HashMap::new(),
        };
        for line in text.get(..whole).unwrap_or_default().lines() {
            let record = serde_json::from_str(line).context("the journal cannot be read")?;
            store.apply(record);
        }
        if whole < text.len() {
            store.file.set_len(whole as u64)?;
        }
        Ok(store)
    }

    /// Begins the file of a new run. Events that were not sent are taken along.
    pub fn begin(&mut self, run: &Run) -> anyhow::Result<()> {
        let fresh = self.path.with_extension("new");
        let record = Record {
            run: Some(run.clone()),
            events: self.unsent.drain(..).collect(),
            ..Record::default()
        };
        let mut file = File::create(&fresh)?;
        file.write_all(&line(&record)?)?;
        file.sync_data()?;
        std::fs::rename(&fresh, &self.path)?;
        self.file = OpenOptions::new().append(true).open(&self.path)?;
        self.ledger.clear();
        self.apply(record);
        Ok(())
    }

    /// Keeps the run as it is, events to send, and what became of a command: all or nothing.
    pub fn keep(
        &mut self,
        run: Option<&Run>,
        events: Vec<Value>,
        command: Option<Entry>,
    ) -> anyhow::Result<()> {
        let is_command = command.is_some();
        self.write(Record {
            run: run.cloned(),
            events,
            command,
            taken: 0,
        })?;
        if is_command {
            self.file.sync_data()?;
        }
        Ok(())
    }

    /// The server has so many of the oldest events.
    pub fn taken(&mut self, count: usize) -> anyhow::Result<()> {
        self.write(Record {
            taken: count,
            ..Record::default()
        })
    }

    fn write(&mut self, record: Record) -> anyhow::Result<()> {
        self.file
            .write_all(&line(&record)?)
            .with_context(|| format!("cannot write {}", self.path.display()))?;
        self.apply(record);
        Ok(())
    }

    fn apply(&mut self, record: Record) {
        self.run = record.run.or(self.run.take());
        self.unsent.extend(record.events);
        self.unsent.drain(..record.taken.min(self.unsent.len()));
        if let Some(entry) = record.command {
            self.ledger.insert(entry.command_id.clone(), entry);
        }
    }
}

/// A record as a line, written in one go.
fn line(record: &Record) -> anyhow::Result<Vec<u8>> {
    let mut line = serde_json::to_vec(record)?;
    line.push(b'\n');
    Ok(line)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn run() -> Run {
        Run::new("s-1".to_owned(), 1, &["format".to_owned()], 0)
    }

    fn entry(id: &str, status: &str) -> Entry {
        Entry {
            command_id: id.to_owned(),
            status: status.to_owned(),
            result: None,
            error: None,
        }
    }

    #[test]
    fn everything_is_there_again_whenever_the_program_is_killed() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        let mut run = run();
        store.begin(&run).unwrap();
        store.keep(None, vec![json!(1), json!(2)], None).unwrap();
        run.halted = Some("why".to_owned());
        store
            .keep(Some(&run), vec![json!(3)], Some(entry("c", "succeeded")))
            .unwrap();
        store.taken(2).unwrap();
        // A kill: the store is not closed, and a record is half written.
        let path = folder.path().join("journal.jsonl");
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(br#"{"events":[4],"comma"#).unwrap();
        for _ in 0..2 {
            let again = Store::open(folder.path()).unwrap();
            assert_eq!(again.run.as_ref(), Some(&run));
            assert_eq!(again.unsent, [json!(3)]);
            assert_eq!(again.ledger["c"], entry("c", "succeeded"));
        }
        let mut again = Store::open(folder.path()).unwrap();
        again.keep(None, vec![json!(5)], None).unwrap();
        let again = Store::open(folder.path()).unwrap();
        assert_eq!(again.unsent, [json!(3), json!(5)]);
    }

    #[test]
    fn a_new_run_takes_along_what_was_not_sent_and_forgets_the_old_ones_commands() {
        let folder = tempfile::tempdir().unwrap();
        let mut store = Store::open(folder.path()).unwrap();
        store.begin(&run()).unwrap();
        store
            .keep(None, vec![json!("last")], Some(entry("c", "failed")))
            .unwrap();
        store.begin(&run()).unwrap();
        for store in [store, Store::open(folder.path()).unwrap()] {
            assert_eq!(store.unsent, [json!("last")]);
            assert!(store.ledger.is_empty());
        }
    }
}
