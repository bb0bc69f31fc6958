//! The agents of a run: who works at what, and how their tasks went.

use std::collections::{BTreeMap, VecDeque};

use loopscope_event::{AgentFact, AgentState, Dialect, Duration, Event, ReputationFact, Timestamp};
use serde::{Deserialize, Serialize};

use super::is_default;
use crate::limits::{MAX_AGENTS, MAX_AGENTS_ASIDE, MAX_SCORE};

/// One agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgentRow {
    /// Its id.
    pub id: String,
    /// Its name for people, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
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
    /// How many of its tasks reported how good what they made is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub scored: u32,
    /// The sum of these scores.
    #[serde(default, skip_serializing_if = "is_default")]
    pub score_sum: f64,
    /// Where what its newest task made comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data_source: Option<String>,
    /// What it is thought of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reputation: Option<Reputation>,
    /// Why its newest broken task broke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// What an agent is thought of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reputation {
    /// 0.0 to 1.0.
    pub score: f64,
    /// How it moved last, −1.0 to 1.0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub change: Option<f64>,
    /// Where it goes, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trend: Option<String>,
    /// Tasks that it stands on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_tasks: Option<u64>,
}

impl AgentRow {
    /// Its name for people, else its id.
    pub fn called(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }

    /// Whether it is at work.
    pub const fn is_at_work(&self) -> bool {
        matches!(self.state, AgentState::Active | AgentState::Busy)
    }

    /// How long its ended tasks took in the mean; `None` before the first.
    pub fn mean_duration(&self) -> Option<Duration> {
        let ended = i64::from(self.completed) + i64::from(self.failed);
        (ended > 0).then(|| Duration::from_micros(self.spent.as_micros() / ended))
    }

    /// How good what it made is in the mean, 0 to 100; `None` where it never said.
    pub fn quality(&self) -> Option<f64> {
        (self.scored > 0).then(|| self.score_sum / f64::from(self.scored))
    }

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
    /// Agents that are at work and no longer listed, and since when.
    #[serde(skip_serializing_if = "is_default")]
    aside: BTreeMap<String, Timestamp>,
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

    /// How many are at work, those that are no longer listed included.
    pub fn at_work(&self) -> u64 {
        let listed = self.rows.iter().filter(|row| row.is_at_work()).count();
        (listed + self.aside.len()) as u64
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
        let index = known.unwrap_or_else(|| self.push(&fact.id, fact.state, at));
        let Some(row) = self.rows.get_mut(index) else {
            return;
        };
        // A crew registers an agent; that it is idle then is no word of an orchestrator.
        let registers = fact.state == AgentState::Idle && event.dialect == Dialect::Agents;
        if !(registers && (known.is_some() || row.started_at.is_some())) {
            row.state = fact.state;
        }
        row.seen_at = at;
        let set = |own: &mut Option<String>, new: &Option<String>| {
            if new.is_some() {
                own.clone_from(new);
            }
        };
        set(&mut row.name, &fact.name);
        set(&mut row.role, &fact.role);
        set(&mut row.task, &fact.task);
        set(&mut row.error, &fact.error);
        set(&mut row.data_source, &fact.data_source);
        row.percent = fact.percent.or(row.percent);
        if let Some(score) = fact.quality {
            row.scored = row.scored.saturating_add(1);
            row.score_sum += score.clamp(-MAX_SCORE, MAX_SCORE);
        }
        match fact.state {
            AgentState::Active | AgentState::Busy if fact.begins => row.started_at = Some(at),
            AgentState::Active | AgentState::Busy => {
                row.started_at.get_or_insert(at);
            }
            AgentState::Idle if registers => {}
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

    /// What an agent is thought of; it is none of its tasks.
    pub(super) fn judge(&mut self, fact: &ReputationFact, at: Timestamp) {
        let (id, name) = match fact {
            ReputationFact::Changed {
                agent_id,
                agent_name,
                ..
            }
            | ReputationFact::Outcome {
                agent_id,
                agent_name,
                ..
            } => (agent_id, agent_name),
        };
        let known = self.rows.iter().position(|row| row.id == *id);
        let index = known.unwrap_or_else(|| self.push(id, AgentState::Idle, at));
        let Some(row) = self.rows.get_mut(index) else {
            return;
        };
        row.seen_at = at;
        if name.is_some() {
            row.name.clone_from(name);
        }
        if let ReputationFact::Changed {
            new_score: Some(score),
            change,
            total_tasks,
            trend,
            ..
        } = fact
        {
            row.reputation = Some(Reputation {
                score: *score,
                change: *change,
                trend: trend.clone(),
                total_tasks: *total_tasks,
            });
        }
    }

    /// Lists an agent. Where there is no room, one that rests makes it, else the one that is listed longest.
    fn push(&mut self, id: &str, state: AgentState, at: Timestamp) -> usize {
        if self.rows.len() >= MAX_AGENTS {
            let oldest = self
                .rows
                .iter()
                .position(|row| !row.is_at_work())
                .unwrap_or(0);
            if let Some(row) = self.rows.remove(oldest) {
                self.left_out = self.left_out.saturating_add(1);
                if row.is_at_work() {
                    self.put_aside(row);
                }
            }
        }
        let since = self.aside.remove(id);
        self.rows.push_back(AgentRow {
            id: id.to_owned(),
            name: None,
            state: if since.is_some() && state == AgentState::Idle {
                AgentState::Busy
            } else {
                state
            },
            role: None,
            task: None,
            percent: None,
            since: at,
            started_at: since,
            seen_at: at,
            completed: 0,
            failed: 0,
            spent: Duration::default(),
            scored: 0,
            score_sum: 0.0,
            data_source: None,
            reputation: None,
            error: None,
        });
        self.rows.len() - 1
    }

    fn put_aside(&mut self, row: AgentRow) {
        if self.aside.len() >= MAX_AGENTS_ASIDE {
            let first = self.aside.iter().min_by_key(|(_, since)| **since);
            if let Some(first) = first.map(|(id, _)| id.clone()) {
                self.aside.remove(&first);
            }
        }
        self.aside
            .insert(row.id, row.started_at.unwrap_or(row.seen_at));
    }
}
