//! Where a run stands: the state of its machine, and its status, from events that come late, out of order, or never.
//!
//! In: evidence (a step began, a state was named, a pass ended, the run ended). Out: one state word, one status, and
//! the time spent in each state. The rules for convergence loops:
//!
//! - The state is the most advanced evidence within the current pass; late evidence never moves it back.
//! - A higher pass resets it. The end of a pass shows `IDLE`.
//! - Convergence wins over everything, in any order. After the end nothing reopens.
//! - An end without convergence is a failure; a spent budget leaves the machine in `IDLE`, anything else in `FAILED`.

use loopscope_event::{Dialect, Duration, Outcome, Timestamp};
use loopscope_protocol::{SessionStatus, StateShare};
use serde::{Deserialize, Serialize};

use crate::limits::MAX_STATES;
use crate::states::{CONVERGENCE_STATES, ORCHESTRATOR_STATES, rank};

/// Where evidence comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A step began or ended: steps come in order.
    Step,
    /// The machine's own word, which may come late.
    Word,
}

/// Where a run stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one piece of evidence; they come in any order and any combination"
)]
pub struct Machine {
    /// The state shown.
    state: String,
    /// Since when.
    since: Timestamp,
    /// Time in each state up to `since`, in the dialect's order, then in order of appearance.
    shares: Vec<StateShare>,
    /// The most advanced evidence of the current pass.
    evidence: String,
    /// The current pass.
    iteration: u32,
    /// Whether the current pass is over.
    pass_over: bool,
    /// Whether the dialect has the convergence loop's states.
    stages: bool,
    converged: bool,
    failed: bool,
    completed: bool,
    ended: bool,
    budget_spent: bool,
    source_lost: bool,
    /// Whether the program said that it stands still.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    halted: bool,
    /// Whether the dialect has the orchestrator's states.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    orchestrated: bool,
}

impl Default for Machine {
    fn default() -> Self {
        Self {
            state: "IDLE".to_owned(),
            since: Timestamp::default(),
            shares: Vec::new(),
            evidence: "IDLE".to_owned(),
            iteration: 0,
            pass_over: false,
            stages: false,
            converged: false,
            failed: false,
            completed: false,
            ended: false,
            budget_spent: false,
            source_lost: false,
            halted: false,
            orchestrated: false,
        }
    }
}

impl Machine {
    /// The state shown, in the dialect's spelling.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// Since when.
    pub const fn since(&self) -> Timestamp {
        self.since
    }

    /// Time spent in each state up to [`Self::since`], and how often it was entered.
    pub fn shares(&self) -> &[StateShare] {
        &self.shares
    }

    /// The current pass; 0 before the first.
    pub const fn iteration(&self) -> u32 {
        self.iteration
    }

    /// Passes that are over and did not converge.
    pub const fn loops(&self) -> u32 {
        if self.pass_over {
            self.iteration
        } else {
            self.iteration.saturating_sub(1)
        }
    }

    /// Whether there is any sign of the end.
    pub const fn is_over(&self) -> bool {
        self.converged || self.failed || self.completed || self.ended
    }

    pub(crate) const fn is_converged(&self) -> bool {
        self.converged
    }

    /// Whether a loop is at its end: no further pass follows.
    pub(crate) const fn is_final(&self) -> bool {
        self.stages && (self.converged || self.ended)
    }

    /// Where the run stands.
    pub const fn status(&self) -> SessionStatus {
        if self.converged {
            SessionStatus::Converged
        } else if self.failed {
            SessionStatus::Failed
        } else if self.completed {
            SessionStatus::Completed
        } else if self.ended {
            SessionStatus::Failed
        } else if self.source_lost {
            SessionStatus::Interrupted
        } else if self.halted {
            SessionStatus::Halted
        } else {
            SessionStatus::Running
        }
    }

    /// The state the machine ended in; `None` while it runs.
    pub fn final_state(&self) -> Option<&str> {
        self.is_over().then_some(self.state.as_str())
    }

    pub(crate) const fn is_lost(&self) -> bool {
        self.source_lost
    }

    /// The first event: loops and orchestrators stand in `IDLE`, anything else is `RUNNING`.
    pub(crate) fn begin(&mut self, at: Timestamp, dialect: Dialect) {
        let stages = dialect == Dialect::Convergence;
        let orchestrated = dialect == Dialect::Orchestrator;
        *self = Self {
            since: at,
            stages,
            orchestrated,
            source_lost: self.source_lost,
            halted: self.halted,
            ..Self::default()
        };
        let known: &[&str] = match dialect {
            Dialect::Convergence => &CONVERGENCE_STATES,
            Dialect::Orchestrator => &ORCHESTRATOR_STATES,
            _ => &[],
        };
        if stages || orchestrated {
            self.shares = known
                .iter()
                .map(|state| share((*state).to_owned()))
                .collect();
        } else {
            "RUNNING".clone_into(&mut self.evidence);
        }
        self.enter(self.evidence.clone());
    }

    /// The pass that an event belongs to.
    pub(crate) fn pass(&mut self, iteration: u32) {
        if iteration > self.iteration {
            self.iteration = iteration;
            self.pass_over = false;
            if self.stages {
                "IDLE".clone_into(&mut self.evidence);
            }
        }
    }

    /// The end of a pass.
    pub(crate) fn pass_ended(&mut self, iteration: u32) {
        if iteration >= self.iteration {
            self.pass(iteration);
            self.pass_over = true;
        }
    }

    /// Evidence that, in this pass, the machine reached a state.
    pub(crate) fn evidence(&mut self, state: &str, iteration: u32, source: Source) {
        if self.orchestrated {
            if state == "RUNNING" {
                self.works();
                self.halted = false;
            }
            return;
        }
        if source == Source::Word {
            // A loop's own word that it stands still, and any other that it goes on.
            self.halted = matches!(state, "HALTED" | "PAUSED");
        }
        if !self.stages {
            state.clone_into(&mut self.evidence);
            return;
        }
        match state {
            "CONVERGED" => self.converged = true,
            "FAILED" => self.failed = true,
            _ if iteration < self.iteration => {}
            _ => {
                let (Some(new), own) = (rank(state), rank(&self.evidence)) else {
                    return;
                };
                // A producer that does not number its passes begins anew with each step.
                let anew = iteration == 0 && source == Source::Step;
                if anew || own.is_none_or(|own| new > own) {
                    state.clone_into(&mut self.evidence);
                    self.pass_over &= !anew;
                }
            }
        }
    }

    /// An orchestrator is at work.
    pub(crate) fn works(&mut self) {
        if self.orchestrated && self.evidence != "RUNNING" {
            "RUNNING".clone_into(&mut self.evidence);
        }
    }

    pub(crate) fn halt(&mut self) {
        self.works();
        self.halted = true;
    }

    pub(crate) fn resume(&mut self) {
        self.works();
        self.halted = false;
    }

    /// An orchestrator begins again after its end, under the same id. `false` where it had not ended.
    pub(crate) const fn restart(&mut self) -> bool {
        if !(self.orchestrated && self.is_over()) {
            return false;
        }
        self.failed = false;
        self.completed = false;
        self.converged = false;
        self.ended = false;
        self.halted = false;
        true
    }

    pub(crate) const fn converge(&mut self) {
        self.converged = true;
    }

    pub(crate) const fn spend_budget(&mut self) {
        self.budget_spent = true;
    }

    /// The run says that it is over. `false` where it had said so before.
    pub(crate) const fn end(&mut self, outcome: Option<Outcome>) -> bool {
        if self.ended {
            return false;
        }
        match outcome {
            Some(Outcome::Converged) => self.converged = true,
            Some(Outcome::Failed) => self.failed = true,
            Some(Outcome::Completed) | None if !self.stages => self.completed = true,
            // Who goes round in passes is done when a pass finds nothing. Others may use the same words.
            Some(Outcome::Completed) if self.iteration == 0 => self.completed = true,
            Some(Outcome::Completed) | None => {}
        }
        self.ended = true;
        true
    }

    pub(crate) const fn link(&mut self, lost: bool) {
        self.source_lost = lost;
    }

    /// What the evidence amounts to.
    fn derived(&self) -> &str {
        if self.converged {
            "CONVERGED"
        } else if self.failed {
            "FAILED"
        } else if self.completed {
            "COMPLETED"
        } else if self.ended {
            if self.budget_spent { "IDLE" } else { "FAILED" }
        } else if self.orchestrated && self.source_lost {
            "INTERRUPTED"
        } else if self.halted {
            "HALTED"
        } else if self.stages && self.pass_over {
            "IDLE"
        } else {
            &self.evidence
        }
    }

    /// After the evidence of an event: moves to the state that follows from it.
    pub(crate) fn settle(&mut self, at: Timestamp, was_over: bool) {
        if self.derived() == self.state {
            return;
        }
        let next = self.derived().to_owned();
        if was_over {
            // The end turned out to be another: it was never in the state that it seemed to end in.
            if self.state != "IDLE" {
                self.unenter();
            }
        } else {
            let spent = at.since(self.since).max(Duration::default());
            if let Some(share) = self.share_mut() {
                share.spent = share.spent.plus(spent);
            }
            self.since = self.since.max(at);
        }
        self.enter(next);
    }

    fn share_mut(&mut self) -> Option<&mut StateShare> {
        self.shares
            .iter_mut()
            .find(|share| share.state == self.state)
    }

    fn unenter(&mut self) {
        if let Some(share) = self.share_mut() {
            share.entered = share.entered.saturating_sub(1);
        }
    }

    fn enter(&mut self, state: String) {
        self.state = state;
        if let Some(share) = self.share_mut() {
            share.entered = share.entered.saturating_add(1);
        } else if self.shares.len() < MAX_STATES {
            let mut share = share(self.state.clone());
            share.entered = 1;
            self.shares.push(share);
        }
    }
}

const fn share(state: String) -> StateShare {
    StateShare {
        state,
        spent: Duration::from_micros(0),
        entered: 0,
    }
}
