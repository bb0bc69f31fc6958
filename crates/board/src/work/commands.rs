//! The newest commands of a session with all times of their life, and the program that takes them.

use std::collections::VecDeque;

use loopscope_event::{
    CommandFact, CommandStep, DeclaredCommand, Event, RawJson, RunnerFact, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::kept;
use crate::limits::{MAX_COMMAND_VALUE_BYTES, MAX_COMMANDS};

/// One command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandRow {
    /// Its id.
    pub command_id: String,
    /// What is to be done, in the sender's spelling.
    #[serde(rename = "type")]
    pub kind: String,
    /// With what, where small.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameters: Option<RawJson>,
    /// Where it is; never [`CommandStep::Moved`].
    pub state: CommandStep,
    /// Who sent it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its place in the queue; lower is sooner.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
    /// The command of another run that it repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replay_of: Option<String>,
    /// The program that has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner: Option<String>,
    /// When it was sent.
    pub queued_at: Timestamp,
    /// When it was handed to the program; the last time, where more than once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Timestamp>,
    /// When the program took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Timestamp>,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// When it expires if it was not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// What the program answered, where small.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<RawJson>,
    /// Why it failed, was cancelled or expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The program that takes a session's commands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runner {
    /// Its id, new at each attachment.
    pub runner_id: String,
    /// Its name for people.
    pub name: String,
    /// How it is connected.
    pub via: String,
    /// What it says it can do.
    pub commands: Vec<DeclaredCommand>,
    /// Since when.
    pub since: Timestamp,
}

/// The commands of a session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Commands {
    rows: VecDeque<CommandRow>,
    #[serde(skip_serializing_if = "Option::is_none")]
    runner: Option<Runner>,
    left_out: u64,
}

impl Commands {
    /// The newest commands, in the order they were sent.
    pub const fn rows(&self) -> &VecDeque<CommandRow> {
        &self.rows
    }

    /// One command.
    pub fn get(&self, command_id: &str) -> Option<&CommandRow> {
        self.rows
            .iter()
            .rev()
            .find(|row| row.command_id == command_id)
    }

    /// Those that are not over, as the program gets them: by their place in the queue, then by time.
    pub fn open(&self) -> Vec<&CommandRow> {
        let mut open: Vec<&CommandRow> = self
            .rows
            .iter()
            .filter(|row| !row.state.is_over())
            .collect();
        open.sort_by_key(|row| row.position.unwrap_or(i64::MAX));
        open
    }

    /// The program that takes them; `None`: nobody does.
    pub const fn attached(&self) -> Option<&Runner> {
        self.runner.as_ref()
    }

    /// Commands that are no longer listed.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    pub(super) fn runner(&mut self, fact: &RunnerFact, event: &Event) {
        match fact {
            RunnerFact::Attached {
                runner_id,
                name,
                via,
                commands,
            } => {
                let small = |command: &DeclaredCommand| DeclaredCommand {
                    parameters: kept(command.parameters.as_ref(), MAX_COMMAND_VALUE_BYTES),
                    ..command.clone()
                };
                self.runner = Some(Runner {
                    runner_id: runner_id.clone(),
                    name: name.clone(),
                    via: via.clone(),
                    commands: commands.iter().map(small).collect(),
                    since: event.timestamp,
                });
            }
            RunnerFact::Detached { runner_id, .. } => {
                // The one before may go after the next one came.
                self.runner.take_if(|runner| runner.runner_id == *runner_id);
            }
        }
    }

    pub(super) fn take(&mut self, fact: &CommandFact, event: &Event) {
        let at = fact.at.unwrap_or(event.timestamp);
        let known = self
            .rows
            .iter()
            .rposition(|row| row.command_id == fact.command_id);
        let index = known.unwrap_or_else(|| self.push(fact, at));
        let Some(row) = self.rows.get_mut(index) else {
            return;
        };
        if row.position.is_none() || fact.position.is_some() {
            row.position = fact.position;
        }
        row.expires_at = fact.expires_at.or(row.expires_at);
        if row.state.is_over() {
            return;
        }
        if fact.runner.is_some() {
            row.runner.clone_from(&fact.runner);
        }
        match fact.step {
            CommandStep::Moved => return,
            CommandStep::Queued => row.queued_at = at,
            CommandStep::Delivered => row.delivered_at = Some(at),
            CommandStep::Acknowledged => row.acknowledged_at = Some(at),
            _ => {
                row.ended_at = Some(at);
                row.error.clone_from(&fact.error);
                row.result = kept(fact.result.as_ref(), MAX_COMMAND_VALUE_BYTES);
            }
        }
        // Handed out again after it was taken: it is still taken.
        if fact.step > row.state {
            row.state = fact.step;
        }
    }

    fn push(&mut self, fact: &CommandFact, at: Timestamp) -> usize {
        if self.rows.len() >= MAX_COMMANDS {
            let over = self.rows.iter().position(|row| row.state.is_over());
            self.rows.remove(over.unwrap_or(0));
            self.left_out = self.left_out.saturating_add(1);
        }
        self.rows.push_back(CommandRow {
            command_id: fact.command_id.clone(),
            kind: fact.kind.clone(),
            parameters: kept(fact.parameters.as_ref(), MAX_COMMAND_VALUE_BYTES),
            state: CommandStep::Queued,
            by: fact.by.clone(),
            reason: fact.reason.clone(),
            position: fact.position,
            replay_of: fact.replay_of.clone(),
            runner: None,
            queued_at: at,
            delivered_at: None,
            acknowledged_at: None,
            ended_at: None,
            expires_at: None,
            result: None,
            error: None,
        });
        self.rows.len() - 1
    }
}
