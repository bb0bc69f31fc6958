//! Which steps run, and how long they took: starts and ends paired, whichever comes first.

use loopscope_event::{Duration, Event, Phase, StepFact, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Board;
use crate::limits::{MAX_RUNNING, MAX_STEP_NAMES};
use crate::lists::RunningStep;
use crate::rows::StepTime;

/// The end of a step whose start was not seen yet; it may still come by another way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EarlyEnd {
    step: String,
    iteration: u32,
    at: Timestamp,
}

impl Board {
    /// Steps that run now, oldest first.
    pub fn running_steps(&self) -> impl Iterator<Item = &RunningStep> {
        let current = self.machine.iteration();
        let alive = !self.machine.is_over();
        self.running
            .iter()
            .filter(move |running| alive && running.iteration >= current)
    }

    /// How long the step that this event ends took, where its start was seen.
    pub(crate) fn last_step_time(&self, event: &Event) -> Option<Duration> {
        self.last_time
            .filter(|(seq, _)| *seq == event.seq)
            .map(|(_, spent)| spent)
    }

    pub(crate) fn time_step(&mut self, step: &StepFact, event: &Event) {
        let (iteration, at) = (self.pass_of(event), event.timestamp);
        match step.phase {
            Phase::Started => {
                if let Some(index) = self.early_ends.iter().position(|end| {
                    end.step == step.name && end.iteration == iteration && end.at >= at
                }) {
                    let end = self.early_ends.remove(index);
                    // Its run was counted when it ended.
                    self.add_time(&end.step, event, end.at.since(at), 0, 0);
                    return;
                }
                if self.running.len() >= MAX_RUNNING {
                    self.running.remove(0);
                }
                self.running.push(RunningStep {
                    step: step.name.clone(),
                    iteration,
                    started_at: at,
                    command: step.command.clone(),
                    done: step.done,
                    total: step.total,
                    message: step.message.clone(),
                });
            }
            Phase::Pending | Phase::Skipped => {}
            Phase::Progress => {
                if let Some(index) = self.running_index(step, iteration) {
                    let running = &mut self.running[index];
                    running.done = step.done.or(running.done);
                    running.total = step.total.or(running.total);
                    if step.message.is_some() {
                        running.message.clone_from(&step.message);
                    }
                }
            }
            Phase::Completed | Phase::Failed => {
                let failed = u32::from(step.phase == Phase::Failed);
                let spent = if let Some(index) = self.running_index(step, iteration) {
                    let running = self.running.remove(index);
                    let spent = at.since(running.started_at).max(Duration::default());
                    self.last_time = Some((event.seq, spent));
                    spent
                } else {
                    if self.early_ends.len() >= MAX_RUNNING {
                        self.early_ends.remove(0);
                    }
                    self.early_ends.push(EarlyEnd {
                        step: step.name.clone(),
                        iteration,
                        at,
                    });
                    Duration::default()
                };
                self.add_time(&step.name, event, spent, 1, failed);
            }
        }
    }

    /// The newest run of this step in this pass.
    fn running_index(&self, step: &StepFact, iteration: u32) -> Option<usize> {
        self.running
            .iter()
            .rposition(|running| running.step == step.name && running.iteration == iteration)
    }

    fn add_time(&mut self, name: &str, event: &Event, spent: Duration, runs: u32, failed: u32) {
        let step = self.step_index(name);
        let row = self.rows.entry(self.pass_of(event), event.timestamp);
        row.add_step(StepTime {
            step,
            spent,
            runs,
            failed,
        });
    }

    fn step_index(&mut self, name: &str) -> u16 {
        if let Some(index) = self.step_names.iter().position(|known| known == name) {
            return index as u16;
        }
        if self.step_names.len() < MAX_STEP_NAMES - 1 {
            self.step_names.push(name.to_owned());
        } else if self.step_names.len() == MAX_STEP_NAMES - 1 {
            self.step_names.push("other".to_owned());
        }
        (self.step_names.len() - 1) as u16
    }
}
