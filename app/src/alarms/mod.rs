//! Alerts: the page's one list of them, how one looks, and the notice where nobody looks at the page.
//!
//! In: rows by REST and by the live connection. Out: the count in the rail, rows for pages and panels, toasts.

mod row;
mod toast;

use std::pin::Pin;

use leptos::prelude::*;
use loopscope_protocol::{AlertRow, AlertState, AlertsPage, ServerMessage};

use crate::source::{Source, source};
use crate::store::{Listener, Live, Taken, Wants};
use crate::world;

pub use row::alert_row;
pub use toast::Toasts;

/// The most rows that are kept.
const MOST: usize = 300;

/// All alerts that are known to this page, the newest first.
#[derive(Clone, Copy)]
pub struct Alarms {
    /// The rows.
    pub rows: RwSignal<Vec<AlertRow>>,
    /// How many fire and nobody said yet that they know.
    pub firing: RwSignal<u64>,
    /// What fired while the page was open, for a moment.
    pub fresh: RwSignal<Vec<AlertRow>>,
    source: StoredValue<Source>,
    live: Live,
}

/// The alerts of this page.
pub fn alarms() -> Alarms {
    expect_context()
}

impl Alarms {
    /// Makes the list, provides it to all components, and keeps it true for as long as the page lives.
    pub fn provide(live: Live, firing: u64) {
        let alarms = Self {
            rows: RwSignal::new(Vec::new()),
            firing: RwSignal::new(firing),
            fresh: RwSignal::new(Vec::new()),
            source: StoredValue::new(source()),
            live,
        };
        provide_context(alarms);
        Effect::new(move || live.attach(alarms));
    }

    /// Takes a whole page of alerts.
    pub fn load(self, page: AlertsPage) {
        self.live.correct_clock(page.server_time);
        self.firing.set(page.firing);
        if self.rows.with_untracked(|rows| *rows != page.alerts) {
            self.rows.set(page.alerts);
        }
    }

    /// Takes rows that changed.
    pub fn take_rows(self, changed: Vec<AlertRow>) {
        self.rows.update(|rows| merge(rows, changed));
    }

    /// Takes an alert away from what is shown for a moment.
    pub fn dismiss(self, alert_id: &str) {
        self.fresh
            .update(|fresh| fresh.retain(|row| row.alert_id != alert_id));
    }

    /// It fires, is new, and nobody muted it.
    fn is_news(self, row: &AlertRow) -> bool {
        let known = |rows: &Vec<AlertRow>| rows.iter().any(|own| own.alert_id == row.alert_id);
        row.state == AlertState::Firing
            && row.acked_at.is_none()
            && row.muted_until.is_none()
            && row.count == 1
            && !self.rows.with_untracked(known)
    }
}

/// Puts changed rows where they belong: in their place, new ones first. What is over stays over: an answer may come
/// behind what came by the live connection.
fn merge(rows: &mut Vec<AlertRow>, changed: Vec<AlertRow>) {
    for new in changed {
        match rows.iter_mut().find(|row| row.alert_id == new.alert_id) {
            Some(row) if row.state == AlertState::Resolved && new.state == AlertState::Firing => {}
            Some(row) => *row = new,
            None => rows.insert(0, new),
        }
    }
    rows.truncate(MOST);
}

impl Listener for Alarms {
    fn wants(&self) -> Wants {
        Wants {
            alerts: true,
            ..Wants::default()
        }
    }

    fn take(&self, messages: Vec<ServerMessage>) -> Taken {
        for message in messages {
            if let ServerMessage::Alerts(frame) = message {
                for row in frame.alerts.iter().filter(|row| self.is_news(row)) {
                    let words = format!("{}: {}", row.session_name, row.summary);
                    world::notify(&row.rule, &words, &row.alert_id);
                    let row = row.clone();
                    self.fresh.update(|fresh| {
                        fresh.push(row);
                        if fresh.len() > toast::MOST {
                            fresh.remove(0);
                        }
                    });
                }
                self.firing.set(frame.firing);
                self.take_rows(frame.alerts);
            }
        }
        Taken::Fits
    }

    fn refresh(&self) -> Pin<Box<dyn Future<Output = bool>>> {
        let alarms = *self;
        Box::pin(async move {
            let loading = alarms.source.with_value(|source| source.alerts());
            let loaded = loading.await;
            let is_loaded = loaded.is_ok();
            if let Ok(page) = loaded {
                alarms.load(page);
            }
            is_loaded
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: &str, state: &str) -> AlertRow {
        let json = format!(
            r#"{{"alert_id":"{id}","rule_id":"r","rule":"r","severity":"high","session_id":"s","session_name":"s","state":"{state}","summary":"x","fired_at":"2026-01-01T00:00:00Z","last_at":"2026-01-01T00:00:00Z","count":1}}"#
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn rows_keep_their_place_and_new_ones_come_first() {
        let mut rows = vec![row("b", "firing"), row("a", "firing")];
        merge(&mut rows, vec![row("a", "resolved"), row("c", "firing")]);
        let ids: Vec<&str> = rows.iter().map(|row| row.alert_id.as_str()).collect();
        assert_eq!(ids, ["c", "b", "a"]);
        assert_eq!(rows[2].state, AlertState::Resolved);
        merge(&mut rows, vec![row("a", "firing")]);
        assert_eq!(rows[2].state, AlertState::Resolved, "an old answer");
    }
}
