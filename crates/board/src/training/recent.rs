//! The newest actions, alerts and notes of a run.

use std::collections::{BTreeMap, VecDeque};

use loopscope_event::{
    ActionFact, AlertNote, Event, NoteFact, SeedChange, SeedFact, Seq, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::limits::{MAX_ACTION_NAMES, MAX_ACTIONS, MAX_NOTES, MAX_TRAINING_ALERTS};
use crate::work::is_default;

/// The newest actions, alerts and notes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Recent {
    /// Oldest first.
    #[serde(skip_serializing_if = "is_default")]
    pub actions: VecDeque<ActionRow>,
    /// How often each action was taken, as far as the run says.
    #[serde(skip_serializing_if = "is_default")]
    pub counts: BTreeMap<String, u64>,
    /// Oldest first.
    #[serde(skip_serializing_if = "is_default")]
    pub alerts: VecDeque<AlertRow>,
    /// All alerts of the run.
    #[serde(skip_serializing_if = "is_default")]
    pub alert_count: u64,
    /// Oldest first.
    #[serde(skip_serializing_if = "is_default")]
    pub notes: VecDeque<NoteRow>,
}

/// An action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionRow {
    /// The event that says so.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// `GERMINATE`, `WAIT` …
    pub action: String,
    /// On which slot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<String>,
}

/// An alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlertRow {
    /// The event that is it.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// What it says.
    #[serde(flatten)]
    pub alert: AlertNote,
}

/// A note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteRow {
    /// The event that is it.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// The event's name in upper case.
    pub name: String,
    /// For people.
    pub text: String,
}

fn push<T>(rows: &mut VecDeque<T>, row: T, most: usize) {
    if rows.len() >= most {
        rows.pop_front();
    }
    rows.push_back(row);
}

impl Recent {
    /// What happened to a seed is an action of the policy.
    pub(super) fn seed(&mut self, seed: &SeedFact, event: &Event) {
        let action = match seed.change {
            SeedChange::Germinated => "GERMINATE",
            SeedChange::Fossilized => "FOSSILIZE",
            SeedChange::Pruned if event.name.eq_ignore_ascii_case("SEED_CULLED") => "CULL",
            SeedChange::Pruned => "PRUNE",
            SeedChange::Stage | SeedChange::Told => return,
        };
        self.chip(action, seed.slot.as_ref(), event);
    }

    /// An action by its own word; those that a seed's event tells are not told twice.
    pub(super) fn action(&mut self, action: &ActionFact, event: &Event) {
        for (name, count) in &action.counts {
            if self.counts.len() < MAX_ACTION_NAMES || self.counts.contains_key(name) {
                self.counts.insert(name.clone(), *count);
            }
        }
        let by_seed = ["GERMINATE", "FOSSILIZE", "PRUNE", "CULL"];
        let is_snapshot = event.name.eq_ignore_ascii_case("ANALYTICS_SNAPSHOT");
        let is_told = is_snapshot && by_seed.contains(&action.action.as_str());
        if !action.action.is_empty() && !is_told {
            self.chip(&action.action, action.slot.as_ref(), event);
        }
    }

    fn chip(&mut self, action: &str, slot: Option<&String>, event: &Event) {
        let row = ActionRow {
            seq: event.seq,
            at: event.timestamp,
            action: action.to_owned(),
            slot: slot.cloned(),
        };
        push(&mut self.actions, row, MAX_ACTIONS);
    }

    pub(super) fn alert(&mut self, alert: &AlertNote, event: &Event) {
        self.alert_count = self.alert_count.saturating_add(1);
        let row = AlertRow {
            seq: event.seq,
            at: event.timestamp,
            alert: alert.clone(),
        };
        push(&mut self.alerts, row, MAX_TRAINING_ALERTS);
    }

    pub(super) fn note(&mut self, note: &NoteFact, event: &Event) {
        let row = NoteRow {
            seq: event.seq,
            at: event.timestamp,
            name: note.name.clone(),
            text: crate::told_training::note(note),
        };
        push(&mut self.notes, row, MAX_NOTES);
    }
}
