//! The fold of spans. In: events of one session, by `seq`. Out: spans that ended; what is under way stays in it.

mod others;

use loopscope_event::{Dialect, Event, Fact, Phase, Seq, StepFact};
use loopscope_protocol::{Span, SpanId, SpanKind, SpanStatus};
use serde::{Deserialize, Serialize};

use super::ended::{Early, step_label, step_status};
use super::may_span;
use super::open::{AllOpen, Open, began, cut, ended};

/// The most ends without a beginning that are remembered: it may still come by another way.
const MAX_EARLY: usize = 64;
/// The longest note, in characters.
const NOTE: usize = 200;

/// What is under way in a session, and what is needed to tell what ends next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SpanFold {
    seq: Seq,
    open: AllOpen,
    early: Vec<Early>,
    /// The newest pass that began.
    iteration: u32,
    /// When the session began, or the last batch of its training ended.
    since_us: Option<i64>,
    /// When the session ended: nothing goes on after it, and late ends are still taken.
    over_us: Option<i64>,
}

/// One event being folded.
struct Step<'a> {
    event: &'a Event,
    at_us: i64,
    nth: u16,
    out: &'a mut Vec<Span>,
}

impl Step<'_> {
    /// The next id.
    fn id(&mut self) -> SpanId {
        let nth = self.nth;
        self.nth = self.nth.saturating_add(1);
        SpanId {
            seq: self.event.seq,
            nth,
        }
    }

    fn end(&mut self, span: Span, status: SpanStatus) {
        let seq = Some(self.event.seq);
        self.out.push(ended(span, self.at_us, seq, status));
    }
}

impl SpanFold {
    /// The last event that was taken.
    pub const fn seq(&self) -> Seq {
        self.seq
    }

    /// Says that everything up to an event was taken: those that were left out tell of no span.
    pub fn reach(&mut self, seq: Seq) {
        self.seq = self.seq.max(seq);
    }

    /// What goes on. After the end of the session nothing does: then, what nobody ended.
    pub fn open(&self) -> impl Iterator<Item = Span> {
        self.open.iter().map(|open| match self.over_us {
            Some(over) => ended(open.span.clone(), over, None, SpanStatus::Unknown),
            None => open.span.clone(),
        })
    }

    /// Takes one event; one that was taken before changes nothing. `out`: spans that ended by it. A span with an id that
    /// came before takes its place.
    pub fn apply(&mut self, event: &Event, out: &mut Vec<Span>) {
        if event.seq <= self.seq {
            return;
        }
        self.seq = event.seq;
        if self.since_us.is_none() {
            self.since_us = Some(event.timestamp.as_micros());
        }
        if !may_span(event) {
            return;
        }
        let mut step = Step {
            event,
            at_us: event.timestamp.as_micros(),
            nth: 0,
            out,
        };
        for fact in loopscope_dialects::facts(event) {
            self.fact(&fact, &mut step);
        }
    }

    fn fact(&mut self, fact: &Fact, step: &mut Step<'_>) {
        match fact {
            Fact::SessionStarted(_) => self.restart(step),
            Fact::SessionEnded(_) => self.over_us = Some(step.at_us),
            Fact::Converged { .. } => self.reach_goal(step),
            Fact::Iteration(Phase::Started, number) => self.pass(*number, step),
            Fact::Iteration(_, number) => self.end_pass(*number, step),
            Fact::Step(fact) => self.step(fact, step),
            Fact::Agent(fact) => self.agent(fact, step),
            Fact::Validation(fact) => self.validation(fact, step),
            Fact::Decision(fact) => self.decision(fact, step),
            Fact::Halted(reason) => self.stand(SpanKind::Halt, "halted", reason.as_deref(), step),
            Fact::Resumed => self.go_on(SpanKind::Halt, step),
            Fact::SourceLost(why) => {
                self.stand(SpanKind::Outage, "link lost", why.as_deref(), step);
            }
            Fact::SourceRestored => self.go_on(SpanKind::Outage, step),
            Fact::Training(fact) => self.training(fact, step),
            _ => {}
        }
    }

    /// A run begins anew: what nobody ended of the one before ended with it.
    fn restart(&mut self, step: &mut Step<'_>) {
        let Some(over) = self.over_us.take() else {
            return;
        };
        for open in self.open.take_all(|_| true) {
            step.out
                .push(ended(open.span, over, None, SpanStatus::Unknown));
        }
        (self.iteration, self.since_us) = (0, Some(step.at_us));
    }

    fn begin(&mut self, open: Open, step: &mut Step<'_>) {
        if let Some(oldest) = self.open.push(open) {
            step.end(oldest.span, SpanStatus::Unknown);
        }
    }

    /// A pass begins; one before it that nobody ended is over.
    fn pass(&mut self, number: u32, step: &mut Step<'_>) {
        let is_open = |open: &Open| open.span.kind == SpanKind::Iteration;
        if self
            .open
            .find(|open| is_open(open) && open.span.iteration == number)
            .is_some()
        {
            return;
        }
        for before in self.open.take_all(is_open) {
            step.end(before.span, SpanStatus::Unknown);
        }
        self.iteration = self.iteration.max(number);
        let mut span = began(step.id(), SpanKind::Iteration, "iteration", step.at_us);
        span.iteration = number;
        self.begin(
            Open {
                span,
                key: None,
                index: None,
            },
            step,
        );
    }

    fn end_pass(&mut self, number: u32, step: &mut Step<'_>) {
        let of = |open: &Open| {
            let is_it = open.span.kind == SpanKind::Iteration && open.span.iteration == number;
            is_it.then_some(())
        };
        if let Some(open) = self.open.take(of) {
            step.end(open.span, SpanStatus::Completed);
        }
    }

    /// The goal is reached in the pass that goes on; not every loop says that this pass ended.
    fn reach_goal(&mut self, step: &mut Step<'_>) {
        let pass = |open: &Open| open.span.kind == SpanKind::Iteration;
        for open in self.open.take_all(pass) {
            let mut span = open.span;
            span.label = Some("converged".to_owned());
            step.end(span, SpanStatus::Completed);
        }
    }

    fn step(&mut self, fact: &StepFact, step: &mut Step<'_>) {
        let kind = kind_of(fact, step.event);
        let number = match step.event.iteration {
            0 => self.iteration,
            number => number,
        };
        // Loops that say no more than the number of a pass have passes too.
        let is_loop = matches!(step.event.dialect, Dialect::Convergence | Dialect::Generic);
        if is_loop && kind == SpanKind::Step && number > self.iteration {
            self.pass(number, step);
        }
        let part = fact.skill.as_deref();
        let key = part.and_then(|part| part.id.clone());
        let index = part.and_then(|part| part.index);
        // Its own id, else its place, else its name alone; within the same pass.
        let rank = |open: &Open| {
            let named = match (&key, &open.key) {
                (Some(key), Some(own)) => key == own,
                _ => open.span.name == fact.name,
            };
            let is_it = open.span.kind == kind && open.span.iteration == number && named;
            is_it.then_some(index.is_some() && open.index == index)
        };
        match fact.phase {
            Phase::Pending => {}
            Phase::Started => {
                let mut span = began(step.id(), kind, &fact.name, step.at_us);
                span.iteration = number;
                self.nest(&mut span);
                learn(&mut span, fact);
                if let Some(early) = self.early.iter().position(|early| early.fits(&span)) {
                    let early = self.early.remove(early);
                    step.out.push(early.with_start(span));
                    return;
                }
                self.begin(Open { span, key, index }, step);
            }
            Phase::Progress => {
                if let Some(open) = self.open.find(|open| rank(open).is_some()) {
                    learn(&mut open.span, fact);
                }
            }
            Phase::Completed | Phase::Failed | Phase::Skipped => {
                let status = step_status(fact);
                if let Some(mut open) = self.open.take(rank) {
                    learn(&mut open.span, fact);
                    step.end(open.span, status);
                    return;
                }
                let took = part.and_then(|part| part.duration);
                let mut span = began(step.id(), kind, &fact.name, step.at_us);
                span.iteration = number;
                self.nest(&mut span);
                learn(&mut span, fact);
                if let Some(took) = took {
                    span.start_us = step.at_us.saturating_sub(took.as_micros().max(0));
                    step.end(span, status);
                    return;
                }
                // Without a beginning it is a moment; the beginning may still come by another way.
                let span = ended(span, step.at_us, Some(step.event.seq), status);
                if self.early.len() >= MAX_EARLY {
                    self.early.remove(0);
                }
                self.early.push(Early(span.clone()));
                step.out.push(span);
            }
        }
    }

    /// Puts a span below what it is a part of: the pass, the wave.
    fn nest(&self, span: &mut Span) {
        let parent = match span.kind {
            SpanKind::Step => self.open.iter().rev().map(|open| &open.span).find(|above| {
                above.kind == SpanKind::Iteration && above.iteration == span.iteration
            }),
            SpanKind::Skill => self.open.newest(SpanKind::Wave),
            _ => None,
        };
        if let Some(parent) = parent {
            (span.parent, span.depth) = (Some(parent.id), parent.depth.saturating_add(1));
        }
    }

    /// Something stands still; said twice, it stands still since the first time.
    fn stand(&mut self, kind: SpanKind, name: &str, why: Option<&str>, step: &mut Step<'_>) {
        if self.open.newest(kind).is_some() {
            return;
        }
        let mut span = began(step.id(), kind, name, step.at_us);
        span.note = why.map(|why| cut(why, NOTE));
        self.begin(
            Open {
                span,
                key: None,
                index: None,
            },
            step,
        );
    }

    fn go_on(&mut self, kind: SpanKind, step: &mut Step<'_>) {
        if let Some(open) = self
            .open
            .take(|open| (open.span.kind == kind).then_some(()))
        {
            step.end(open.span, SpanStatus::Completed);
        }
    }
}

fn kind_of(fact: &StepFact, event: &Event) -> SpanKind {
    match event.dialect {
        _ if fact.skill.is_some() => SpanKind::Skill,
        Dialect::Orchestrator => SpanKind::Wave,
        Dialect::Agents if event.name.to_ascii_lowercase().starts_with("synthesis") => {
            SpanKind::Phase
        }
        _ => SpanKind::Step,
    }
}

/// What an event says of a step.
fn learn(span: &mut Span, fact: &StepFact) {
    span.label = step_label(fact);
    let told = fact.error.as_deref().or(fact.message.as_deref());
    match told {
        // How far it is stands until it is further.
        Some(text) if fact.phase == Phase::Progress => {
            span.label.get_or_insert_with(|| cut(text, NOTE));
        }
        Some(text) => span.note = Some(cut(text, NOTE)),
        None => {}
    }
    if let Some(command) = fact.command.as_deref().or(fact.tool.as_deref()) {
        span.by = Some(cut(command, NOTE));
    }
}
