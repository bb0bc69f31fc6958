//! What is no pass, step or skill: agents, checks, questions, batches and seeds. In: facts. Out: spans that began or ended.

use loopscope_event::{
    AgentFact, AgentState, DecisionFact, Dialect, SeedFact, SeedStage, TrainingFact, ValidationFact,
};
use loopscope_protocol::{Span, SpanKind, SpanStatus};

use super::super::ended::answer;
use super::super::open::{Open, began, cut};
use super::{NOTE, SpanFold, Step};

impl SpanFold {
    pub(super) fn agent(&mut self, fact: &AgentFact, step: &mut Step<'_>) {
        let of = |open: &Open| {
            let is_it = open.span.kind == SpanKind::Agent && open.key.as_deref() == Some(&*fact.id);
            is_it.then_some(())
        };
        let works = matches!(fact.state, AgentState::Active | AgentState::Busy);
        if works
            && !fact.begins
            && let Some(open) = self.open.find(|open| of(open).is_some())
        {
            tell_agent(&mut open.span, fact);
            return;
        }
        if works {
            if let Some(before) = self.open.take(of) {
                step.end(before.span, SpanStatus::Unknown);
            }
            let mut span = self.agent_span(fact, step);
            span.start_us = step.at_us;
            let key = Some(fact.id.clone());
            self.begin(
                Open {
                    span,
                    key,
                    index: None,
                },
                step,
            );
            return;
        }
        let status = match fact.state {
            AgentState::Failed => SpanStatus::Failed,
            // A crew registers an agent; it ends nothing.
            AgentState::Idle if step.event.dialect == Dialect::Agents => return,
            _ => SpanStatus::Completed,
        };
        let span = match (self.open.take(of), fact.duration) {
            (Some(mut open), _) => {
                tell_agent(&mut open.span, fact);
                open.span
            }
            (None, Some(took)) if fact.state != AgentState::Idle => {
                let mut span = self.agent_span(fact, step);
                span.start_us = step.at_us.saturating_sub(took.as_micros().max(0));
                span
            }
            (None, _) => return,
        };
        step.end(span, status);
    }

    fn agent_span(&self, fact: &AgentFact, step: &mut Step<'_>) -> Span {
        let name = fact.name.as_deref().unwrap_or(&fact.id);
        let mut span = began(step.id(), SpanKind::Agent, name, step.at_us);
        tell_agent(&mut span, fact);
        // An agent that works at a skill is a part of it.
        let skills = self.open.iter().rev().map(|open| &open.span);
        let skill = skills
            .filter(|above| above.kind == SpanKind::Skill)
            .find(|above| fact.task.as_deref() == Some(&*above.name));
        if let Some(skill) = skill {
            (span.parent, span.depth) = (Some(skill.id), skill.depth.saturating_add(1));
        }
        span
    }

    pub(super) fn validation(&mut self, fact: &ValidationFact, step: &mut Step<'_>) {
        match fact {
            ValidationFact::Started { name, target } => {
                let shown = name.as_deref().unwrap_or("validation");
                let mut span = began(step.id(), SpanKind::Validation, shown, step.at_us);
                span.by = target.as_deref().map(|target| cut(target, NOTE));
                let key = name.clone();
                self.begin(
                    Open {
                        span,
                        key,
                        index: None,
                    },
                    step,
                );
            }
            ValidationFact::Line { .. } => {}
            ValidationFact::Ended(result) => {
                let of = |open: &Open| {
                    let same =
                        open.key.is_none() || result.name.is_none() || open.key == result.name;
                    (open.span.kind == SpanKind::Validation && same).then_some(())
                };
                let Some(mut open) = self.open.take(of) else {
                    return;
                };
                open.span.note = result.error.as_deref().map(|error| cut(error, NOTE));
                let (status, label) = match result.passed {
                    Some(true) => (SpanStatus::Completed, Some("passed")),
                    Some(false) if result.timed_out => (SpanStatus::Failed, Some("timed out")),
                    Some(false) => (SpanStatus::Failed, Some("failed")),
                    None => (SpanStatus::Completed, None),
                };
                open.span.label = label.map(str::to_owned);
                step.end(open.span, status);
            }
        }
    }

    pub(super) fn decision(&mut self, fact: &DecisionFact, step: &mut Step<'_>) {
        let id = match fact {
            DecisionFact::Asked(question) => {
                let shown = &question.question;
                let mut span = began(step.id(), SpanKind::Decision, shown, step.at_us);
                span.note = question.description.as_deref().map(|text| cut(text, NOTE));
                let key = question.id.clone();
                self.begin(
                    Open {
                        span,
                        key,
                        index: None,
                    },
                    step,
                );
                return;
            }
            DecisionFact::Made { id, .. } => id.as_deref(),
            DecisionFact::Expired { id, .. } => Some(&**id),
        };
        let of = |open: &Open| {
            let same = id.is_none() || open.key.as_deref() == id;
            (open.span.kind == SpanKind::Decision && same).then_some(())
        };
        let Some(mut open) = self.open.take(of) else {
            return;
        };
        if let DecisionFact::Made { choice, by, .. } = fact {
            open.span.label = answer(choice);
            open.span.by = by.as_deref().map(|by| cut(by, NOTE));
            step.end(open.span, SpanStatus::Completed);
        } else {
            open.span.label = Some("nobody answered".to_owned());
            step.end(open.span, SpanStatus::Skipped);
        }
    }

    pub(super) fn training(&mut self, fact: &TrainingFact, step: &mut Step<'_>) {
        match fact {
            // A batch says only that it is over: it began where the one before ended.
            TrainingFact::Batch(batch) => {
                let start_us = self.since_us.unwrap_or(step.at_us).min(step.at_us);
                let mut span = began(step.id(), SpanKind::Iteration, "batch", start_us);
                let number = batch.batch.and_then(|batch| u32::try_from(batch).ok());
                span.iteration = number.unwrap_or(step.event.iteration);
                span.label = batch.accuracy.map(|percent| format!("{percent:.1}%"));
                self.since_us = Some(step.at_us);
                step.end(span, SpanStatus::Completed);
            }
            TrainingFact::Seed(seed) => self.seed(seed, step),
            _ => {}
        }
    }

    /// A seed goes through stages; each is a span of its slot's lane.
    fn seed(&mut self, fact: &SeedFact, step: &mut Step<'_>) {
        let (Some(slot), Some(stage)) = (&fact.slot, fact.stage) else {
            return;
        };
        let lane = match fact.env {
            Some(env) => format!("env {env} {slot}"),
            None => slot.clone(),
        };
        let of = |open: &Open| {
            let is_it = open.span.kind == SpanKind::Seed && open.key.as_deref() == Some(&*lane);
            is_it.then_some(())
        };
        let word = stage.as_str();
        let same = |open: &Open| of(open).is_some() && open.span.label.as_deref() == Some(word);
        if self.open.find(same).is_some() {
            return;
        }
        if let Some(before) = self.open.take(of) {
            step.end(before.span, SpanStatus::Completed);
        }
        // What is fused or gone takes no time any more.
        if stage.is_gone() || stage == SeedStage::Fossilized {
            return;
        }
        let mut span = began(step.id(), SpanKind::Seed, &lane, step.at_us);
        span.label = Some(word.to_owned());
        span.by.clone_from(&fact.blueprint);
        let key = Some(lane);
        self.begin(
            Open {
                span,
                key,
                index: None,
            },
            step,
        );
    }
}

fn tell_agent(span: &mut Span, fact: &AgentFact) {
    if let Some(task) = fact.error.as_deref().or(fact.task.as_deref()) {
        span.note = Some(cut(task, NOTE));
    }
    if let Some(role) = &fact.role {
        span.by = Some(cut(role, NOTE));
    }
    if let Some(quality) = fact.quality {
        span.label = Some(format!("quality {quality:.0}"));
    }
}
