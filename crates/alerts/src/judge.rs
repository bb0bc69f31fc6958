//! How each kind of rule reads events and boards. In: a rule, an event or a glance. Out: changes of a watch.

use loopscope_dialects::facts;
use loopscope_event::{Dialect, Event, Fact, Kind, Phase, Severity, StepFact, Timestamp};
use loopscope_protocol::{AlertCondition, AlertRuleBody, RateUnit};

use crate::glance::Glance;
use crate::watch::{Breach, Change, Holds, Watch};
use crate::words;
use loopscope_event::matches;

/// A bound with its way back.
#[derive(Clone, Copy)]
struct Bound {
    above: Option<f64>,
    below: Option<f64>,
    resolve_at: Option<f64>,
}

impl Bound {
    fn holds(self, value: f64) -> Holds {
        let is_beyond = self.above.is_some_and(|above| value > above)
            || self.below.is_some_and(|below| value < below);
        if is_beyond {
            return Holds::Yes;
        }
        // With both bounds there is no one way back: it resolves in between.
        let is_between = match (self.above, self.below, self.resolve_at) {
            (Some(_), None, Some(back)) => value > back,
            (None, Some(_), Some(back)) => value < back,
            _ => false,
        };
        if is_between {
            Holds::Between
        } else {
            Holds::No
        }
    }
}

impl Watch {
    /// Takes an event of the session. `now` is when it came, by the server's clock.
    pub fn event(&mut self, rule: &AlertRuleBody, event: &Event, now: Timestamp) -> Vec<Change> {
        if event.seq.0 <= self.seq || event.kind == Kind::Alert {
            return Vec::new();
        }
        self.seq = event.seq.0;
        let is_own = event.dialect == Dialect::Loopscope;
        match &rule.condition {
            AlertCondition::Silence { .. } | AlertCondition::Rate { .. } if is_own => Vec::new(),
            AlertCondition::Silence { seconds } => self.heard(rule, *seconds, now),
            AlertCondition::Rate { window_seconds, .. } => {
                self.window.count(*window_seconds, now);
                self.looked_at.get_or_insert(now);
                Vec::new()
            }
            AlertCondition::Event {
                names,
                severity,
                all,
                except,
            } => {
                if is_meant(event, names, *severity, *all, except) {
                    self.occur(rule, words::event(event), now)
                        .into_iter()
                        .collect()
                } else {
                    Vec::new()
                }
            }
            // Of the session's own figures the board tells.
            AlertCondition::Threshold { metric, .. } if metric.starts_with("session.") => {
                Vec::new()
            }
            AlertCondition::Stuck { .. } => Vec::new(),
            _ if is_own => Vec::new(),
            _ => self.facts(rule, event, now),
        }
    }

    fn heard(&mut self, rule: &AlertRuleBody, long: f64, now: Timestamp) -> Vec<Change> {
        self.breaches.clear();
        let change = self.settle(rule, now);
        self.wait_for_word(long, now);
        change.into_iter().collect()
    }

    /// From now on, silence counts.
    fn wait_for_word(&mut self, long: f64, now: Timestamp) {
        if !self.ended {
            self.level("", Holds::Yes, || Breach {
                since: now,
                summary: format!("no event for {}", words::span(long)),
                value: None,
            });
        }
    }

    fn facts(&mut self, rule: &AlertRuleBody, event: &Event, now: Timestamp) -> Vec<Change> {
        let mut changes = Vec::new();
        for fact in facts(event) {
            match (&rule.condition, fact) {
                (condition, Fact::Metrics(said)) => {
                    for (name, value) in &said.points {
                        if self.point(condition, name, *value, now) {
                            changes.extend(self.settle(rule, now));
                        }
                    }
                }
                (AlertCondition::StepFailed { step }, Fact::Step(said)) => {
                    changes.extend(self.step(rule, step.as_deref(), &said, now));
                }
                (AlertCondition::NewCriticalFinding { severity }, Fact::Finding(found))
                    if found.severity.is_some_and(|own| own <= *severity) =>
                {
                    changes.extend(self.occur(rule, words::finding(&found), now));
                }
                (AlertCondition::NewCriticalFinding { severity }, Fact::Step(said)) => {
                    let worst = said.severities.and_then(|counts| counts.worst());
                    if let Some(worst) = worst.filter(|worst| worst <= severity) {
                        let count = said.severities.map_or(0, |counts| counts.get(worst));
                        let what = format!("{} found {count} of severity {worst}", said.name);
                        changes.extend(self.occur(rule, words::cut(&what), now));
                    }
                }
                _ => {}
            }
        }
        changes
    }

    /// Takes a point of a metric. Out: whether the rule is about it.
    fn point(
        &mut self,
        condition: &AlertCondition,
        name: &str,
        value: f64,
        now: Timestamp,
    ) -> bool {
        match condition {
            AlertCondition::Threshold {
                metric,
                above,
                below,
                resolve_at,
                for_seconds,
            } if matches(metric, name) => {
                let bound = Bound {
                    above: *above,
                    below: *below,
                    resolve_at: *resolve_at,
                };
                self.measured(name, value, bound, *for_seconds, now);
            }
            AlertCondition::NonFinite { metrics }
                if metrics.is_empty() || metrics.iter().any(|own| matches(own, name)) =>
            {
                let holds = if value.is_finite() {
                    Holds::No
                } else {
                    Holds::Yes
                };
                self.level(name, holds, || Breach {
                    since: now,
                    summary: words::cut(&format!("{name} is {}", words::number(value))),
                    value: None,
                });
            }
            _ => return false,
        }
        true
    }

    fn measured(&mut self, name: &str, value: f64, bound: Bound, long: f64, now: Timestamp) {
        // What is no number is beyond no bound, and no way back either.
        let holds = if value.is_nan() {
            Holds::Between
        } else {
            bound.holds(value)
        };
        self.level(name, holds, || {
            let beyond = words::bound(value, bound.above, bound.below);
            let long = words::for_so_long(long);
            Breach {
                since: now,
                summary: words::cut(&format!(
                    "{name} is {}, {beyond}{long}",
                    words::number(value)
                )),
                value: value.is_finite().then_some(value),
            }
        });
    }

    fn step(
        &mut self,
        rule: &AlertRuleBody,
        pattern: Option<&str>,
        step: &StepFact,
        now: Timestamp,
    ) -> Option<Change> {
        if pattern.is_some_and(|pattern| !matches(pattern, &step.name)) {
            return None;
        }
        let failed = step.phase == Phase::Failed
            || (step.phase == Phase::Completed && step.success == Some(false));
        if failed {
            let why = step.error.as_deref().or(step.message.as_deref());
            let why = why.map(|why| format!(": {why}")).unwrap_or_default();
            self.word = Some(step.name.clone());
            return self.occur(rule, words::cut(&format!("{} failed{why}", step.name)), now);
        }
        let succeeded = step.phase == Phase::Completed && self.word.as_ref() == Some(&step.name);
        (succeeded && self.firing.is_some()).then(|| self.resolve("cleared"))
    }

    /// Takes what the session's board says now.
    pub fn glance(&mut self, rule: &AlertRuleBody, seen: &Glance, now: Timestamp) -> Vec<Change> {
        let was_ended = std::mem::replace(&mut self.ended, seen.status.is_ended());
        if self.ended {
            return self.session_over(rule, seen);
        }
        match &rule.condition {
            AlertCondition::Silence { seconds } if was_ended || self.breaches.is_empty() => {
                if self.firing.is_none() {
                    self.wait_for_word(*seconds, now);
                }
                Vec::new()
            }
            AlertCondition::Stuck { state, seconds } => {
                let moved = self.moved(rule, state.as_deref(), seen, now);
                self.stands(*seconds, now);
                moved.into_iter().chain(self.settle(rule, now)).collect()
            }
            AlertCondition::Threshold {
                metric,
                above,
                below,
                resolve_at,
                for_seconds,
            } => {
                if let Some(value) = seen.figure(metric) {
                    let bound = Bound {
                        above: *above,
                        below: *below,
                        resolve_at: *resolve_at,
                    };
                    self.measured(metric, value, bound, *for_seconds, now);
                }
                self.settle(rule, now).into_iter().collect()
            }
            AlertCondition::Rate { .. } => {
                self.window.begin(now);
                self.looked_at.get_or_insert(now);
                Vec::new()
            }
            AlertCondition::NewCriticalFinding { severity } => {
                self.fixed(*severity, seen).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }

    /// A rate, a silence, a bound: of a session that is over nothing of it can hold any more.
    fn session_over(&mut self, rule: &AlertRuleBody, seen: &Glance) -> Vec<Change> {
        if let AlertCondition::NewCriticalFinding { severity } = rule.condition {
            return self.fixed(severity, seen).into_iter().collect();
        }
        if crate::watch::patience(&rule.condition).is_none() {
            return Vec::new();
        }
        self.breaches.clear();
        self.looked_at = None;
        let was_firing = self.firing.is_some();
        was_firing
            .then(|| self.resolve("session_ended"))
            .into_iter()
            .collect()
    }

    /// None so bad is open any more, as far as a look that came after the last one found says.
    fn fixed(&mut self, severity: Severity, seen: &Glance) -> Option<Change> {
        let firing = self.firing.as_ref()?;
        let severities = Severity::ALL.iter().filter(|own| **own <= severity);
        let open: u64 = severities.map(|own| seen.open.get(*own)).sum();
        (seen.seq > firing.seq && seen.findings_open.is_some() && open == 0)
            .then(|| self.resolve("cleared"))
    }

    /// Takes the state that the session is in; one that it left is over.
    fn moved(
        &mut self,
        rule: &AlertRuleBody,
        wanted: Option<&str>,
        seen: &Glance,
        now: Timestamp,
    ) -> Option<Change> {
        let status = seen.status.as_str();
        let word = match wanted {
            Some(wanted) if matches(wanted, status) => Some(status),
            Some(wanted) => matches(wanted, &seen.state).then_some(seen.state.as_str()),
            None => Some(seen.state.as_str()),
        };
        if self.word.as_deref() == word {
            return None;
        }
        self.word = word.map(str::to_owned);
        self.breaches.clear();
        self.settle(rule, now)
    }

    /// It stands in the state that is meant.
    fn stands(&mut self, long: f64, now: Timestamp) {
        let Some(word) = self.word.as_ref().map(|word| word.to_lowercase()) else {
            return;
        };
        self.level("", Holds::Yes, || Breach {
            since: now,
            summary: words::cut(&format!("{word} for {}", words::span(long))),
            value: None,
        });
    }

    /// Looks at the rate, where the rule is about one and it is time.
    pub(crate) fn look_at_rate(&mut self, rule: &AlertRuleBody, now: Timestamp) {
        let AlertCondition::Rate {
            above,
            below,
            resolve_at,
            per,
            window_seconds,
            for_seconds,
        } = &rule.condition
        else {
            return;
        };
        if self.ended || self.looked_at.is_none() {
            return;
        }
        self.looked_at = Some(now);
        let (count, is_full) = self.window.sum(*window_seconds, now);
        let (unit, word) = match per {
            RateUnit::Second => (1.0, "s"),
            RateUnit::Minute => (60.0, "min"),
        };
        let rate = count as f64 / window_seconds.max(1e-6) * unit;
        // Too few there are only in a window that was seen whole.
        let below = below.filter(|_| is_full);
        if below.is_none() && above.is_none() {
            return;
        }
        let bound = Bound {
            above: *above,
            below,
            resolve_at: *resolve_at,
        };
        self.level("", bound.holds(rate), || Breach {
            since: now,
            summary: format!(
                "{} events / {word}, {}{}",
                words::number((rate * 100.0).round() / 100.0),
                words::bound(rate, *above, below),
                words::for_so_long(*for_seconds)
            ),
            value: Some(rate),
        });
    }
}

/// Whether a rule for events means this one.
fn is_meant(
    event: &Event,
    names: &[String],
    severity: Option<Severity>,
    all: bool,
    except: &[String],
) -> bool {
    let is = |patterns: &[String]| patterns.iter().any(|own| matches(own, &event.name));
    if is(except) {
        return false;
    }
    let grave = severity.map(|least| event.severity.is_some_and(|own| own <= least));
    let by_name = (!names.is_empty()).then(|| is(names));
    // The server's own events are meant only by name.
    if event.dialect == Dialect::Loopscope {
        return by_name == Some(true);
    }
    match (by_name, grave) {
        (Some(by_name), Some(grave)) if all => by_name && grave,
        (by_name, grave) => by_name == Some(true) || grave == Some(true),
    }
}
