//! A run: its plan, where it is, what it was told. Pure: no clock, no files.
//!
//! In: orders, and what the engine says of skills. Out: what changed, as events to tell, and what is left to do
//! ([`Then`]). A run is kept on disk as it is, with each order that changed it, in one record.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

mod obey;

pub(crate) use obey::with;
pub use obey::{Obeyed, Then};

/// Where a skill of the plan is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It waits for its turn.
    Waiting,
    /// It is in hand.
    InHand,
    /// It is over, however it went.
    Over,
}

/// A skill of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Planned {
    /// Which.
    pub name: String,
    /// With what.
    pub parameters: Map<String, Value>,
    /// What this one doing of it is called; a second doing has another id.
    pub id: String,
    /// Where it is.
    pub stage: Stage,
}

/// A state of the tree that can be returned to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The commit.
    pub commit: String,
    /// For people.
    pub label: String,
    /// The place in the plan where the run goes on from it.
    pub at: usize,
}

/// A return under way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restoring {
    /// To which checkpoint.
    pub checkpoint: usize,
    /// The command that asked for it.
    pub command_id: String,
}

/// A question that waits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Its id.
    pub id: String,
    /// The ids of its options, in order.
    pub options: Vec<String>,
    /// Their labels.
    pub labels: Vec<String>,
}

/// See the module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// What it is called.
    pub session_id: String,
    /// Its number, from 1: it decides what is wrong with the crate.
    pub number: u64,
    /// The skills, in order.
    pub plan: Vec<Planned>,
    /// The place of the one in hand, or of the next.
    pub at: usize,
    /// Why it stands still, if it does.
    pub halted: Option<String>,
    /// What it can return to, oldest first.
    pub checkpoints: Vec<Checkpoint>,
    /// A return that is not finished.
    pub restoring: Option<Restoring>,
    /// The question that waits.
    pub question: Option<Question>,
    /// Answers, by question.
    pub answers: BTreeMap<String, String>,
    /// Rest before each piece of work.
    pub pace_ms: u64,
    /// Skills that came to a good end.
    pub completed: u64,
    /// Whether its last word was said.
    pub is_over: bool,
    /// Doings so far, for ids.
    doings: u64,
}

impl Run {
    /// A run that has not begun.
    pub fn new(session_id: String, number: u64, plan: &[String], pace_ms: u64) -> Self {
        let mut run = Self {
            session_id,
            number,
            plan: Vec::new(),
            at: 0,
            halted: None,
            checkpoints: Vec::new(),
            restoring: None,
            question: None,
            answers: BTreeMap::new(),
            pace_ms,
            completed: 0,
            is_over: false,
            doings: 0,
        };
        for name in plan {
            let planned = run.planned(name, Map::new());
            run.plan.push(planned);
        }
        run
    }

    /// The skill in hand, or the next.
    pub fn current(&self) -> Option<&Planned> {
        self.plan.get(self.at)
    }

    /// Takes the next skill in hand: what to tell of it.
    pub fn begin(&mut self) -> Option<Value> {
        let at = self.at;
        let planned = self.plan.get_mut(at)?;
        planned.stage = Stage::InHand;
        Some(self.of(at))
    }

    /// The skill in hand is over.
    pub fn end(&mut self, is_good: bool) {
        self.completed += u64::from(is_good);
        self.question = None;
        if let Some(planned) = self.plan.get_mut(self.at) {
            planned.stage = Stage::Over;
        }
        self.at += 1;
    }

    /// The skill in hand begins again later, under another id; gives what to tell of the one that was left.
    pub fn begin_again(&mut self) -> Option<Value> {
        let at = self.at;
        let in_hand = self.plan.get(at)?.stage == Stage::InHand;
        let told = in_hand.then(|| self.of(at));
        self.renew(at);
        told
    }

    /// What is told of the skill at a place.
    pub fn of(&self, at: usize) -> Value {
        self.plan.get(at).map_or(Value::Null, |planned| {
            json!({"skill_name": planned.name, "skill_id": planned.id, "step_index": at,
                   "parameters": planned.parameters})
        })
    }

    /// The checkpoint that the skill at the present place was begun from, where there is one.
    pub fn own_checkpoint(&self) -> Option<&Checkpoint> {
        self.checkpoints.last().filter(|last| last.at == self.at)
    }

    /// How far the run is, 0 to 100.
    pub fn percent(&self) -> usize {
        self.at * 100 / self.plan.len().max(1)
    }

    fn planned(&mut self, name: &str, parameters: Map<String, Value>) -> Planned {
        self.doings += 1;
        Planned {
            name: name.to_owned(),
            parameters,
            id: format!("{name}-{}", self.doings),
            stage: Stage::Waiting,
        }
    }

    /// The skill at a place waits again, under another id, where it had begun.
    fn renew(&mut self, at: usize) {
        self.question = None;
        let Some(planned) = self.plan.get(at).cloned() else {
            return;
        };
        if planned.stage != Stage::Waiting {
            self.plan[at] = self.planned(&planned.name, planned.parameters);
        }
    }
}

#[cfg(test)]
mod tests;
