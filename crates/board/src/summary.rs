//! The session's row, as lists show it.

use loopscope_protocol::SessionSummary;

use crate::Board;

/// How many passes the sparkline of a row shows.
const TREND: usize = 24;

impl Board {
    /// The session's row, as lists show it.
    pub fn summary(&self) -> SessionSummary {
        let totals = self.totals();
        let header = &self.header;
        SessionSummary {
            project: self.project.clone(),
            session_id: self.session_id.clone(),
            dialect: header.dialect,
            name: self.display_name().to_owned(),
            target: header.target.clone(),
            status: self.status(),
            state: self.machine.state().to_owned(),
            state_since: self.machine.since(),
            states: self.machine.shares().to_vec(),
            started_at: header.started_at,
            ended_at: header.ended_at,
            last_event_at: header.last_event_at,
            last_offset: self.offset,
            events: self.seq,
            // An epoch is what a pass is to a loop.
            iteration: of_epochs(self.training().epoch()).unwrap_or(self.machine.iteration()),
            max_iterations: header
                .max_iterations
                .or(of_epochs(self.training().max_epochs())),
            findings_total: totals.total_findings,
            findings_open: self.findings_open(),
            open_by_severity: self.open_by_severity(),
            findings_by_severity: self.severities,
            fixes_total: totals.total_fixes,
            vulnerabilities_total: totals.total_vulnerabilities,
            errors: self.error_count,
            findings_trend: self.findings_trend(),
            quality_percent: self.quality().executions().mean(),
            crew: self.crew_summary(),
            progress_percent: self.progress_percent(),
            current_skill: self.current_skill().map(str::to_owned),
            decisions_waiting: self.decisions().pending().count() as u64,
            commands_open: self.commands().open().len() as u64,
            last_sentence: self
                .lines
                .back()
                .map(|line| line.sentence.clone())
                .unwrap_or_default(),
        }
    }

    /// Its name for people: the one it gave, else its target, else its id, a UUID cut to its first group.
    pub fn display_name(&self) -> &str {
        let header = &self.header;
        header
            .name
            .as_deref()
            .or(header.target.as_deref())
            .unwrap_or_else(|| short(self.session_id.as_str()))
    }

    fn findings_trend(&self) -> Vec<u64> {
        let rows = self.iterations().iter().rev();
        let mut trend: Vec<u64> = rows.filter_map(|row| row.findings).take(TREND).collect();
        trend.reverse();
        trend
    }
}

fn of_epochs(epochs: Option<u64>) -> Option<u32> {
    epochs.and_then(|epochs| u32::try_from(epochs).ok())
}

/// The first group of a UUID, which is enough to tell runs apart; any other id whole.
fn short(id: &str) -> &str {
    let groups = id.split('-').map(str::len);
    if groups.eq([8, 4, 4, 4, 12]) {
        id.get(..8).unwrap_or(id)
    } else {
        id
    }
}
