//! Which sessions a list shows, and in what order. In: a [`SessionQuery`]. Out: conditions in SQL.

use loopscope_event::{Dialect, ProjectId, Timestamp};
use sqlx::{QueryBuilder, Sqlite};

use crate::read::filter::{like_literal, push_in};
use crate::store::code;

/// What a list of sessions is sorted by. Ties are broken by age.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SessionSort {
    /// When it began.
    #[default]
    Started,
    /// When its newest event was received.
    LastEvent,
    /// When it ended; those that go on count as never.
    Ended,
    /// Its status' word.
    Status,
    /// What its producer speaks.
    Dialect,
    /// Its name, else its id.
    Name,
    /// Its target.
    Target,
    /// How long it takes.
    Duration,
    /// Its present pass.
    Iteration,
    /// How many events it has.
    Events,
    /// Findings in all passes.
    Findings,
    /// Findings that are left.
    FindingsOpen,
    /// Fixes in all passes.
    Fixes,
    /// Findings of attacks.
    Vulnerabilities,
    /// Errors of the program itself.
    Errors,
    /// Mean quality; those without one count as the least.
    Quality,
}

impl SessionSort {
    /// The expression that is sorted by; never NULL, so that it can be a page's key.
    pub(crate) const fn expression(self) -> &'static str {
        match self {
            Self::Started => "s.started_at",
            Self::LastEvent => "s.last_event_at",
            Self::Ended => "coalesce(s.ended_at, 9223372036854775807)",
            Self::Status => "s.status",
            Self::Dialect => "s.dialect",
            Self::Name => "lower(coalesce(s.name, s.session_id))",
            Self::Target => "lower(coalesce(s.target, ''))",
            Self::Duration => "s.duration_us",
            Self::Iteration => "s.iteration",
            Self::Events => "s.last_seq",
            Self::Findings => "s.findings_total",
            Self::FindingsOpen => "s.findings_open",
            Self::Fixes => "s.fixes_total",
            Self::Vulnerabilities => "s.vulnerabilities_total",
            Self::Errors => "s.errors",
            Self::Quality => "coalesce(s.quality_milli, -1)",
        }
    }
}

/// Which sessions, in what order, from where; what is empty or `None` does not restrict.
#[derive(Debug, Clone, Default)]
pub struct SessionQuery {
    /// Of this project.
    pub project: Option<ProjectId>,
    /// With one of these statuses.
    pub statuses: Vec<String>,
    /// Of these dialects.
    pub dialects: Vec<Dialect>,
    /// Of these targets.
    pub targets: Vec<String>,
    /// With one of these tags.
    pub tags: Vec<String>,
    /// With this text in the name, the target or the id, in any case (of ASCII letters).
    pub search: Option<String>,
    /// Whether a tag that has the text counts too.
    pub search_tags: bool,
    /// Where a text is named: or one of these, by the keys that
    /// [`sessions_with_words`](crate::Journal::sessions_with_words) found.
    pub or_keys: Vec<i64>,
    /// With errors, or without.
    pub has_errors: Option<bool>,
    /// With findings left, or without.
    pub has_open_findings: Option<bool>,
    /// Begun at this moment or later.
    pub started_from: Option<Timestamp>,
    /// Begun before this moment.
    pub started_before: Option<Timestamp>,
    /// Sorted by.
    pub sort: SessionSort,
    /// Smallest first; else largest, newest or last in the alphabet first.
    pub ascending: bool,
    /// Goes on behind the page that gave this token.
    pub after: Option<String>,
    /// So many are left out first; for contracts that page by number.
    pub skip: u64,
    /// At most so many.
    pub limit: u32,
}

/// A part of the query that a facet leaves out when it counts its own values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Nothing,
    Project,
    Tag,
    Status,
    Dialect,
    Target,
    Errors,
    OpenFindings,
}

impl SessionQuery {
    /// Adds ` WHERE …` on a table called `s`, without one part of the query.
    pub(crate) fn push(&self, query: &mut QueryBuilder<Sqlite>, without: Part) {
        query.push(" WHERE 1");
        if let Some(project) = self.project.as_ref().filter(|_| without != Part::Project) {
            query
                .push(" AND s.project = (SELECT key FROM projects WHERE name = ")
                .push_bind(project.as_str().to_owned())
                .push(")");
        }
        if without != Part::Status {
            push_texts(query, "s.status", &self.statuses);
        }
        if without != Part::Dialect {
            let codes = self.dialects.iter().map(|dialect| code::dialect(*dialect));
            push_in(query, "s.dialect", codes);
        }
        if without != Part::Target {
            push_texts(query, "s.target", &self.targets);
        }
        if without != Part::Tag && !self.tags.is_empty() {
            query.push(" AND s.key IN (SELECT session FROM session_tags WHERE 1");
            push_texts(query, "tag", &self.tags);
            query.push(")");
        }
        if let Some(text) = self
            .search
            .as_deref()
            .map(str::trim)
            .filter(|text| !text.is_empty())
        {
            let pattern = format!("%{}%", like_literal(text));
            query
                .push(" AND (s.session_id LIKE ")
                .push_bind(pattern.clone());
            query
                .push(" ESCAPE '\\' OR s.name LIKE ")
                .push_bind(pattern.clone());
            query
                .push(" ESCAPE '\\' OR s.target LIKE ")
                .push_bind(pattern.clone());
            query.push(" ESCAPE '\\'");
            if self.search_tags {
                query
                    .push(" OR s.key IN (SELECT session FROM session_tags WHERE tag LIKE ")
                    .push_bind(pattern)
                    .push(" ESCAPE '\\')");
            }
            if !self.or_keys.is_empty() {
                query.push(" OR s.key IN (SELECT value FROM json_each(");
                query.push_bind(serde_json::to_string(&self.or_keys).unwrap_or_default());
                query.push("))");
            }
            query.push(")");
        }
        if without != Part::Errors {
            push_positive(query, "s.errors", self.has_errors);
        }
        if without != Part::OpenFindings {
            push_positive(query, "s.findings_open", self.has_open_findings);
        }
        if let Some(from) = self.started_from {
            query
                .push(" AND s.started_at >= ")
                .push_bind(from.as_micros());
        }
        if let Some(before) = self.started_before {
            query
                .push(" AND s.started_at < ")
                .push_bind(before.as_micros());
        }
    }
}

fn push_positive(query: &mut QueryBuilder<Sqlite>, column: &'static str, wanted: Option<bool>) {
    if let Some(wanted) = wanted {
        query
            .push(" AND ")
            .push(column)
            .push(if wanted { " > 0" } else { " = 0" });
    }
}

fn push_texts(query: &mut QueryBuilder<Sqlite>, column: &'static str, values: &[String]) {
    if values.is_empty() {
        return;
    }
    query.push(" AND ").push(column).push(" IN (");
    let mut list = query.separated(",");
    for value in values {
        list.push_bind(value.clone());
    }
    query.push(")");
}
