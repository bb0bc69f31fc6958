//! Alerts: rules that look at sessions as they go on, what they fire, and who is told.
//!
//! In: every event (a reader of the ring like any other), what boards say, the passing of time, and people who change
//! rules. Out: `alert:firing` and `alert:resolved` as events, each in one transaction with its row, what its rule
//! remembers and what is to be told elsewhere; the outbox sends that ([`outbox`]).
//!
//! One task, the [`engine`], decides; it waits for nobody but the disk, and nobody waits for it: where it is slow it
//! reads on from the journal. It notes once a second up to which event it has looked. After a crash it looks again at
//! what came since; what it had decided by then is on record with the event that made it, and is passed over.

mod asks;
mod channels;
mod engine;
mod message;
mod outbox;
mod send;
mod sessions;
mod settings;
mod steps;

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use loopscope_event::{ProjectId, Timestamp};
use loopscope_journal::{AlertQuery, Journal, JournalError};
use loopscope_protocol::{AlertRow, AlertRule, AlertState, AlertsFrame, ApiError, ErrorCode};
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

use crate::fold::Fold;
use crate::life::now;
use asks::Ask;
use channels::Told;

/// Questions of people that wait for the engine.
const ASKS: usize = 64;

/// The handle. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Alerts(Arc<Inner>);

struct Inner {
    journal: Journal,
    fold: Fold,
    shutdown: CancellationToken,
    rules: RwLock<Arc<Vec<AlertRule>>>,
    channels: RwLock<Arc<Vec<Told>>>,
    rules_changed: Notify,
    /// There may be something to send sooner than was known.
    post: Notify,
    asks: mpsc::Sender<Ask>,
    asked: Mutex<Option<mpsc::Receiver<Ask>>>,
    /// What fires, by the project: only for the count.
    firing: RwLock<Vec<(String, ProjectId, bool)>>,
    refuse_private: bool,
}

impl Alerts {
    /// Alerts of which nothing is known yet; [`Alerts::load`] brings what the journal has.
    pub(crate) fn new(
        journal: Journal,
        fold: Fold,
        shutdown: CancellationToken,
        refuse_private: bool,
    ) -> Self {
        let (asks, asked) = mpsc::channel(ASKS);
        Self(Arc::new(Inner {
            journal,
            fold,
            shutdown,
            rules: RwLock::default(),
            channels: RwLock::default(),
            rules_changed: Notify::new(),
            post: Notify::new(),
            asks,
            asked: Mutex::new(Some(asked)),
            firing: RwLock::default(),
            refuse_private,
        }))
    }

    /// Every rule.
    pub(crate) fn rules(&self) -> Arc<Vec<AlertRule>> {
        Arc::clone(&self.0.rules.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// How many fire and nobody said yet that they know.
    pub(crate) fn firing(&self, project: Option<&ProjectId>) -> u64 {
        let firing = self.0.firing.read().unwrap_or_else(PoisonError::into_inner);
        let waits = firing
            .iter()
            .filter(|(_, own, acked)| !acked && project.is_none_or(|project| project == own));
        waits.count() as u64
    }

    /// Changed rows as watchers of a project, or of all, are told.
    pub(crate) fn frame(&self, alerts: Vec<AlertRow>, project: Option<&ProjectId>) -> AlertsFrame {
        AlertsFrame {
            alerts,
            firing: self.firing(project),
            server_time: now(),
        }
    }

    /// Rows of alerts with the key to the next page, the newest first.
    pub(crate) async fn list(
        &self,
        query: &AlertQuery,
    ) -> Result<(Vec<AlertRow>, Option<i64>), ApiError> {
        let query = AlertQuery {
            limit: query.limit + 1,
            ..query.clone()
        };
        let mut found = self.0.journal.alerts(&query).await.map_err(unreadable)?;
        let is_more = found.len() as u32 == query.limit;
        found.truncate(query.limit as usize - 1);
        let next = found.last().filter(|_| is_more).map(|row| row.number);
        let rows = found.iter().filter_map(|row| parse(row.body.as_str()));
        Ok((rows.collect(), next))
    }

    /// Tells watchers, and counts.
    fn tell(&self, rows: Vec<AlertRow>) {
        if rows.is_empty() {
            return;
        }
        let mut firing = self
            .0
            .firing
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        for row in &rows {
            firing.retain(|(id, ..)| *id != row.alert_id);
            if row.state == AlertState::Firing {
                let acked = row.acked_at.is_some();
                firing.push((row.alert_id.clone(), row.project.clone(), acked));
            }
        }
        metrics::gauge!("loopscope_alerts_firing").set(firing.len() as f64);
        drop(firing);
        self.0.fold.feed().tell_alerts(rows);
    }
}

/// JSON that was written here; what cannot be read is told and passed over.
fn parse<T: serde::de::DeserializeOwned>(text: &str) -> Option<T> {
    match serde_json::from_str(text) {
        Ok(value) => Some(value),
        Err(error) => {
            tracing::error!(%error, "a row of alerts is unreadable");
            None
        }
    }
}

/// JSON of our own plain data.
fn json(value: &impl serde::Serialize) -> loopscope_event::RawJson {
    let text = serde_json::to_string(value).unwrap_or_else(|_| "null".to_owned());
    loopscope_event::RawJson::from_trusted(text)
}

fn is_muted(until: Option<Timestamp>, at: Timestamp) -> bool {
    until.is_some_and(|until| at < until)
}

/// The journal did not do it, as an answer.
fn unreadable(error: JournalError) -> ApiError {
    match error {
        JournalError::Closed => ApiError::new(ErrorCode::ShuttingDown, "the server stops"),
        JournalError::DiskFull => {
            ApiError::new(ErrorCode::DiskFull, "the disk is full; nothing was changed")
        }
        error => {
            tracing::error!(%error, "alerts could not be read or written");
            ApiError::new(
                ErrorCode::Internal,
                "the journal could not be read or written",
            )
        }
    }
}

/// Bytes in lower-case hexadecimal.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
