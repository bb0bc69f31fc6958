//! States that a run can return to, in the order they were taken.

use std::collections::VecDeque;

use loopscope_event::{CheckpointChange, CheckpointFact, Event, Timestamp};
use serde::{Deserialize, Serialize};

use crate::limits::MAX_CHECKPOINTS;

/// One checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckpointRow {
    /// Its id.
    pub id: String,
    /// Its place in the order they were taken, from 1.
    pub number: u64,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The skill that it was taken around.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skill: Option<String>,
    /// How many files it holds, where said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub files: Option<u64>,
    /// Whether it can be returned to; where nobody said, it can.
    pub can_rollback: bool,
    /// When it was taken; when it was first heard of where that was missed.
    pub created_at: Timestamp,
    /// When the program was last back at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restored_at: Option<Timestamp>,
    /// How often the program went back to it.
    pub restored: u32,
    /// Why the newest return failed, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The checkpoints of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Checkpoints {
    rows: VecDeque<CheckpointRow>,
    created: u64,
    restoring: bool,
}

impl Checkpoints {
    /// The newest checkpoints, oldest first.
    pub const fn rows(&self) -> &VecDeque<CheckpointRow> {
        &self.rows
    }

    /// How many were taken, all of them.
    pub const fn created(&self) -> u64 {
        self.created
    }

    /// Whether the program goes back to one now.
    pub const fn is_restoring(&self) -> bool {
        self.restoring
    }

    pub(super) fn take(&mut self, fact: &CheckpointFact, event: &Event) {
        self.restoring = fact.change == CheckpointChange::Restoring;
        let known = self.rows.iter().rposition(|row| row.id == fact.id);
        let index = match known {
            Some(index) => index,
            None if fact.id.is_empty() => return,
            None => self.push(fact, event.timestamp),
        };
        let Some(row) = self.rows.get_mut(index) else {
            return;
        };
        let set = |own: &mut Option<String>, new: &Option<String>| {
            if new.is_some() {
                own.clone_from(new);
            }
        };
        set(&mut row.label, &fact.label);
        set(&mut row.description, &fact.description);
        set(&mut row.skill, &fact.skill);
        row.files = fact.files.or(row.files);
        row.can_rollback = fact.can_rollback.unwrap_or(row.can_rollback);
        match fact.change {
            CheckpointChange::Created | CheckpointChange::Restoring => {}
            CheckpointChange::Restored => {
                row.restored_at = Some(event.timestamp);
                row.restored = row.restored.saturating_add(1);
                row.error = None;
            }
            CheckpointChange::RestoreFailed => row.error.clone_from(&fact.error),
        }
    }

    fn push(&mut self, fact: &CheckpointFact, at: Timestamp) -> usize {
        if self.rows.len() >= MAX_CHECKPOINTS {
            self.rows.pop_front();
        }
        self.created = self.created.saturating_add(1);
        self.rows.push_back(CheckpointRow {
            id: fact.id.clone(),
            number: self.created,
            label: None,
            description: None,
            skill: None,
            files: None,
            can_rollback: true,
            created_at: at,
            restored_at: None,
            restored: 0,
            error: None,
        });
        self.rows.len() - 1
    }
}
