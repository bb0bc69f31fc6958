//! The fold: one event in, everything that the session's page shows brought up to it.

use std::collections::VecDeque;

use loopscope_event::{
    Dialect, Duration, Event, Offset, ProjectId, Seq, SessionId, Severities, Timestamp, Totals,
};
use loopscope_protocol::EventLine;
use serde::{Deserialize, Serialize};

use crate::arrival::Arrival;
use crate::crew::Crew;
use crate::density::Density;
use crate::findings::Announced;
use crate::header::Header;
use crate::limits::MAX_LINES;
use crate::lists::{ErrorRow, Findings, FixRow, RunningStep};
use crate::machine::Machine;
use crate::metrics::Metrics;
use crate::past::Past;
use crate::rows::Rows;
use crate::steps::EarlyEnd;
use crate::training::Training;
use crate::work::Work;

/// The version of the board's stored form; a snapshot of another version is thrown away and folded anew.
pub const BOARD_VERSION: u32 = 8;

/// Everything that a session's page shows, folded from its events.
///
/// The same events in the same order give the same board on every platform, and a board that was stored and read
/// back goes on as if it had not been. Its size is bounded whatever the session's length.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Board {
    pub(crate) project: ProjectId,
    pub(crate) session_id: SessionId,
    pub(crate) seq: Seq,
    pub(crate) offset: Offset,
    pub(crate) header: Header,
    /// Whether the run itself said when it began.
    pub(crate) said_start: bool,
    pub(crate) machine: Machine,
    pub(crate) rows: Rows,
    pub(crate) step_names: Vec<String>,
    pub(crate) running: Vec<RunningStep>,
    pub(crate) early_ends: Vec<EarlyEnd>,
    /// How long the newest step to end took, and the event that ended it.
    pub(crate) last_time: Option<(Seq, Duration)>,
    pub(crate) counted: Totals,
    pub(crate) stated: Option<Totals>,
    pub(crate) severities: Severities,
    pub(crate) attack_severities: Severities,
    pub(crate) look: Option<Look>,
    /// What the newest attack step found.
    pub(crate) attack: Option<Look>,
    pub(crate) announced: Announced,
    pub(crate) findings: Findings,
    pub(crate) fixes: VecDeque<FixRow>,
    pub(crate) errors: VecDeque<ErrorRow>,
    pub(crate) error_count: u64,
    pub(crate) lines: VecDeque<EventLine>,
    pub(crate) metrics: Metrics,
    pub(crate) density: Density,
    pub(crate) past: Past,
    pub(crate) arrival: Arrival,
    #[serde(default, skip_serializing_if = "crate::work::is_default")]
    pub(crate) work: Work,
    #[serde(default, skip_serializing_if = "crate::work::is_default")]
    pub(crate) crew: Crew,
    #[serde(default, skip_serializing_if = "crate::work::is_default")]
    pub(crate) training: Training,
    /// Up to which event it came from a file, as long as its program said nothing behind that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) file_end: Option<Seq>,
}

/// What the newest finished look, or attack, found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Look {
    pub(crate) iteration: u32,
    pub(crate) findings: u64,
    pub(crate) severities: Severities,
}

impl Board {
    /// The board of a session of which nothing is known.
    pub fn new(project: ProjectId, session_id: SessionId) -> Self {
        Self {
            project,
            session_id,
            seq: Seq::default(),
            offset: Offset::default(),
            header: Header::default(),
            said_start: false,
            machine: Machine::default(),
            rows: Rows::default(),
            step_names: Vec::new(),
            running: Vec::new(),
            early_ends: Vec::new(),
            last_time: None,
            counted: Totals::default(),
            stated: None,
            severities: Severities::default(),
            attack_severities: Severities::default(),
            look: None,
            attack: None,
            announced: Announced::default(),
            findings: Findings::default(),
            fixes: VecDeque::new(),
            errors: VecDeque::new(),
            error_count: 0,
            lines: VecDeque::new(),
            metrics: Metrics::default(),
            density: Density::default(),
            past: Past::default(),
            arrival: Arrival::default(),
            work: Work::default(),
            crew: Crew::default(),
            training: Training::default(),
            file_end: None,
        }
    }

    /// Notes that its events up to that one came from a file: its program is not there, so where it did not end it is
    /// interrupted. The next event of its program takes the note back; what we write ourselves does not. No event says
    /// it, so whoever folds a board has to.
    pub const fn came_from_file(&mut self, until: Seq) {
        self.file_end = Some(until);
    }

    /// Takes one event. An event that was taken before (by its `seq`) changes nothing.
    pub fn apply(&mut self, event: &Event) {
        if event.seq <= self.seq {
            return;
        }
        if self.seq.0 == 0 {
            self.header.started_at = event.timestamp;
            self.header.last_event_at = event.timestamp;
            self.begin(event);
        } else if self.learns_dialect(event.dialect) {
            self.begin(event);
        }
        let facts = loopscope_dialects::facts(event);
        self.seq = event.seq;
        let is_behind = self.file_end.is_some_and(|end| event.seq > end);
        if is_behind && event.dialect != Dialect::Loopscope {
            self.file_end = None;
        }
        self.offset = self.offset.max(event.offset);
        self.density.push(self.time_in_run(event));
        self.arrival.push(event);
        self.fold(event, &facts);
        if self.lines.len() >= MAX_LINES {
            self.lines.pop_front();
        }
        let line = crate::describe::line(event, &facts, Some(self));
        self.past.push(event, line.tone, &self.machine);
        self.lines.push_back(line);
    }

    /// When an event happened, as the run counts it: what we write ourselves behind its last event, a note of somebody
    /// who looked back, makes it no longer.
    fn time_in_run(&self, event: &Event) -> Timestamp {
        if event.dialect == Dialect::Loopscope {
            event.timestamp.min(self.header.last_event_at)
        } else {
            event.timestamp
        }
    }

    /// Whether the session's dialect was not known before this event.
    fn learns_dialect(&self, dialect: Dialect) -> bool {
        let vague = |dialect| matches!(dialect, Dialect::Generic | Dialect::Loopscope);
        vague(self.header.dialect)
            && dialect != self.header.dialect
            && (!vague(dialect) || dialect == Dialect::Generic)
            && !self.machine.is_over()
    }

    /// What the session speaks: its machine starts anew, in the states of its dialect.
    fn begin(&mut self, event: &Event) {
        self.header.dialect = event.dialect;
        let stages = event.dialect == Dialect::Convergence;
        self.machine.begin(event.timestamp, event.dialect);
        if stages {
            self.step_names = ["diagnose", "fix", "attack", "validate"]
                .map(str::to_owned)
                .into();
        }
    }

    /// One event as a line, with what the board knows of it (how long the step took that it ends).
    pub fn describe(&self, event: &Event) -> EventLine {
        crate::describe::line(event, &loopscope_dialects::facts(event), Some(self))
    }
}
