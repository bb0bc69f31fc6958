//! Which run an event belongs to: a stream names no session, and no run says that it ends.
//!
//! In: the events of one source, in order. Out: each event with its session. Pure: a run is named after its
//! `episode_id`, else after the source and the time of its first event.
//!
//! - `TRAINING_STARTED` begins a run, and closes the one before it in its cohort (`group_id`).
//! - Any other event without a run begins one.
//! - A run is complete when as many episodes are over as it was to have, or its best state was loaded.

use std::collections::BTreeMap;

use loopscope_event::{IdError, NewEvent, SessionId, Timestamp};

use super::fields::{self, count};
use super::names;
use crate::read::{Json, Object};

/// The cohort of events that name none.
pub const DEFAULT_GROUP: &str = "default";
/// The most cohorts of one source; the events of further ones go to the default's run.
const MAX_GROUPS: usize = 64;

/// The runs of one source.
#[derive(Debug, Clone)]
pub struct Runs {
    source: String,
    by_group: BTreeMap<String, Run>,
    /// How many runs were begun, to tell two of one moment apart.
    begun: u64,
}

#[derive(Debug, Clone)]
struct Run {
    session: SessionId,
    episodes: Option<u64>,
    complete: bool,
}

impl Runs {
    /// No runs yet, of a source with this name.
    pub fn new(source: impl Into<String>) -> Self {
        Self {
            source: source.into(),
            by_group: BTreeMap::new(),
            begun: 0,
        }
    }

    /// A run that a cohort is in, known from before a restart.
    pub fn seed(&mut self, group: Option<&str>, session: SessionId) {
        let group = group.unwrap_or(DEFAULT_GROUP).to_owned();
        self.begun += 1;
        self.by_group.insert(
            group,
            Run {
                session,
                episodes: None,
                complete: false,
            },
        );
    }

    /// The runs that are not complete: interrupted, when their source is gone.
    pub fn open(&self) -> impl Iterator<Item = &SessionId> {
        let open = self.by_group.values().filter(|run| !run.complete);
        open.map(|run| &run.session)
    }

    /// Gives an event its session. Returns the run that the event closed before it was complete, if any.
    pub fn place(&mut self, event: &mut NewEvent) -> Option<SessionId> {
        let text = event.data.clone();
        let data = Object::read(text.as_str());
        let name = names::lookup(&event.name).map_or("", |(known, _)| known);
        let group = self.group(&data);
        let named =
            (event.session_id.as_str() != names::PLACEHOLDER).then(|| event.session_id.clone());
        let episode = || {
            let id = fields::either(&data, &["episode_id"], Json::id)?;
            SessionId::new(id).ok()
        };
        let said = named.or_else(episode);
        let current = self.by_group.get(&group).map(|run| &run.session);
        let begins = match (&said, current) {
            (_, None) => true,
            (Some(said), Some(current)) => said != current,
            (None, Some(_)) => name == "TRAINING_STARTED",
        };
        let mut closed = None;
        if begins {
            let own = event.session_id.clone();
            let session = said
                .or_else(|| self.name(&group, event.timestamp).ok())
                .unwrap_or(own);
            let run = Run {
                session,
                episodes: None,
                complete: false,
            };
            self.begun += 1;
            let before = self.by_group.insert(group.clone(), run);
            closed = before.filter(|run| !run.complete).map(|run| run.session);
        }
        if let Some(run) = self.by_group.get_mut(&group) {
            run.learn(name, &data);
            event.session_id = run.session.clone();
        }
        closed
    }

    fn group(&self, data: &Object<'_>) -> String {
        let said = fields::either(data, &["group_id"], Json::word);
        let group = said.unwrap_or_else(|| DEFAULT_GROUP.to_owned());
        if self.by_group.len() >= MAX_GROUPS && !self.by_group.contains_key(&group) {
            return DEFAULT_GROUP.to_owned();
        }
        group
    }

    /// `<source>-20260105T100000Z`, with the cohort where it is another than the default.
    fn name(&self, group: &str, at: Timestamp) -> Result<SessionId, IdError> {
        let stamp: String = at
            .to_string()
            .chars()
            .take(19)
            .filter(|sign| !matches!(sign, '-' | ':'))
            .collect();
        let of_group = match group {
            DEFAULT_GROUP => String::new(),
            other => format!("-{other}"),
        };
        let base = format!("{}{of_group}-{stamp}Z", self.source);
        let taken = |id: &str| self.by_group.values().any(|run| run.session.as_str() == id);
        let id = if taken(&base) {
            format!("{base}-{}", self.begun + 1)
        } else {
            base
        };
        // A source or cohort whose name is no part of an id leaves the time.
        let plain = || SessionId::new(format!("{}-{stamp}Z", names::PLACEHOLDER));
        SessionId::new(id).or_else(|_| plain())
    }
}

impl Run {
    /// How far the run is.
    fn learn(&mut self, name: &str, data: &Object<'_>) {
        self.episodes = count(data, &["total_episodes", "n_episodes"])
            .filter(|episodes| *episodes > 0)
            .or(self.episodes);
        let is_over = || {
            let done = fields::episodes_completed(name, data)?;
            Some(done >= self.episodes?)
        };
        let is_best = || {
            name == "CHECKPOINT_LOADED"
                && data.get("source").string().as_deref() == Some("best_state")
        };
        self.complete |= is_over() == Some(true) || is_best();
    }
}
