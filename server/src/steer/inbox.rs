//! The inbox: questions of programs to people, over all sessions. A pure table behind a lock.
//!
//! In: what events say of decisions, and commands that carry an answer. Out: rows for lists and watchers, what is due,
//! and who answered first. A question is known by its session and its id; the same id asked again, after its answer,
//! is a new question. Events may come twice and, while the journal is still being read, out of order: each counts by
//! its place in the session.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use loopscope_event::{
    CommandRecord, CommandState, DecisionFact, Duration, ProjectId, Question, RawJson, Timestamp,
};
use loopscope_protocol::{ApiError, DecisionChoice, DecisionRow, DecisionState, ErrorCode};

use super::Key;
use super::check::decision_of;

/// Questions that are kept; beyond it answered ones leave, the longest asked first.
const MOST: usize = 4_096;

/// A question's name.
type Name = (Key, String);

/// See the module.
#[derive(Default)]
pub(crate) struct Inbox(Mutex<Table>);

#[derive(Default)]
struct Table {
    rows: BTreeMap<Name, Row>,
    /// Changed since watchers were told.
    changed: BTreeSet<Name>,
}

struct Row {
    shown: DecisionRow,
    /// Where in its session it was asked last; 0 where only its answer is known.
    asked_seq: u64,
    /// Where in its session its answer stands.
    made_seq: u64,
}

/// Which questions a list shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Listed {
    pub state: Option<DecisionState>,
    pub project: Option<ProjectId>,
}

impl Inbox {
    /// Takes what an event says, at its place in its session.
    pub(crate) fn fact(&self, key: &Key, seq: u64, id: &str, at: Timestamp, fact: DecisionFact) {
        let mut table = self.lock();
        match fact {
            DecisionFact::Asked(question) => {
                let id = question.id.clone().unwrap_or_else(|| id.to_owned());
                table.asked(key, id, seq, at, *question);
            }
            DecisionFact::Made {
                id,
                choice,
                by,
                reason,
            } => {
                let Some(id) = id.or_else(|| table.newest_open(key)) else {
                    return;
                };
                table.made(key, id, seq, |shown| {
                    shown.state = DecisionState::Made;
                    shown.choice = Some(choice);
                    shown.by = by.or_else(|| shown.by.take());
                    shown.reason = reason.or_else(|| shown.reason.take());
                    shown.made_at = Some(at);
                });
            }
            // The command that carries the default says the rest.
            DecisionFact::Expired { .. } => {}
        }
        table.shrink();
    }

    /// Takes a command that may carry an answer, as it stands.
    pub(crate) fn command(&self, row: &CommandRecord) {
        let Some((id, choice)) = decision_of(row) else {
            return;
        };
        let name = ((row.project.clone(), row.session_id.clone()), id);
        let mut table = self.lock();
        let Some(known) = table.rows.get_mut(&name) else {
            return;
        };
        let shown = &mut known.shown;
        let is_ours = shown.state == DecisionState::Answered
            && shown.made_at == Some(row.created_at)
            && shown.by.as_deref() == Some(&*row.by);
        match row.state {
            CommandState::Succeeded if is_ours => shown.state = DecisionState::Made,
            CommandState::Failed | CommandState::Expired | CommandState::Cancelled if is_ours => {
                shown.state = DecisionState::Pending;
                (shown.choice, shown.by, shown.reason, shown.made_at) = (None, None, None, None);
            }
            CommandState::Queued | CommandState::Delivered | CommandState::Acknowledged
                if shown.state == DecisionState::Pending =>
            {
                shown.state = DecisionState::Answered;
                shown.choice = Some(RawJson::from_trusted(choice.to_string()));
                shown.by = Some(row.by.clone());
                shown.reason.clone_from(&row.reason);
                shown.made_at = Some(row.created_at);
            }
            _ => return,
        }
        table.changed.insert(name);
    }

    /// A session is over: what it asked needs no answer any more.
    pub(crate) fn session_ended(&self, key: &Key) {
        let mut table = self.lock();
        let Table { rows, changed } = &mut *table;
        for (name, row) in rows.range_mut((key.clone(), String::new())..) {
            if name.0 != *key {
                break;
            }
            if matches!(
                row.shown.state,
                DecisionState::Pending | DecisionState::Answered
            ) {
                row.shown.state = DecisionState::Dropped;
                changed.insert(name.clone());
            }
        }
    }

    /// Whether any question of the session is known.
    pub(crate) fn has(&self, key: &Key) -> bool {
        let table = self.lock();
        let mut from = table.rows.range((key.clone(), String::new())..);
        from.next().is_some_and(|(name, _)| name.0 == *key)
    }

    /// One question.
    pub(crate) fn one(&self, key: &Key, id: &str) -> Option<DecisionRow> {
        let table = self.lock();
        let row = table.rows.get(&(key.clone(), id.to_owned()))?;
        Some(row.shown.clone())
    }

    /// Refuses a question that is not known, or has its answer.
    pub(crate) fn undecided(&self, key: &Key, id: &str) -> Result<(), ApiError> {
        let Some(row) = self.one(key, id) else {
            let message = format!("there is no decision `{id}` in this session");
            return Err(ApiError::field("parameters.decision_id", message));
        };
        if row.state == DecisionState::Pending {
            return Ok(());
        }
        let message = match (&row.by, &row.choice) {
            (Some(by), Some(choice)) => format!("`{by}` decided {} already", choice.as_str()),
            (None, Some(choice)) => format!("it was decided already: {}", choice.as_str()),
            _ => "the session ended before it was decided".to_owned(),
        };
        Err(ApiError::new(ErrorCode::AlreadyDecided, message))
    }

    /// The questions of a list: what waits first, the most urgent and longest asked before; then the newest.
    pub(crate) fn list(&self, wanted: &Listed) -> Vec<DecisionRow> {
        let table = self.lock();
        let rows = table.rows.values().map(|row| &row.shown).filter(|row| {
            wanted.state.is_none_or(|state| state == row.state)
                && wanted
                    .project
                    .as_ref()
                    .is_none_or(|project| *project == row.project)
        });
        let mut rows: Vec<DecisionRow> = rows.cloned().collect();
        rows.sort_by_key(|row| {
            let at = row.asked_at.as_micros();
            match row.state {
                DecisionState::Pending => (0, urgency(row), at),
                _ => (1, 0, -at),
            }
        });
        rows
    }

    /// How many wait, of a project or of all.
    pub(crate) fn pending(&self, project: Option<&ProjectId>) -> u64 {
        let table = self.lock();
        let waits = table.rows.iter().filter(|((key, _), row)| {
            row.shown.state == DecisionState::Pending
                && project.is_none_or(|project| *project == key.0)
        });
        waits.count() as u64
    }

    /// What changed since this was asked last.
    pub(crate) fn take_changed(&self) -> Vec<DecisionRow> {
        let mut table = self.lock();
        let changed = std::mem::take(&mut table.changed);
        let rows = changed.iter().filter_map(|name| table.rows.get(name));
        rows.map(|row| row.shown.clone()).collect()
    }

    /// Questions whose time is over, and when that of the next is.
    pub(crate) fn due(&self, now: Timestamp) -> (Vec<DecisionRow>, Option<Timestamp>) {
        let table = self.lock();
        let waiting = table.rows.values().map(|row| &row.shown);
        let waiting = waiting.filter(|row| row.state == DecisionState::Pending);
        let mut due = Vec::new();
        let mut next: Option<Timestamp> = None;
        for row in waiting {
            match row.expires_at {
                Some(at) if at <= now => due.push(row.clone()),
                Some(at) => next = Some(next.map_or(at, |next| next.min(at))),
                None => {}
            }
        }
        (due, next)
    }

    /// Nobody can be asked any more; or there is no default.
    pub(crate) fn give_up(&self, key: &Key, id: &str) {
        let mut table = self.lock();
        let name = (key.clone(), id.to_owned());
        if let Some(row) = table.rows.get_mut(&name) {
            row.shown.state = DecisionState::Dropped;
            table.changed.insert(name);
        }
    }

    /// Its time is over and nothing was declared for that: it waits on.
    pub(crate) fn wait_on(&self, key: &Key, id: &str) {
        let mut table = self.lock();
        let name = (key.clone(), id.to_owned());
        if let Some(row) = table.rows.get_mut(&name) {
            row.shown.expires_at = None;
            table.changed.insert(name);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn asked(&mut self, key: &Key, id: String, seq: u64, at: Timestamp, question: Question) {
        let name = (key.clone(), id);
        let known = self.rows.get(&name);
        if known.is_some_and(|known| known.asked_seq >= seq) {
            return;
        }
        let mut row = Row {
            shown: shown(&name, at, question),
            asked_seq: seq,
            made_seq: 0,
        };
        if let Some(known) = known
            && known.made_seq > seq
        {
            // Its answer was known before it was.
            row.made_seq = known.made_seq;
            let answer = &known.shown;
            row.shown.state = answer.state;
            row.shown.choice.clone_from(&answer.choice);
            row.shown.by.clone_from(&answer.by);
            row.shown.reason.clone_from(&answer.reason);
            row.shown.made_at = answer.made_at;
        }
        self.rows.insert(name.clone(), row);
        self.changed.insert(name);
    }

    fn made(&mut self, key: &Key, id: String, seq: u64, change: impl FnOnce(&mut DecisionRow)) {
        let name = (key.clone(), id);
        let row = self.rows.entry(name.clone()).or_insert_with(|| Row {
            shown: shown(&name, Timestamp::default(), Question::default()),
            asked_seq: 0,
            made_seq: 0,
        });
        if seq > row.asked_seq && seq > row.made_seq {
            row.made_seq = seq;
            change(&mut row.shown);
            self.changed.insert(name);
        }
    }

    /// The question of a session that was asked last and waits.
    fn newest_open(&self, key: &Key) -> Option<String> {
        let rows = self.rows.range((key.clone(), String::new())..);
        rows.take_while(|(name, _)| name.0 == *key)
            .filter(|(_, row)| row.made_seq < row.asked_seq)
            .max_by_key(|(_, row)| row.asked_seq)
            .map(|(name, _)| name.1.clone())
    }

    fn shrink(&mut self) {
        while self.rows.len() > MOST {
            let oldest = self
                .rows
                .iter()
                .min_by_key(|(_, row)| {
                    let waits = row.shown.state == DecisionState::Pending;
                    (waits, row.shown.asked_at)
                })
                .map(|(name, _)| name.clone());
            let Some(name) = oldest else { return };
            self.rows.remove(&name);
            self.changed.remove(&name);
        }
    }
}

fn urgency(row: &DecisionRow) -> u8 {
    match row.priority.as_deref() {
        Some("critical") => 0,
        Some("high") => 1,
        Some("low") => 3,
        _ => 2,
    }
}

/// A question as it is shown.
fn shown(name: &Name, at: Timestamp, question: Question) -> DecisionRow {
    let ((project, session_id), decision_id) = name.clone();
    let seconds = question.timeout_seconds.filter(|seconds| *seconds > 0.0);
    let options: Vec<DecisionChoice> = question.options.into_iter().map(Into::into).collect();
    let recommended = options.iter().find(|option| option.recommended);
    let fallback = recommended.or_else(|| options.first());
    let default = question
        .default
        .or_else(|| fallback.map(|option| option.choice.clone()));
    DecisionRow {
        project,
        session_name: session_id.to_string(),
        session_id,
        decision_id,
        state: DecisionState::Pending,
        question: question.question,
        description: question.description,
        priority: question.priority,
        options,
        context: question.context,
        asked_at: at,
        expires_at: seconds.map(|seconds| at.plus(Duration::from_secs_f64(seconds.min(1e9)))),
        default,
        choice: None,
        by: None,
        reason: None,
        made_at: None,
    }
}

#[cfg(test)]
mod tests;
