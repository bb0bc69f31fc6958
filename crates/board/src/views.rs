//! What pages and facades read from a board.

use std::collections::{BTreeMap, VecDeque};

use loopscope_event::{
    Dialect, Offset, ProjectId, Seq, SessionId, Severities, Severity, Timestamp, Totals,
};
use loopscope_protocol::SessionStatus;

use crate::board::Look;
use crate::{
    Board, Density, ErrorRow, EventLine, Findings, FixRow, Header, IterationRow, Machine, Metrics,
    Past, Rows,
};

impl Board {
    /// The session's project.
    pub const fn project(&self) -> &ProjectId {
        &self.project
    }

    /// The session's id.
    pub const fn session_id(&self) -> &SessionId {
        &self.session_id
    }

    /// The newest event's place in the session: how many events it has.
    pub const fn seq(&self) -> Seq {
        self.seq
    }

    /// The newest event's place in the journal.
    pub const fn offset(&self) -> Offset {
        self.offset
    }

    /// How many of its events are of a dialect.
    pub fn events_of(&self, dialect: Dialect) -> u64 {
        self.arrival.of(dialect)
    }

    /// Whether its events came in the order of their producers' clocks.
    pub const fn is_in_time_order(&self) -> bool {
        self.arrival.is_in_order()
    }

    /// What the run says of itself, and when it began and ended.
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The state strip: current state, since when, time in each, loops.
    pub const fn machine(&self) -> &Machine {
        &self.machine
    }

    /// Where the run stands: as its events say, and interrupted where they came from a file before their end.
    pub fn status(&self) -> SessionStatus {
        let told = self.told_status();
        if self.is_end_of_file() && !told.is_ended() {
            SessionStatus::Interrupted
        } else {
            told
        }
    }

    /// Where the run stands as its events alone say.
    pub const fn told_status(&self) -> SessionStatus {
        self.machine.status()
    }

    /// Whether it came from a file, and its program said nothing behind that.
    pub fn is_end_of_file(&self) -> bool {
        self.file_end.is_some_and(|end| self.seq >= end)
    }

    /// Whether anything in it took time, as a timeline shows it.
    pub fn has_spans(&self) -> bool {
        self.machine.iteration() > 0
            || !self.running.is_empty()
            || !self.early_ends.is_empty()
            || self.rows.as_slice().iter().any(|row| !row.steps.is_empty())
            || !self.skills().rows().is_empty()
            || self
                .agents()
                .rows()
                .iter()
                .any(|agent| agent.completed + agent.failed > 0 || agent.started_at.is_some())
            || !self.validations().rows().is_empty()
            || !self.decisions().rows().is_empty()
            || self.training.batch().is_some()
            || !self.training.seeds().is_empty()
    }

    /// The rows with their stride.
    pub const fn rows(&self) -> &Rows {
        &self.rows
    }

    /// The rows, by number; a pass of which nothing is known has none.
    pub fn iterations(&self) -> &[IterationRow] {
        self.rows.as_slice()
    }

    /// Names of the steps that [`crate::StepTime::step`] points at.
    pub fn step_names(&self) -> &[String] {
        &self.step_names
    }

    /// The current pass; 0 before the first.
    pub const fn current_iteration(&self) -> u32 {
        self.machine.iteration()
    }

    /// Sums over the session: the producer's own where it sent them, else what was counted.
    pub fn totals(&self) -> Totals {
        self.stated.unwrap_or(self.counted)
    }

    /// Findings by severity, summed over passes.
    pub const fn findings_by_severity(&self) -> &Severities {
        &self.severities
    }

    /// Findings by attack, by severity where said, summed over passes.
    pub const fn vulnerabilities_by_severity(&self) -> &Severities {
        &self.attack_severities
    }

    /// What is left to do, nothing once converged: what the newest look and the newest attack found, and what was
    /// announced since. `None` before anything was looked at.
    /// A program that does not look in passes tells its findings one by one: those of them that are open.
    pub fn findings_open(&self) -> Option<u64> {
        if self.machine.is_converged() {
            return Some(0);
        }
        let announced = self.announced.all().total();
        if self.tells_one_by_one() {
            return Some(announced.max(self.findings.open() as u64));
        }
        let counted = |look: Option<Look>| look.map(|look| look.findings);
        let found = [counted(self.look), counted(self.attack)].into_iter();
        let found = found.flatten().reduce(u64::saturating_add)?;
        Some(found.saturating_add(announced))
    }

    /// The same by severity, where said.
    pub fn open_by_severity(&self) -> Severities {
        if self.machine.is_converged() {
            return Severities::default();
        }
        let announced = self.announced.all();
        let mut open = Severities::default();
        if self.tells_one_by_one() {
            let listed = self.findings.open_by_severity();
            for severity in Severity::ALL {
                open.add(
                    *severity,
                    announced.get(*severity).max(listed.get(*severity)),
                );
            }
            return open;
        }
        open.merge(&announced);
        for look in [self.look, self.attack].into_iter().flatten() {
            open.merge(&look.severities);
        }
        open
    }

    fn tells_one_by_one(&self) -> bool {
        let dialect = self.header.dialect;
        matches!(dialect, Dialect::Generic | Dialect::Convergence)
            && self.look.is_none()
            && self.attack.is_none()
            && !self.findings.is_empty()
    }

    /// The distinct findings.
    pub const fn findings(&self) -> &Findings {
        &self.findings
    }

    /// The newest fixes, oldest first.
    pub const fn fixes(&self) -> &VecDeque<FixRow> {
        &self.fixes
    }

    /// The newest errors, oldest first.
    pub const fn errors(&self) -> &VecDeque<ErrorRow> {
        &self.errors
    }

    /// Failed steps and errors, all of them.
    pub const fn error_count(&self) -> u64 {
        self.error_count
    }

    /// The newest events as lines, oldest first.
    pub const fn lines(&self) -> &VecDeque<EventLine> {
        &self.lines
    }

    /// Named numbers.
    pub const fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Events over time.
    pub const fn density(&self) -> &Density {
        &self.density
    }

    /// Which state the run was in when, and where something broke.
    pub const fn past(&self) -> &Past {
        &self.past
    }

    /// When its newest event happened; `None` before the first.
    pub fn moment(&self) -> Option<Timestamp> {
        self.lines.back().map(|line| line.timestamp)
    }

    /// The machine's state now, in the dialect's spelling.
    pub fn current_stage(&self) -> &str {
        self.machine.state()
    }

    /// The state the machine ended in; `None` while it runs.
    pub fn final_state(&self) -> Option<&str> {
        self.machine.final_state()
    }

    /// The status as the convergence contract knows it: `running`, `converged` or `failed`.
    pub const fn convergence_status(&self) -> &'static str {
        match self.machine.status() {
            SessionStatus::Running | SessionStatus::Halted | SessionStatus::Interrupted => {
                "running"
            }
            SessionStatus::Converged | SessionStatus::Completed => "converged",
            SessionStatus::Failed => "failed",
        }
    }

    /// How many values the per-iteration vectors have: one a pass, or one a row where rows were merged.
    fn columns(&self) -> usize {
        self.machine.iteration().div_ceil(self.rows.stride()) as usize
    }

    /// One value a pass (a row where rows were merged), `T::default()` where nothing is known.
    pub fn per_iteration<T: Clone + Default>(&self, value: impl Fn(&IterationRow) -> T) -> Vec<T> {
        let mut values = vec![T::default(); self.columns()];
        for row in self.iterations().iter().filter(|row| row.number > 0) {
            let column = ((row.number - 1) / self.rows.stride()) as usize;
            if let Some(place) = values.get_mut(column) {
                *place = value(row);
            }
        }
        values
    }

    /// The first pass of each column of the per-iteration vectors: 1, 2, 3 …, or 1, 3, 5 … where rows were merged.
    pub fn iteration_numbers(&self) -> Vec<u32> {
        let stride = self.rows.stride() as usize;
        (1..=self.machine.iteration()).step_by(stride).collect()
    }

    /// Findings a pass; 0 where no look has said.
    pub fn findings_per_iteration(&self) -> Vec<u64> {
        self.per_iteration(|row| row.findings.unwrap_or(0))
    }

    /// Fixes a pass; 0 where no fix step has said.
    pub fn fixes_per_iteration(&self) -> Vec<u64> {
        self.per_iteration(|row| row.fixes.unwrap_or(0))
    }

    /// Findings by attack a pass; 0 where no attack has said.
    pub fn vulnerabilities_per_iteration(&self) -> Vec<u64> {
        self.per_iteration(|row| row.vulnerabilities.unwrap_or(0))
    }

    /// Seconds of each step a pass, 0 where it did not run; every vector as long as there are passes.
    pub fn step_durations(&self) -> BTreeMap<&str, Vec<f64>> {
        let steps = self.step_names.iter().enumerate();
        steps
            .map(|(index, name)| {
                let seconds = self.per_iteration(|row| {
                    let time = row
                        .steps
                        .iter()
                        .find(|time| usize::from(time.step) == index);
                    time.map_or(0.0, |time| time.spent.as_secs_f64())
                });
                (name.as_str(), seconds)
            })
            .collect()
    }
}
