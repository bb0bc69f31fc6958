//! How each fact changes the board.

use loopscope_event::{
    DecisionFact, Dialect, Event, Fact, Outcome, Phase, SessionInfo, StepFact, Timestamp,
};

use crate::Board;
use crate::header::Link;
use crate::limits::{MAX_CONFIG_BYTES, MAX_ERRORS, MAX_FIXES};
use crate::lists::{ErrorRow, FixRow};
use crate::machine::Source;
use crate::rows::add;

impl Board {
    /// Takes what an event says.
    pub(crate) fn fold(&mut self, event: &Event, facts: &[Fact]) {
        let was_over = self.machine.is_over();
        let was_converged = self.machine.is_converged();
        let at = event.timestamp;
        let is_beyond = self.is_beyond_the_end(event, facts);
        let facts = if is_beyond { &of_the_end(facts) } else { facts };
        if event.dialect != Dialect::Loopscope {
            // Whatever its program says is a sign that it is there.
            self.machine.link(false);
            if !is_beyond {
                self.machine.pass(event.iteration);
            }
            self.header.last_event_at = at;
        }
        let iteration = self.pass_of(event);
        let in_step = matches!(facts.first(), Some(Fact::Step(_)));
        for fact in facts {
            self.moves(fact);
            self.work.take(fact, event);
            self.crew.take(fact, event);
            match fact {
                Fact::SessionStarted(info) => self.session_started(info, at),
                Fact::SessionEnded(outcome) => {
                    if self.machine.end(*outcome) {
                        self.header.ended_at = Some(at);
                    }
                }
                Fact::Iteration(phase, number) => self.iteration(*phase, *number, at),
                Fact::State(word) => self.machine.evidence(word, event.iteration, Source::Word),
                Fact::Step(step) => self.step(step, event),
                Fact::Finding(finding) => self.list_finding(finding, event, in_step),
                Fact::Fix(fix) => {
                    if self.fixes.len() >= MAX_FIXES {
                        self.fixes.pop_front();
                    }
                    self.fixes.push_back(FixRow {
                        fix: fix.clone(),
                        iteration,
                        timestamp: at,
                    });
                    if !in_step && fix.error.is_none() {
                        self.count_fixes(1, event);
                    }
                }
                Fact::Converged { iterations, totals } => {
                    self.machine.converge();
                    self.stated = totals.or(self.stated);
                    if self.machine.iteration() == 0 {
                        self.machine
                            .pass(iterations.unwrap_or(0).min(MAX_ITERATION));
                    }
                }
                Fact::Error(message) => self.error(event, None, message),
                Fact::BudgetSpent(limit) => {
                    self.machine.spend_budget();
                    self.header.max_iterations.get_or_insert(*limit);
                }
                Fact::Metrics(metrics) => {
                    for (name, value) in &metrics.points {
                        self.metrics.push(name, metrics.x(), *value);
                    }
                }
                Fact::SourceLost(_) => self.machine.link(true),
                Fact::SourceRestored => self.machine.link(false),
                Fact::Halted(_) => self.machine.halt(),
                Fact::Resumed => self.machine.resume(),
                Fact::Progress(_)
                | Fact::File(_)
                | Fact::Decision(_)
                | Fact::Validation(_)
                | Fact::Agent(_)
                | Fact::Checkpoint(_)
                | Fact::Command(_)
                | Fact::Runner(_)
                | Fact::Alert(_)
                | Fact::Opportunity(_)
                | Fact::Quality(_)
                | Fact::Synthesis(_)
                | Fact::Health(_)
                | Fact::Reputation(_) => {}
                Fact::Training(told) => self.training.take(told, event),
            }
        }
        if self.training.is_complete() && self.machine.end(Some(Outcome::Completed)) {
            self.header.ended_at = Some(at);
        }
        self.rows.reach(self.machine.iteration());
        self.close_findings(event, facts);
        if self.machine.is_over() || self.machine.is_lost() {
            self.work.close();
        }
        self.machine.settle(at, was_over && self.machine.is_over());
        if self.machine.is_over() {
            self.header.ended_at.get_or_insert(at);
        }
        if self.machine.is_converged() && !was_converged {
            self.findings.close(None, self.machine.iteration());
        }
    }

    /// A sign that the program is at work, or has begun anew.
    fn moves(&mut self, fact: &Fact) {
        match fact {
            Fact::State(word) if word == "RUNNING" && self.machine.restart() => {
                self.header.ended_at = None;
                self.work.restart();
            }
            Fact::Step(step) if step.phase == Phase::Started => {
                self.machine.works();
                if step.skill.is_some() {
                    self.machine.resume();
                }
            }
            Fact::Step(_)
            | Fact::File(_)
            | Fact::Decision(DecisionFact::Asked(_))
            | Fact::Validation(_)
            | Fact::Agent(_)
            | Fact::Checkpoint(_)
            | Fact::Progress(_) => self.machine.works(),
            _ => {}
        }
    }

    /// Whether an event is of a pass behind the last one of a loop that is at its end: its frames come late, and no
    /// pass begins any more.
    fn is_beyond_the_end(&self, event: &Event, facts: &[Fact]) -> bool {
        let last = self.machine.iteration();
        let names_later = |fact: &Fact| matches!(fact, Fact::Iteration(_, pass) if *pass > last);
        self.machine.is_final() && (event.iteration > last || facts.iter().any(names_later))
    }

    /// The pass that an event belongs to: the current one where it names none.
    pub(crate) const fn pass_of(&self, event: &Event) -> u32 {
        if event.iteration == 0 {
            self.machine.iteration()
        } else {
            event.iteration
        }
    }

    fn session_started(&mut self, info: &SessionInfo, at: Timestamp) {
        if !self.said_start {
            self.said_start = true;
            // A session of an orchestrator is there with its first event, whatever that is.
            if self.header.dialect != Dialect::Orchestrator {
                self.header.started_at = at;
            }
        }
        let header = &mut self.header;
        let keep = |own: &mut Option<String>, new: &Option<String>| {
            if new.is_some() {
                own.clone_from(new);
            }
        };
        keep(&mut header.name, &info.name);
        keep(&mut header.target, &info.target);
        header.max_iterations = info.max_iterations.or(header.max_iterations);
        header.timeout_seconds = info.timeout_seconds.or(header.timeout_seconds);
        if let Some(config) = &info.config
            && config.as_str().len() <= MAX_CONFIG_BYTES
        {
            header.config = Some(config.clone());
        }
        if !info.links.is_empty() {
            let links = info.links.iter().map(|(label, url)| Link {
                label: label.clone(),
                url: url.clone(),
            });
            header.links = links.collect();
        }
    }

    fn iteration(&mut self, phase: Phase, number: u32, at: Timestamp) {
        if phase == Phase::Started {
            self.machine.pass(number);
            let row = self.rows.entry(number, at);
            row.started_at = row.started_at.min(at);
        } else {
            self.machine.pass_ended(number);
            let row = self.rows.entry(number, at);
            row.ended_at = row.ended_at.max(Some(at));
        }
    }

    fn step(&mut self, step: &StepFact, event: &Event) {
        if let Some(state) = crate::states::state_of_step(&step.name) {
            self.machine
                .evidence(state, self.pass_of(event), Source::Step);
        }
        self.time_step(step, event);
        match step.phase {
            Phase::Pending | Phase::Started | Phase::Progress | Phase::Skipped => {}
            Phase::Completed => {
                self.step_completed(step, event);
                if step.skill.is_some() && step.success == Some(false) {
                    let message = step.error.as_deref().unwrap_or("no message");
                    self.error(event, Some(&step.name), message);
                }
            }
            Phase::Failed => {
                let message = step.error.as_deref().unwrap_or("no message");
                self.error(event, Some(&step.name), message);
                if step.name == "validate" {
                    self.validated(false, event);
                }
            }
        }
    }

    fn step_completed(&mut self, step: &StepFact, event: &Event) {
        if let Some(count) = step.counts.findings {
            self.count_findings(count, step, event);
        }
        if let Some(count) = step.counts.fixes {
            self.count_fixes(count, event);
        }
        if let Some(count) = step.counts.vulnerabilities {
            self.count_attack(count, step, event);
        }
        if let Some(tests) = &step.tests {
            self.rows
                .entry(self.pass_of(event), event.timestamp)
                .add_tests(tests);
        }
        if step.name == "validate" {
            let by_tests = || step.tests.map(|tests| tests.failed == 0);
            if let Some(passed) = step.success.or_else(by_tests) {
                self.validated(passed, event);
            }
        }
    }

    fn validated(&mut self, passed: bool, event: &Event) {
        let row = self.rows.entry(self.pass_of(event), event.timestamp);
        let (of_row, of_all) = if passed {
            (&mut row.validations_passed, &mut self.counted.tests_passed)
        } else {
            (&mut row.validations_failed, &mut self.counted.tests_failed)
        };
        *of_row = of_row.saturating_add(1);
        *of_all = of_all.saturating_add(1);
    }

    pub(crate) fn count_fixes(&mut self, count: u64, event: &Event) {
        let row = self.rows.entry(self.pass_of(event), event.timestamp);
        add(&mut row.fixes, Some(count));
        self.counted.total_fixes = self.counted.total_fixes.saturating_add(count);
    }

    fn error(&mut self, event: &Event, step: Option<&str>, message: &str) {
        self.error_count = self.error_count.saturating_add(1);
        let row = self.rows.entry(self.pass_of(event), event.timestamp);
        row.errors = row.errors.saturating_add(1);
        if self.errors.len() >= MAX_ERRORS {
            self.errors.pop_front();
        }
        self.errors.push_back(ErrorRow {
            offset: event.offset,
            seq: event.seq,
            timestamp: event.timestamp,
            iteration: self.pass_of(event),
            step: step.map(str::to_owned),
            message: message.to_owned(),
        });
    }
}

/// What of an event may still tell how a run ended.
fn of_the_end(facts: &[Fact]) -> Vec<Fact> {
    let tells = |fact: &&Fact| {
        matches!(
            fact,
            Fact::State(_) | Fact::Converged { .. } | Fact::SessionEnded(_)
        )
    };
    facts.iter().filter(tells).cloned().collect()
}

/// The highest pass that a payload may claim.
const MAX_ITERATION: u32 = 10_000_000;
