//! What one rule remembers of one session, and when it changes its mind.
//!
//! Two sorts of rules. A *level* holds or does not (a threshold, a silence): it fires when it has held for long enough,
//! and resolves when it no longer holds. An *occurrence* happens (an event, a failed step): it fires when it happens,
//! and resolves when it was not seen for a while, or when its opposite was.

use std::collections::BTreeMap;

use loopscope_event::{Duration, Timestamp};
use loopscope_protocol::{AlertCondition, AlertRuleBody};
use serde::{Deserialize, Serialize};

use crate::rate::Window;

/// The most metrics that one watch knows to be beyond a bound; further ones wait until one of these is back.
const MAX_BREACHES: usize = 64;

/// An alert begins or ends.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// It fires.
    Fire {
        /// What is the case.
        summary: String,
        /// The value, where it is about one.
        value: Option<f64>,
    },
    /// It resolves; why.
    Resolve(&'static str),
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Watch {
    /// Events of the session up to here are decided on.
    pub seq: u64,
    /// What is beyond its bound: a metric's name, or nothing where there is but one thing.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) breaches: BTreeMap<String, Breach>,
    /// The alert, while it fires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub firing: Option<Firing>,
    /// When it fired last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_fired: Option<Timestamp>,
    /// The state that it saw last, or the step that failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) word: Option<String>,
    /// The session is over.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ended: bool,
    #[serde(skip)]
    pub(crate) window: Window,
    /// When the rate was looked at last.
    #[serde(skip)]
    pub(crate) looked_at: Option<Timestamp>,
}

/// Something that is beyond its bound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Breach {
    pub(crate) since: Timestamp,
    pub(crate) summary: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<f64>,
}

/// An alert that fires.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Firing {
    /// Since when.
    pub at: Timestamp,
    /// When its cause was last seen.
    pub last_at: Timestamp,
    /// How often.
    pub count: u64,
    /// The newest sentence about it.
    pub summary: String,
    /// Up to which event its cause was seen.
    pub seq: u64,
}

/// Whether a level holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// It does.
    Yes,
    /// Not enough to fire, too much to resolve.
    Between,
    /// It does not.
    No,
}

pub(crate) fn seconds(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds.clamp(0.0, 1e9))
}

/// For how long a level must hold; `None` for what is no level.
pub(crate) fn patience(condition: &AlertCondition) -> Option<Duration> {
    match condition {
        AlertCondition::Threshold { for_seconds, .. }
        | AlertCondition::Rate { for_seconds, .. } => Some(seconds(*for_seconds)),
        AlertCondition::Silence { seconds: long } | AlertCondition::Stuck { seconds: long, .. } => {
            Some(seconds(*long))
        }
        AlertCondition::NonFinite { .. } => Some(Duration::default()),
        AlertCondition::StepFailed { .. }
        | AlertCondition::NewCriticalFinding { .. }
        | AlertCondition::Event { .. } => None,
    }
}

impl Watch {
    /// Whether it remembers nothing that a new one would not know.
    pub fn is_blank(&self) -> bool {
        self.firing.is_none() && self.breaches.is_empty() && self.last_fired.is_none()
    }

    /// Takes how one thing stands.
    pub(crate) fn level(&mut self, name: &str, holds: Holds, breach: impl FnOnce() -> Breach) {
        match holds {
            Holds::Yes => {
                let new = breach();
                if let Some(known) = self.breaches.get_mut(name) {
                    known.summary = new.summary;
                    known.value = new.value;
                } else if self.breaches.len() < MAX_BREACHES {
                    self.breaches.insert(name.to_owned(), new);
                }
            }
            Holds::Between if self.firing.is_some() => {}
            Holds::Between | Holds::No => {
                self.breaches.remove(name);
            }
        }
    }

    /// Fires or resolves by what stands beyond its bound now.
    pub(crate) fn settle(&mut self, rule: &AlertRuleBody, now: Timestamp) -> Option<Change> {
        let long = patience(&rule.condition)?;
        if self.firing.is_some() {
            return self.breaches.is_empty().then(|| self.resolve("cleared"));
        }
        if !self.is_cool(rule, now) {
            return None;
        }
        let ripe = self
            .breaches
            .values()
            .find(|breach| breach.since.plus(long) <= now)?;
        let (summary, value) = (ripe.summary.clone(), ripe.value);
        Some(self.fire(summary, value, now))
    }

    /// Something happened.
    pub(crate) fn occur(
        &mut self,
        rule: &AlertRuleBody,
        summary: String,
        now: Timestamp,
    ) -> Option<Change> {
        let seq = self.seq;
        if let Some(firing) = &mut self.firing {
            firing.count = firing.count.saturating_add(1);
            firing.last_at = firing.last_at.max(now);
            firing.summary = summary;
            firing.seq = seq;
            return None;
        }
        self.is_cool(rule, now)
            .then(|| self.fire(summary, None, now))
    }

    fn is_cool(&self, rule: &AlertRuleBody, now: Timestamp) -> bool {
        let pause = seconds(rule.cool_down_seconds);
        self.last_fired.is_none_or(|last| last.plus(pause) <= now)
    }

    fn fire(&mut self, summary: String, value: Option<f64>, now: Timestamp) -> Change {
        self.last_fired = Some(now);
        self.firing = Some(Firing {
            at: now,
            last_at: now,
            count: 1,
            summary: summary.clone(),
            seq: self.seq,
        });
        Change::Fire { summary, value }
    }

    pub(crate) fn resolve(&mut self, why: &'static str) -> Change {
        self.firing = None;
        self.breaches.clear();
        Change::Resolve(why)
    }

    /// The rule is gone or another one now: what it fired is over, what it remembers is forgotten.
    pub fn give_up(&mut self, why: &'static str) -> Option<Change> {
        let was_firing = self.firing.is_some();
        let seq = self.seq;
        *self = Self {
            seq,
            ended: self.ended,
            ..Self::default()
        };
        was_firing.then_some(Change::Resolve(why))
    }

    /// Whether the alert is over when its cause was not seen for a while.
    fn runs_out(&self, rule: &AlertRuleBody) -> bool {
        match rule.condition {
            // A finding is there until it is fixed; of a session that is over it is left as it is.
            AlertCondition::NewCriticalFinding { .. } => self.ended,
            _ => patience(&rule.condition).is_none(),
        }
    }

    /// Takes the passing of time.
    pub fn tick(&mut self, rule: &AlertRuleBody, now: Timestamp) -> Option<Change> {
        self.look_at_rate(rule, now);
        if self.runs_out(rule)
            && let Some(firing) = &self.firing
        {
            let over = firing.last_at.plus(seconds(rule.resolve_seconds)) <= now;
            return over.then(|| self.resolve("quiet"));
        }
        self.settle(rule, now)
    }

    /// When time alone may change something next.
    pub fn due(&self, rule: &AlertRuleBody) -> Option<Timestamp> {
        let rate = match rule.condition {
            AlertCondition::Rate { .. } if !self.ended => {
                self.looked_at.map(|at| at.plus(Duration::from_millis(500)))
            }
            _ => None,
        };
        if let Some(firing) = &self.firing {
            let quiet = firing.last_at.plus(seconds(rule.resolve_seconds));
            return rate
                .into_iter()
                .chain(self.runs_out(rule).then_some(quiet))
                .min();
        }
        let ripe = patience(&rule.condition).and_then(|long| {
            let first = self.breaches.values().map(|breach| breach.since).min()?;
            let cool = self
                .last_fired
                .map(|last| last.plus(seconds(rule.cool_down_seconds)));
            Some(cool.map_or(first.plus(long), |cool| cool.max(first.plus(long))))
        });
        rate.into_iter().chain(ripe).min()
    }
}

impl Watch {
    /// A watch that was stored by a server before: what nobody could see while no server ran counts from now on.
    pub fn wake(&mut self, rule: &AlertRuleBody) {
        if matches!(rule.condition, AlertCondition::Silence { .. }) && self.firing.is_none() {
            self.breaches.clear();
        }
    }
}
