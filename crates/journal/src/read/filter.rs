//! Which events a reader wants. In: an [`EventFilter`]. Out: conditions in SQL.

use loopscope_event::{Dialect, Kind, ProjectId, SessionId, Severity, Timestamp};
use sqlx::{QueryBuilder, Sqlite};

use crate::store::code;

/// Which events a reader wants; what is empty or `None` does not restrict.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Of this project.
    pub project: Option<ProjectId>,
    /// Of these sessions; in [`session_events`](crate::Journal::session_events) not looked at.
    pub sessions: Vec<SessionId>,
    /// Whose name is one of these, in any case; one that ends in `*` is a prefix, `*` alone is every name.
    pub names: Vec<String>,
    /// Of these kinds.
    pub kinds: Vec<Kind>,
    /// Of these severities.
    pub severities: Vec<Severity>,
    /// Of these dialects.
    pub dialects: Vec<Dialect>,
    /// Of none of these dialects.
    pub without_dialects: Vec<Dialect>,
    /// Of this iteration.
    pub iteration: Option<u32>,
    /// That happened no later, by the producer's clock.
    pub until: Option<Timestamp>,
    /// Of this step (`step` of the payload), in any case (of ASCII letters).
    pub step: Option<String>,
    /// With this text in the name, the state or the payload, in any case (of ASCII letters).
    pub text: Option<String>,
}

/// Adds ` AND column IN (…)`, unless there is nothing to choose from.
pub(crate) fn push_in(
    query: &mut QueryBuilder<Sqlite>,
    column: &'static str,
    values: impl ExactSizeIterator<Item = i64>,
) {
    push_among(query, column, "IN", values);
}

fn push_among(
    query: &mut QueryBuilder<Sqlite>,
    column: &'static str,
    operator: &'static str,
    values: impl ExactSizeIterator<Item = i64>,
) {
    if values.len() == 0 {
        return;
    }
    query
        .push(" AND ")
        .push(column)
        .push(" ")
        .push(operator)
        .push(" (");
    let mut list = query.separated(",");
    for value in values {
        list.push_bind(value);
    }
    query.push(")");
}

/// A text as a LIKE pattern that means itself, escaped by `\`.
pub(crate) fn like_literal(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern
}

impl EventFilter {
    /// Adds the filter's conditions, but project and sessions, on a table called `e`.
    pub(crate) fn push(&self, query: &mut QueryBuilder<Sqlite>) {
        push_in(
            query,
            "e.kind",
            self.kinds.iter().map(|kind| code::kind(*kind)),
        );
        push_in(
            query,
            "e.severity",
            self.severities
                .iter()
                .map(|severity| code::severity(*severity)),
        );
        push_in(
            query,
            "e.dialect",
            self.dialects.iter().map(|dialect| code::dialect(*dialect)),
        );
        push_among(
            query,
            "e.dialect",
            "NOT IN",
            self.without_dialects
                .iter()
                .map(|dialect| code::dialect(*dialect)),
        );
        if let Some(iteration) = self.iteration {
            query
                .push(" AND e.iteration = ")
                .push_bind(i64::from(iteration));
        }
        if let Some(until) = self.until {
            query
                .push(" AND e.timestamp <= ")
                .push_bind(until.as_micros());
        }
        if let Some(step) = &self.step {
            query.push(" AND json_extract(e.data, '$.step') LIKE ");
            query.push_bind(like_literal(step)).push(" ESCAPE '\\'");
        }
        self.push_names(query);
        if let Some(text) = self.text.as_deref().filter(|text| !text.is_empty()) {
            let pattern = format!("%{}%", like_literal(text));
            query.push(" AND (e.data LIKE ").push_bind(pattern.clone());
            query
                .push(" ESCAPE '\\' OR e.name LIKE ")
                .push_bind(pattern.clone());
            query
                .push(" ESCAPE '\\' OR e.state LIKE ")
                .push_bind(pattern);
            query.push(" ESCAPE '\\')");
        }
    }

    fn push_names(&self, query: &mut QueryBuilder<Sqlite>) {
        if self.names.is_empty() || self.names.iter().any(|name| name == "*") {
            return;
        }
        query.push(" AND (");
        let mut first = true;
        for name in &self.names {
            if !first {
                query.push(" OR ");
            }
            first = false;
            let pattern = match name.strip_suffix('*') {
                Some(prefix) => format!("{}%", like_literal(prefix)),
                None => like_literal(name),
            };
            query
                .push("e.name LIKE ")
                .push_bind(pattern)
                .push(" ESCAPE '\\'");
        }
        query.push(")");
    }

    /// Whether every event passes.
    pub(crate) fn is_open(&self) -> bool {
        *self == Self::default()
    }
}
