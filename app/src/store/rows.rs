//! Session rows that change in place: each row is a signal, the order is another.

use leptos::prelude::*;
use loopscope_event::SessionId;
use loopscope_protocol::SessionSummary;

use crate::source::SessionKey;

/// A row: one session's newest summary.
pub type Row = ArcRwSignal<SessionSummary>;

/// Rows in an order that live changes do not disturb.
#[derive(Clone, Copy)]
pub struct SessionRows {
    rows: RwSignal<Vec<(SessionKey, Row)>>,
}

impl SessionRows {
    /// Rows in the order given.
    pub fn new(sessions: Vec<SessionSummary>) -> Self {
        let rows = RwSignal::new(Vec::new());
        let made = Self { rows };
        made.replace(sessions);
        made
    }

    /// The rows now, for a keyed list; tracked.
    pub fn list(self) -> Vec<(SessionKey, Row)> {
        self.rows.get()
    }

    /// How many rows there are; tracked.
    pub fn len(self) -> usize {
        self.rows.with(Vec::len)
    }

    /// Whether there is none; tracked.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Whether there is none; not tracked.
    pub fn is_empty_now(self) -> bool {
        self.rows.with_untracked(Vec::is_empty)
    }

    /// Takes other rows in another order. A session that stays keeps its signal, and so its place in the page.
    pub fn replace(self, sessions: Vec<SessionSummary>) {
        let old = self.rows.get_untracked();
        let rows = sessions.into_iter().map(|session| {
            let key = SessionKey::of(&session);
            let known = old.iter().find(|(known, _)| *known == key);
            let row = known.map_or_else(
                || ArcRwSignal::new(session.clone()),
                |(_, row)| {
                    set_newer(row, &session);
                    row.clone()
                },
            );
            (key, row)
        });
        let rows = rows.collect();
        self.rows.set(rows);
    }

    /// Adds a page of older rows at the end; a row that is there already stays where it is.
    pub fn extend(self, sessions: Vec<SessionSummary>) {
        self.rows.update(|rows| {
            for session in sessions {
                let key = SessionKey::of(&session);
                if !rows.iter().any(|(known, _)| *known == key) {
                    rows.push((key, ArcRwSignal::new(session)));
                }
            }
        });
    }

    /// Adds a row at the top, and drops the last ones beyond `most`.
    pub fn prepend(self, session: SessionSummary, most: usize) {
        self.rows.update(|rows| {
            rows.insert(0, (SessionKey::of(&session), ArcRwSignal::new(session)));
            rows.truncate(most);
        });
    }

    /// Takes rows away. Out: how many were here.
    pub fn remove(self, gone: &[SessionKey]) -> usize {
        let before = self.rows.with_untracked(Vec::len);
        self.rows
            .update(|rows| rows.retain(|(key, _)| !gone.contains(key)));
        before - self.rows.with_untracked(Vec::len)
    }

    /// Brings a row up to date in place. Out: whether it is here.
    pub fn update(self, session: &SessionSummary) -> bool {
        self.rows.with_untracked(|rows| {
            let key = SessionKey::of(session);
            let known = rows.iter().find(|(known, _)| *known == key);
            if let Some((_, row)) = known {
                set_newer(row, session);
            }
            known.is_some()
        })
    }

    /// The name of a session and the address of its page, where it is here; not tracked.
    pub fn name_of(self, id: &SessionId) -> Option<(String, String)> {
        self.rows.with_untracked(|rows| {
            let (key, row) = rows.iter().find(|(known, _)| known.id == *id)?;
            let name = row.with_untracked(|session| session.name.clone());
            Some((name, key.page("")))
        })
    }
}

fn set_newer(row: &Row, session: &SessionSummary) {
    if row.with_untracked(|old| old.last_offset <= session.last_offset && old != session) {
        row.set(session.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use loopscope_event::{Dialect, Offset, ProjectId, Seq, Severities, Timestamp};
    use loopscope_protocol::SessionStatus;

    fn row(id: &str, offset: u64) -> SessionSummary {
        SessionSummary {
            project: ProjectId::default(),
            session_id: SessionId::new(id).unwrap(),
            dialect: Dialect::Convergence,
            name: format!("{id} at {offset}"),
            target: None,
            status: SessionStatus::Running,
            state: "IDLE".to_owned(),
            state_since: Timestamp::default(),
            states: Vec::new(),
            started_at: Timestamp::default(),
            ended_at: None,
            last_event_at: Timestamp::default(),
            last_offset: Offset(offset),
            events: Seq(offset),
            iteration: 0,
            max_iterations: None,
            findings_total: 0,
            findings_open: None,
            open_by_severity: Severities::default(),
            findings_by_severity: Severities::default(),
            fixes_total: 0,
            vulnerabilities_total: 0,
            errors: 0,
            findings_trend: Vec::new(),
            quality_percent: None,
            crew: None,
            progress_percent: None,
            current_skill: None,
            decisions_waiting: 0,
            commands_open: 0,
            last_sentence: String::new(),
        }
    }

    #[test]
    fn an_older_row_never_replaces_a_newer_one() {
        Owner::new().with(|| {
            let rows = SessionRows::new(vec![row("a", 5), row("b", 4)]);
            assert!(rows.update(&row("a", 3)));
            assert!(rows.update(&row("b", 9)));
            assert!(!rows.update(&row("c", 1)));
            let name = |id: &str| rows.name_of(&SessionId::new(id).unwrap()).unwrap().0;
            assert_eq!(
                (name("a"), name("b")),
                ("a at 5".to_owned(), "b at 9".to_owned())
            );
        });
    }

    #[test]
    fn a_reload_keeps_the_signals_of_rows_that_stay() {
        Owner::new().with(|| {
            let rows = SessionRows::new(vec![row("a", 5), row("b", 4)]);
            let signal = rows.list()[0].1.clone();
            rows.replace(vec![row("c", 7), row("a", 6)]);
            assert_eq!(
                signal.with_untracked(|session| session.last_offset),
                Offset(6)
            );
            rows.extend(vec![row("a", 1), row("d", 2)]);
            assert_eq!(rows.len(), 3);
        });
    }
}
