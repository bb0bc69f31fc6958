//! The journal: every event on disk, in order, once, in one SQLite file.
//!
//! In: decoded events ([`Journal::append`]), and what the server derives from them (session rows, snapshots of the
//! fold). Out: a receipt a batch after the fsync that covers it, the committed events for the live ring, pages of
//! events and sessions for readers. It knows no dialect and no wire format.
//!
//! * One task writes, in groups, on one connection (`writer/`, whose head says why a receipt holds).
//! * Readers have connections of their own, read-only, and see every committed event (`read/`, `sessions/`).
//! * The command line works on the same file beside a running server ([`Access`]).
//! * A file is opened only if it is ours and whole, else it is left as it was (`store/`).
//!
//! What holds: offsets rise and are never given twice; `seq` is 1, 2, 3 … within a session; an event id is one row in
//! its project; an acknowledged event survives the process and the power.

mod access;
mod alerts;
mod annotations;
mod archive;
mod audit;
mod backup;
mod commands;
mod config;
mod cursor;
mod doctor;
mod error;
mod journal;
mod look;
mod read;
mod retention;
mod saved;
mod search;
mod series;
mod sessions;
mod shared;
mod snapshots;
mod store;
mod tags;
mod tokens;
mod widgets;
mod writer;

pub use access::Access;
pub use alerts::{
    AlertQuery, AlertRecord, AlertStep, ChannelRecord, DeliveryQuery, DeliveryRecord, RuleRecord,
    WatchRecord,
};
pub use annotations::{AnnotationChange, AnnotationRecord, AnnotationStep, MAX_ANNOTATIONS};
pub use archive::ArchiveStep;
pub use audit::{AuditEntry, AuditQuery, NewAudit};
pub use backup::{BackupError, backup, restore};
pub use commands::{CommandChange, CommandQuery, CommandStep, RunnerChange, RunnerRow, StepError};
pub use config::JournalConfig;
pub use cursor::ResetReason;
pub use doctor::{Report, Storage, doctor};
pub use error::{AppendError, JournalError, OpenError};
pub use journal::{Committed, Journal};
pub use read::{EventFilter, EventOrder, EventPage, EventQuery, MomentBase, Scan};
pub use retention::{Retained, Retention};
pub use saved::{MAX_VIEWS, ViewRecord};
pub use search::{AskedWord, EventWords, FoundEvents, MAX_LOOKED_AT};
pub use series::{SeriesChunk, SeriesMetric, SeriesPart, SeriesReader, SeriesState, SeriesWrite};
pub use sessions::{
    DayCount, Facets, HourCount, SessionPage, SessionQuery, SessionRecord, SessionSort,
    SourcedSession, Totals,
};
pub use snapshots::{SNAPSHOTS_BYTES, SNAPSHOTS_KEPT, Snapshot};
pub use store::SCHEMA as SCHEMA_VERSION;
pub use tags::MAX_TAGS;
pub use tokens::{NewToken, Token};
pub use widgets::{WidgetPush, WidgetPut, WidgetRecord};
pub use writer::Appended;
