//! What the tests share: events by number, journals in temporary folders.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::allow_attributes,
    reason = "each test binary uses its own part"
)]

pub mod sessions;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use loopscope_event::{
    Dialect, Event, EventId, Kind, NewEvent, Offset, ProjectId, RawJson, Seq, SessionId, Timestamp,
};
use loopscope_journal::{Appended, EventFilter, Journal, JournalConfig};

/// A journal in a folder of its own, and what it committed.
pub struct Bench {
    pub folder: tempfile::TempDir,
    pub journal: Journal,
    pub committed: Arc<Mutex<Vec<Arc<Event>>>>,
}

pub async fn bench() -> Bench {
    bench_with(|_| {}).await
}

pub async fn bench_with(change: impl FnOnce(&mut JournalConfig)) -> Bench {
    let folder = tempfile::tempdir().unwrap();
    let mut config = JournalConfig::new(folder.path().join("journal.db"));
    change(&mut config);
    let committed = Arc::new(Mutex::new(Vec::new()));
    let journal = open_recording(config, Arc::clone(&committed)).await;
    Bench {
        folder,
        journal,
        committed,
    }
}

pub async fn open_recording(
    config: JournalConfig,
    committed: Arc<Mutex<Vec<Arc<Event>>>>,
) -> Journal {
    Journal::open(config, move |group| {
        committed.lock().unwrap().extend(group.events);
    })
    .await
    .unwrap()
}

pub async fn open(path: &Path) -> Journal {
    Journal::open(JournalConfig::new(path), |_| {})
        .await
        .unwrap()
}

impl Bench {
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("journal.db")
    }
}

pub fn session(name: &str) -> SessionId {
    SessionId::new(name).unwrap()
}

pub fn project(name: &str) -> ProjectId {
    ProjectId::new(name).unwrap()
}

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(1_767_600_000_000_000 + seconds * 1_000_000)
}

/// An event whose id is `id`, a second after the one before it.
pub fn event(session_id: &str, id: &str) -> NewEvent {
    NewEvent {
        event_id: EventId::new(id).unwrap(),
        project: ProjectId::default(),
        session_id: session(session_id),
        timestamp: at(0),
        received_at: at(1),
        name: "STEP_COMPLETE".to_owned(),
        kind: Kind::StepCompleted,
        dialect: Dialect::Convergence,
        iteration: 1,
        state: Some("FIXING".to_owned()),
        severity: None,
        data: RawJson::from_trusted(format!(r#"{{"id": "{id}"}}"#)),
    }
}

/// Events `from..to` of a session, with a payload of about `bytes`.
pub fn events(session_id: &str, numbers: std::ops::Range<usize>, bytes: usize) -> Vec<NewEvent> {
    let filler = "x".repeat(bytes);
    numbers
        .map(|number| NewEvent {
            timestamp: at(number as i64),
            received_at: at(number as i64),
            data: RawJson::from_trusted(format!(r#"{{"n":{number},"filler":"{filler}"}}"#)),
            ..event(session_id, &format!("{session_id}-{number}"))
        })
        .collect()
}

pub const fn new(offset: u64, seq: u64) -> Appended {
    Appended::New {
        offset: Offset(offset),
        seq: Seq(seq),
    }
}

pub const fn again(offset: u64, seq: u64) -> Appended {
    Appended::Duplicate {
        offset: Offset(offset),
        seq: Seq(seq),
    }
}

/// Everything that the journal has, in order.
pub async fn all(journal: &Journal) -> Vec<Arc<Event>> {
    let mut events = Vec::new();
    let mut from = Offset(0);
    while from < journal.head() {
        let scan = journal
            .read_after(from, 1000, usize::MAX, &EventFilter::default())
            .await
            .unwrap();
        from = scan.scanned;
        events.extend(scan.events);
    }
    events
}
