//! The agents of a run: who works at what, and how their tasks went.

use std::collections::VecDeque;

use loopscope_event::{AgentFact, AgentState, Duration, Event, Timestamp};
use serde::{Deserialize, Serialize};

use super::is_default;
use crate::limits::MAX_AGENTS;

/// One agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentRow {
    /// Its id.
    pub id: String,
    /// Where it is.
    pub state: AgentState,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// What it works at, or worked at last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// How far it is, 0.0 to 100.0, where it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<f64>,
    /// When it was first heard of.
    pub since: Timestamp,
    /// When its present task began; `None` between tasks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it was heard of last.
    pub seen_at: Timestamp,
    /// Tasks that it completed.
    pub completed: u32,
    /// Tasks that broke.
    pub failed: u32,
    /// Time that its ended tasks took.
    #[serde(default, skip_serializing_if = "is_default")]
    pub spent: Duration,
    /// Why its newest broken task broke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

impl AgentRow {
    /// Completed tasks of all ended ones, 0.0 to 1.0; `None` before the first.
    pub fn success_rate(&self) -> Option<f64> {
        let ended = f64::from(self.completed) + f64::from(self.failed);
        (ended > 0.0).then(|| f64::from(self.completed) / ended)
    }
}

/// The agents of a run, in order of appearance.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Agents {
    rows: VecDeque<AgentRow>,
    completed: u64,
    failed: u64,
    left_out: u64,
}

impl Agents {
    /// The agents, in order of appearance.
    pub const fn rows(&self) -> &VecDeque<AgentRow> {
        &self.rows
    }

    /// How many are in a state.
    pub fn count(&self, state: AgentState) -> usize {
        self.rows.iter().filter(|row| row.state == state).count()
    }

    /// Tasks that agents completed, all of them.
    pub const fn completed(&self) -> u64 {
        self.completed
    }

    /// Tasks of agents that broke, all of them.
    pub const fn failed(&self) -> u64 {
        self.failed
    }

    /// Agents that are no longer listed.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    pub(super) fn take(&mut self, fact: &AgentFact, event: &Event) {
        let at = event.timestamp;
        let known = self.rows.iter().position(|row| row.id == fact.id);
        let index = known.unwrap_or_else(|| self.push(fact, at));
        let Some(row) = self.rows.get_mut(index) else {
            return;
        };
        row.state = fact.state;
        row.seen_at = at;
        let set = |own: &mut Option<String>, new: &Option<String>| {
            if new.is_some() {
                own.clone_from(new);
            }
        };
        set(&mut row.role, &fact.role);
        set(&mut row.task, &fact.task);
        set(&mut row.error, &fact.error);
        row.percent = fact.percent.or(row.percent);
        match fact.state {
            AgentState::Active | AgentState::Busy => {
                row.started_at.get_or_insert(at);
            }
            AgentState::Idle => row.started_at = None,
            AgentState::Completed | AgentState::Failed => {
                let seen = row.started_at.take().map(|from| at.since(from));
                let spent = fact.duration.or(seen).unwrap_or_default();
                row.spent = row.spent.plus(spent.max(Duration::default()));
                row.percent = None;
                let (own, all) = if fact.state == AgentState::Completed {
                    (&mut row.completed, &mut self.completed)
                } else {
                    (&mut row.failed, &mut self.failed)
                };
                *own = own.saturating_add(1);
                *all = all.saturating_add(1);
            }
        }
    }

    fn push(&mut self, fact: &AgentFact, at: Timestamp) -> usize {
        if self.rows.len() >= MAX_AGENTS {
            let rests =
                |row: &AgentRow| !matches!(row.state, AgentState::Active | AgentState::Busy);
            let oldest = self.rows.iter().position(rests).unwrap_or(0);
            self.rows.remove(oldest);
            self.left_out = self.left_out.saturating_add(1);
        }
        self.rows.push_back(AgentRow {
            id: fact.id.clone(),
            state: fact.state,
            role: None,
            task: None,
            percent: None,
            since: at,
            started_at: None,
            seen_at: at,
            completed: 0,
            failed: 0,
            spent: Duration::default(),
            error: None,
        });
        self.rows.len() - 1
    }
}
