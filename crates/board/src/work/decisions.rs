//! The questions that a run asks people, and who answered what.

use std::collections::VecDeque;

use loopscope_event::{
    DecisionFact, DecisionOption, Duration, Event, Question, RawJson, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::kept;
use crate::limits::{MAX_CHOICE_BYTES, MAX_DECISIONS};

/// One question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DecisionRow {
    /// Its id.
    pub id: String,
    /// The question or its title.
    pub question: String,
    /// More about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What can be chosen, in order.
    pub options: Vec<DecisionOption>,
    /// What stands when nobody answers, as sent, where said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<RawJson>,
    /// `low`, `medium`, `high`, `critical`, or another word.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<String>,
    /// What it is about, where small.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<RawJson>,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// Until when the program waits, by its own clock, where said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
    /// When it was resolved; `None` while it waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
    /// What was chosen, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<RawJson>,
    /// Who chose; `timeout` where nobody did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl DecisionRow {
    /// Whether it waits for an answer.
    pub const fn is_pending(&self) -> bool {
        self.resolved_at.is_none()
    }

    /// The option that stands when nobody answers: the recommended, else the default, else the first. `None` without
    /// options.
    pub fn default_option(&self) -> Option<usize> {
        let recommended = self.options.iter().position(|option| option.recommended);
        let default = || self.option_of(self.default.as_ref()?);
        recommended
            .or_else(default)
            .or_else(|| (!self.options.is_empty()).then_some(0))
    }

    /// The option that a choice means: by its id, its label, or its place from 0.
    pub fn option_of(&self, choice: &RawJson) -> Option<usize> {
        let value = choice.value();
        if let Some(word) = value.as_str() {
            let is = |option: &DecisionOption| option.id.as_deref() == Some(word);
            let labelled = |option: &DecisionOption| option.label == word;
            let by_id = self.options.iter().position(is);
            return by_id.or_else(|| self.options.iter().position(labelled));
        }
        let number = value.as_u64()?;
        let word = number.to_string();
        let is = |option: &DecisionOption| option.id.as_deref() == Some(word.as_str());
        let place = usize::try_from(number).ok();
        let by_id = self.options.iter().position(is);
        by_id.or_else(|| place.filter(|place| *place < self.options.len()))
    }

    /// The choice in words: the option's label, else the value as sent.
    pub fn choice_label(&self) -> Option<String> {
        let choice = self.choice.as_ref()?;
        let option = self
            .option_of(choice)
            .and_then(|index| self.options.get(index));
        Some(match (option, choice.value().as_str()) {
            (Some(option), _) => option.label.clone(),
            (None, Some(word)) => word.to_owned(),
            (None, None) => choice.as_str().to_owned(),
        })
    }
}

/// The questions of a run, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Decisions {
    rows: VecDeque<DecisionRow>,
    left_out: u64,
}

impl Decisions {
    /// The questions, oldest first.
    pub const fn rows(&self) -> &VecDeque<DecisionRow> {
        &self.rows
    }

    /// Those that wait, oldest first.
    pub fn pending(&self) -> impl DoubleEndedIterator<Item = &DecisionRow> {
        self.rows.iter().filter(|row| row.is_pending())
    }

    /// Those that are resolved, oldest first.
    pub fn resolved(&self) -> impl DoubleEndedIterator<Item = &DecisionRow> {
        self.rows.iter().filter(|row| !row.is_pending())
    }

    /// One question; of those with the same id, the newest.
    pub fn get(&self, id: &str) -> Option<&DecisionRow> {
        self.rows.iter().rev().find(|row| row.id == id)
    }

    /// Questions that are no longer listed.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    pub(super) fn take(&mut self, fact: &DecisionFact, event: &Event) {
        match fact {
            DecisionFact::Asked(question) => self.ask(question, event),
            DecisionFact::Made {
                id,
                choice,
                by,
                reason,
            } => {
                let choice = kept(Some(choice), MAX_CHOICE_BYTES);
                let row = match id {
                    Some(id) => self.of(id),
                    None => self.rows.iter_mut().rev().find(|row| row.is_pending()),
                };
                let by_timeout = |row: &DecisionRow| row.by.as_deref() == Some("timeout");
                // The program's word stands over a default that was applied for it; of two answers, the first.
                if let Some(row) = row.filter(|row| row.is_pending() || by_timeout(row)) {
                    row.resolved_at = Some(event.timestamp);
                    row.choice = choice;
                    row.by.clone_from(by);
                    row.reason.clone_from(reason);
                }
            }
            DecisionFact::Expired { id, choice } => {
                let choice = kept(choice.as_ref(), MAX_CHOICE_BYTES);
                if let Some(row) = self.of(id).filter(|row| row.is_pending()) {
                    row.resolved_at = Some(event.timestamp);
                    row.choice = choice;
                    row.by = Some("timeout".to_owned());
                }
            }
        }
    }

    fn of(&mut self, id: &str) -> Option<&mut DecisionRow> {
        self.rows.iter_mut().rev().find(|row| row.id == id)
    }

    fn ask(&mut self, question: &Question, event: &Event) {
        let id = question.id.clone();
        let id = id.unwrap_or_else(|| event.event_id.as_str().to_owned());
        // Asked again while it waits: told anew.
        self.rows.retain(|row| row.id != id || !row.is_pending());
        if self.rows.len() >= MAX_DECISIONS {
            let resolved = self.rows.iter().position(|row| !row.is_pending());
            self.rows.remove(resolved.unwrap_or(0));
            self.left_out = self.left_out.saturating_add(1);
        }
        let wait = question.timeout_seconds.map(Duration::from_secs_f64);
        self.rows.push_back(DecisionRow {
            id,
            question: question.question.clone(),
            description: question.description.clone(),
            options: question.options.clone(),
            default: kept(question.default.as_ref(), MAX_CHOICE_BYTES),
            priority: question.priority.clone(),
            context: kept(question.context.as_ref(), MAX_CHOICE_BYTES),
            asked_at: event.timestamp,
            deadline: wait.map(|wait| event.timestamp.plus(wait)),
            resolved_at: None,
            choice: None,
            by: None,
            reason: None,
        });
    }
}
