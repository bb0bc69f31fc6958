//! What a session's board says, as far as rules ask. In: figures. Out: whether a session is in a rule's scope.

use loopscope_event::{Dialect, ProjectId, SessionId, Severities};
use loopscope_protocol::{AlertScope, SessionStatus};

use loopscope_event::matches;

/// A session at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Glance {
    /// Its project.
    pub project: ProjectId,
    /// Its id.
    pub session_id: SessionId,
    /// The newest event that this accounts for.
    pub seq: u64,
    /// What it speaks.
    pub dialect: Dialect,
    /// Its name for people.
    pub name: String,
    /// What it works on.
    pub target: Option<String>,
    /// Where it stands.
    pub status: SessionStatus,
    /// Its state, in the dialect's spelling.
    pub state: String,
    /// Its pass.
    pub iteration: u32,
    /// Failed steps and errors.
    pub errors: u64,
    /// Findings that are open; `None` before the first look.
    pub findings_open: Option<u64>,
    /// The same by severity.
    pub open: Severities,
    /// How long it runs, in seconds.
    pub duration_seconds: f64,
}

impl Glance {
    /// Whether a rule of this scope is for this session.
    pub fn is_in(&self, scope: &AlertScope) -> bool {
        let named = |pattern: &String| {
            matches(pattern, &self.name) || matches(pattern, self.session_id.as_str())
        };
        let on = |pattern: &String| {
            let target = self.target.as_deref();
            target.is_some_and(|target| matches(pattern, target))
        };
        scope
            .project
            .as_ref()
            .is_none_or(|own| *own == self.project)
            && scope.dialect.is_none_or(|own| own == self.dialect)
            && scope.session.as_ref().is_none_or(named)
            && scope.target.as_ref().is_none_or(on)
    }

    /// One of the session's own figures, by the name under which rules know it.
    pub fn figure(&self, name: &str) -> Option<f64> {
        match name.strip_prefix("session.")? {
            "findings_open" => self.findings_open.map(|count| count as f64),
            "errors" => Some(self.errors as f64),
            "iteration" => Some(f64::from(self.iteration)),
            "events" => Some(self.seq as f64),
            "duration_seconds" => Some(self.duration_seconds),
            _ => None,
        }
    }
}
