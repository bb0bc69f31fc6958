//! The figures that the agents contract has of a system. In: the board. Out: [`CrewStats`].

use loopscope_event::Dialect;
use loopscope_protocol::CrewSummary;

use crate::Board;

/// How many of the newest opportunities a session's row carries.
const NEWEST: usize = 3;
/// How many characters of their descriptions.
const NEWEST_CHARS: usize = 160;

/// What the contract counts of a system. Reputation and outcomes of tasks change none of it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CrewStats {
    /// Events of the contract.
    pub total_events: u64,
    /// Completed executions, failed ones included.
    pub total_agents_executed: u64,
    /// How often an opportunity was found, the same again included.
    pub total_opportunities_discovered: u64,
    /// Mean quality over the executions that reported one, zero included; 0 to 100. `None` where none did.
    pub avg_quality_score: Option<f64>,
    /// Agents whose newest state is running.
    pub active_agents: u64,
    /// Opportunities that are known apart, at most a thousand.
    pub total_opportunities: u64,
}

impl Board {
    /// The contract's figures.
    pub fn crew_stats(&self) -> CrewStats {
        let (agents, opportunities) = (self.agents(), self.opportunities());
        CrewStats {
            total_events: self.events_of(Dialect::Agents),
            total_agents_executed: agents.completed().saturating_add(agents.failed()),
            total_opportunities_discovered: opportunities.discovered(),
            avg_quality_score: self.quality().executions().mean(),
            active_agents: agents.at_work(),
            total_opportunities: opportunities.rows().len() as u64,
        }
    }

    /// The same for the session's row; `None` for a session that is no crew's.
    pub(crate) fn crew_summary(&self) -> Option<CrewSummary> {
        let opportunities = self.opportunities();
        if self.header.dialect != Dialect::Agents && opportunities.discovered() == 0 {
            return None;
        }
        let stats = self.crew_stats();
        let executions = self.quality().executions();
        let newest = opportunities.newest(NEWEST).cloned().map(|mut row| {
            let text = row.opportunity.description.take();
            row.opportunity.description = text.map(|text| crate::describe::cut(text, NEWEST_CHARS));
            row
        });
        Some(CrewSummary {
            agents_executed: stats.total_agents_executed,
            agents_failed: self.agents().failed(),
            active_agents: stats.active_agents,
            opportunities: stats.total_opportunities_discovered,
            quality_sum: executions.sum,
            quality_count: executions.count,
            newest: newest.collect(),
        })
    }
}
