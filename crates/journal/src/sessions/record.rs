//! A session's row. In: a row of [`COLUMNS`]. Out: a [`SessionRecord`].

use loopscope_event::{
    Dialect, Duration, Offset, ProjectId, RawJson, Seq, SessionId, Severities, Timestamp,
};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use crate::store::code;

/// What a list shows of a session. The journal keeps the first block itself; the rest is what
/// [`put_sessions`](crate::Journal::put_sessions) last said, and what the first event implies before that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    /// Its project.
    pub project: ProjectId,
    /// Its id.
    pub session_id: SessionId,
    /// How many events it has had: the newest one's seq. Kept by the journal.
    pub last_seq: Seq,
    /// The newest event's place. Kept by the journal.
    pub last_offset: Offset,
    /// When the newest event was received. Kept by the journal.
    pub last_event_at: Timestamp,
    /// The oldest event that is kept; above 1 where retention took the oldest. Kept by the journal.
    pub first_seq: Seq,

    /// What its producer speaks.
    pub dialect: Dialect,
    /// The fold's word: `running`, `converged`, `failed` …
    pub status: String,
    /// A name for people.
    pub name: Option<String>,
    /// What it works on.
    pub target: Option<String>,
    /// The producer's state.
    pub state: Option<String>,
    /// When it began, by the producer's clock.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// How long it took, or has taken so far.
    pub duration: Duration,
    /// Its present pass.
    pub iteration: u32,
    /// How many passes it may take.
    pub max_iterations: Option<u32>,
    /// Findings, counted in every pass.
    pub findings_total: u64,
    /// Findings that are left.
    pub findings_open: u64,
    /// All findings by severity.
    pub severities: Severities,
    /// What is left, by severity.
    pub open_severities: Severities,
    /// Fixes in all passes.
    pub fixes_total: u64,
    /// Findings of attacks.
    pub vulnerabilities_total: u64,
    /// Errors of the program itself.
    pub errors: u64,
    /// Mean quality in thousandths of a per cent, where it is measured. Only written: lists sort by it.
    pub quality_milli: Option<u32>,
    /// What else the server keeps with the row; the journal does not read it. `None` in a
    /// [`put_sessions`](crate::Journal::put_sessions) leaves what is there.
    pub summary: Option<RawJson>,
    /// The seq up to which this block was derived; 0 for not at all.
    pub summary_seq: Seq,
}

/// What [`SessionRecord::read`] reads, from [`FROM`].
pub(crate) const COLUMNS: &str = "s.key, p.name, s.session_id, s.last_seq, s.last_offset, s.last_event_at, \
     s.first_seq, s.dialect, s.status, s.name, s.target, s.state, s.started_at, s.ended_at, s.duration_us, \
     s.iteration, s.max_iterations, s.findings_total, s.findings_open, s.critical, s.high, s.medium, s.low, s.info, \
     s.open_critical, s.open_high, s.open_medium, s.open_low, s.open_info, s.fixes_total, s.vulnerabilities_total, \
     s.errors, s.summary_seq, y.summary";

/// A session with its project and its summary.
pub(crate) const FROM: &str =
    "sessions s JOIN projects p ON p.key = s.project LEFT JOIN summaries y ON y.session = s.key";

impl SessionRecord {
    /// A row that says nothing yet of a session; for building a record to put.
    pub fn new(project: ProjectId, session_id: SessionId) -> Self {
        Self {
            project,
            session_id,
            last_seq: Seq(0),
            last_offset: Offset(0),
            last_event_at: Timestamp::default(),
            first_seq: Seq(1),
            dialect: Dialect::Generic,
            status: "running".to_owned(),
            name: None,
            target: None,
            state: None,
            started_at: Timestamp::default(),
            ended_at: None,
            duration: Duration::default(),
            iteration: 0,
            max_iterations: None,
            findings_total: 0,
            findings_open: 0,
            severities: Severities::default(),
            open_severities: Severities::default(),
            fixes_total: 0,
            vulnerabilities_total: 0,
            errors: 0,
            quality_milli: None,
            summary: None,
            summary_seq: Seq(0),
        }
    }

    pub(crate) fn read(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let bad = |error| sqlx::Error::Decode(Box::new(error));
        let count = |column: usize| {
            row.try_get::<i64, _>(column)
                .map(|value| value.max(0) as u64)
        };
        let severities = |first: usize| {
            Ok::<_, sqlx::Error>(Severities {
                critical: count(first)?,
                high: count(first + 1)?,
                medium: count(first + 2)?,
                low: count(first + 3)?,
                info: count(first + 4)?,
            })
        };
        Ok(Self {
            project: ProjectId::new(row.try_get::<&str, _>(1)?).map_err(bad)?,
            session_id: SessionId::new(row.try_get::<&str, _>(2)?).map_err(bad)?,
            last_seq: Seq(count(3)?),
            last_offset: Offset(count(4)?),
            last_event_at: Timestamp::from_micros(row.try_get(5)?),
            first_seq: Seq(count(6)?),
            dialect: code::read_dialect(row.try_get(7)?),
            status: row.try_get(8)?,
            name: row.try_get(9)?,
            target: row.try_get(10)?,
            state: row.try_get(11)?,
            started_at: Timestamp::from_micros(row.try_get(12)?),
            ended_at: row
                .try_get::<Option<i64>, _>(13)?
                .map(Timestamp::from_micros),
            duration: Duration::from_micros(row.try_get(14)?),
            iteration: row.try_get(15)?,
            max_iterations: row.try_get(16)?,
            findings_total: count(17)?,
            findings_open: count(18)?,
            severities: severities(19)?,
            open_severities: severities(24)?,
            fixes_total: count(29)?,
            vulnerabilities_total: count(30)?,
            errors: count(31)?,
            quality_milli: None,
            summary_seq: Seq(count(32)?),
            summary: row
                .try_get::<Option<String>, _>(33)?
                .map(RawJson::from_trusted),
        })
    }
}
