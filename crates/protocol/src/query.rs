//! What a list is asked for, as the address says it: `?status=running&sort=started`.
//!
//! In: pairs of names and values, percent-decoded. Out: a query and what was wrong with the pairs; or, back, a
//! query string. The API refuses a query with the first error; a page shows what could be read.

use loopscope_event::{Dialect, Duration, Kind, ProjectId, Seq, Severity, Timestamp};

use crate::{ApiError, MAX_QUESTION_CHARS, SessionSort, SessionStatus};

/// The most rows that one page of a list holds.
pub const MAX_LIMIT: u32 = 1000;

/// What `GET /api/v1/sessions` is asked for. An empty list is no condition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct SessionsQuery {
    /// `project`.
    pub project: Option<ProjectId>,
    /// `q`: words that name, id or target contain, in any case.
    pub text: Option<String>,
    /// `status`, repeatable.
    pub status: Vec<SessionStatus>,
    /// `kind`, or `dialect`, repeatable.
    pub kind: Vec<Dialect>,
    /// `target`, repeatable.
    pub target: Vec<String>,
    /// `tag`, repeatable: with any of them.
    pub tag: Vec<String>,
    /// `since`: begun at this moment or later; a date is its first moment, in UTC.
    pub since: Option<Timestamp>,
    /// `until`: begun before this moment; a date is its last one.
    pub until: Option<Timestamp>,
    /// `errors=1`: only sessions with failed steps or errors.
    pub with_errors: bool,
    /// `open=1`: only sessions with open findings.
    pub with_open_findings: bool,
    /// `sort`.
    pub sort: SessionSort,
    /// `order=asc`: the smallest first; else the largest.
    pub ascending: bool,
    /// `after`: the `next` of the page before.
    pub after: Option<String>,
    /// `limit`, 1 to [`MAX_LIMIT`]; 0 where not given: the server's choice.
    pub limit: u32,
}

/// What `GET /api/v1/sessions/{id}/events` is asked for. An empty list is no condition.
///
/// `after` reads on: the first events behind it. `before` and `at` read back: the last events before. With none
/// of them, the newest. The answer is by `seq` in every case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct EventsQuery {
    /// `after`: only events with a greater `seq`.
    pub after: Option<Seq>,
    /// `before`: only events with a smaller `seq`.
    pub before: Option<Seq>,
    /// `at`: only events that happened no later.
    pub at: Option<Timestamp>,
    /// `kind`, repeatable.
    pub kinds: Vec<Kind>,
    /// `severity`: at least this severe.
    pub severity: Option<Severity>,
    /// `step`: of this step (`data.step`), in any case.
    pub step: Option<String>,
    /// `iteration`.
    pub iteration: Option<u32>,
    /// `q`: words that the name or the payload contains, in any case.
    pub text: Option<String>,
    /// `limit`, 1 to [`MAX_LIMIT`]; 0 where not given: the server's choice.
    pub limit: u32,
}

/// Pairs being read, with what was wrong so far.
struct Reader {
    errors: Vec<ApiError>,
}

impl Reader {
    /// Reads one word, or notes that it cannot be read.
    fn word<T: std::str::FromStr>(&mut self, name: &str, value: &str, into: impl FnOnce(T)) {
        match value.parse() {
            Ok(word) => into(word),
            Err(_) => self.refuse(name, format!("`{}` is not known here", short(value))),
        }
    }

    fn refuse(&mut self, name: &str, message: String) {
        self.errors.push(ApiError::field(name, message));
    }

    /// A moment, or the beginning of the day that is so many days after a date.
    fn moment(&mut self, name: &str, value: &str, days: i64) -> Option<Timestamp> {
        let day = Timestamp::parse_utc(&format!("{value}T00:00:00Z"));
        let day = day.map(|day| day.plus(Duration::from_micros(days * DAY_US)));
        let moment = day.or_else(|| Timestamp::parse_utc(value));
        if moment.is_none() {
            self.refuse(name, "a date, or an RFC 3339 time".to_owned());
        }
        moment
    }

    fn text(&mut self, name: &str, value: &str) -> Option<String> {
        if value.chars().count() > MAX_QUESTION_CHARS {
            let limit = Some(format!("{MAX_QUESTION_CHARS} characters"));
            let error = ApiError::field(name, "the question is too long");
            self.errors.push(ApiError { limit, ..error });
            return None;
        }
        Some(value.to_owned())
    }

    fn limit(&mut self, value: &str) -> u32 {
        let known = value.parse().ok();
        let known = known.filter(|limit| (1..=MAX_LIMIT).contains(limit));
        if known.is_none() {
            self.errors.push(ApiError {
                limit: Some(MAX_LIMIT.to_string()),
                ..ApiError::field("limit", format!("a whole number from 1 to {MAX_LIMIT}"))
            });
        }
        known.unwrap_or(0)
    }

    /// A yes or no.
    fn flag(&mut self, name: &str, value: &str) -> bool {
        match value {
            "1" | "true" | "on" => true,
            "0" | "false" | "off" => false,
            _ => {
                self.refuse(name, "`0` or `1`".to_owned());
                false
            }
        }
    }

    /// Whether the smallest comes first.
    fn ascending(&mut self, value: &str) -> bool {
        if !matches!(value, "asc" | "desc") {
            self.refuse("order", "`asc` or `desc`".to_owned());
        }
        value == "asc"
    }

    /// The place of an event in its session: what the journal can hold.
    fn seq(&mut self, name: &str, value: &str) -> Option<Seq> {
        let known = value.parse::<i64>().ok();
        let known = known.and_then(|seq| u64::try_from(seq).ok()).map(Seq);
        if known.is_none() {
            self.refuse(name, "the `seq` of an event".to_owned());
        }
        known
    }
}

/// A day in microseconds.
const DAY_US: i64 = 86_400_000_000;

/// A moment as [`Reader::moment`] reads it back: as a date where it is one.
pub fn day_or_moment(at: Timestamp, days: i64) -> String {
    let text = at.plus(Duration::from_micros(-days * DAY_US)).to_string();
    match text.split_once('T') {
        Some((day, time)) if time.trim_end_matches(['0', ':', '.', 'Z']).is_empty() => {
            day.to_owned()
        }
        _ => at.to_string(),
    }
}

/// The beginning of a value, for words about it.
pub(crate) fn short(value: &str) -> String {
    value.chars().take(64).collect()
}

impl SessionsQuery {
    /// Reads the pairs of a query string. Unknown names and empty values are passed over.
    pub fn read<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, Vec<ApiError>) {
        let mut query = Self::default();
        let mut reader = Reader { errors: Vec::new() };
        for (name, value) in pairs {
            if value.is_empty() {
                continue;
            }
            match name {
                "project" => reader.word(name, value, |word| query.project = Some(word)),
                "q" => query.text = reader.text(name, value),
                "status" => reader.word(name, value, |word| query.status.push(word)),
                "kind" | "dialect" => reader.word(name, value, |word| query.kind.push(word)),
                "target" => query.target.push(value.to_owned()),
                "tag" => query.tag.push(value.to_owned()),
                "since" => query.since = reader.moment(name, value, 0),
                "until" => query.until = reader.moment(name, value, 1),
                "errors" => query.with_errors = reader.flag(name, value),
                "open" => query.with_open_findings = reader.flag(name, value),
                "sort" => reader.word(name, value, |word| query.sort = word),
                "order" => query.ascending = reader.ascending(value),
                "after" => query.after = Some(value.to_owned()),
                "limit" => query.limit = reader.limit(value),
                _ => {}
            }
        }
        (query, reader.errors)
    }

    /// The query as a query string, without `?`; what is not set is left out.
    pub fn to_query_string(&self) -> String {
        let mut out = Writer::default();
        out.set("q", self.text.as_deref());
        out.each("status", self.status.iter().map(|status| status.as_str()));
        out.each("kind", self.kind.iter().map(|kind| kind.as_str()));
        out.each("target", self.target.iter().map(String::as_str));
        out.each("tag", self.tag.iter().map(String::as_str));
        out.set(
            "since",
            self.since.map(|at| day_or_moment(at, 0)).as_deref(),
        );
        out.set(
            "until",
            self.until.map(|at| day_or_moment(at, 1)).as_deref(),
        );
        out.set("errors", self.with_errors.then_some("1"));
        out.set("open", self.with_open_findings.then_some("1"));
        let sort = (self.sort != SessionSort::default()).then_some(self.sort.as_str());
        out.set("sort", sort);
        out.set("order", self.ascending.then_some("asc"));
        out.set("project", self.project.as_ref().map(ProjectId::as_str));
        out.set("after", self.after.as_deref());
        out.number("limit", (self.limit > 0).then_some(self.limit.into()));
        out.0
    }

    /// Whether any condition is set, whatever the order and the place.
    pub fn is_filtered(&self) -> bool {
        let order_only = Self {
            sort: self.sort,
            ascending: self.ascending,
            after: self.after.clone(),
            limit: self.limit,
            ..Self::default()
        };
        *self != order_only
    }
}

impl EventsQuery {
    /// Reads the pairs of a query string. Unknown names and empty values are passed over.
    pub fn read<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, Vec<ApiError>) {
        let mut query = Self::default();
        let mut reader = Reader { errors: Vec::new() };
        for (name, value) in pairs {
            if value.is_empty() {
                continue;
            }
            match name {
                "after" => query.after = reader.seq(name, value),
                "before" => query.before = reader.seq(name, value),
                "at" => match Timestamp::parse_utc(value) {
                    Some(at) => query.at = Some(at),
                    None => reader.refuse(name, "an RFC 3339 time".to_owned()),
                },
                "kind" => reader.word(name, value, |kind| query.kinds.push(kind)),
                "severity" => reader.word(name, value, |word| query.severity = Some(word)),
                "step" => query.step = Some(value.to_owned()),
                "iteration" => reader.word(name, value, |number| query.iteration = Some(number)),
                "q" => query.text = Some(value.to_owned()),
                "limit" => query.limit = reader.limit(value),
                _ => {}
            }
        }
        (query, reader.errors)
    }

    /// The query as a query string, without `?`; what is not set is left out.
    pub fn to_query_string(&self) -> String {
        let mut out = Writer::default();
        out.number("after", self.after.map(|seq| seq.0));
        out.number("before", self.before.map(|seq| seq.0));
        out.set("at", self.at.map(|at| at.to_string()).as_deref());
        out.each("kind", self.kinds.iter().map(|kind| kind.as_str()));
        out.set("severity", self.severity.map(Severity::as_str));
        out.set("step", self.step.as_deref());
        out.number("iteration", self.iteration.map(u64::from));
        out.set("q", self.text.as_deref());
        out.number("limit", (self.limit > 0).then_some(self.limit.into()));
        out.0
    }

    /// Whether any condition is set, whatever the place.
    pub fn is_filtered(&self) -> bool {
        !self.kinds.is_empty()
            || self.severity.is_some()
            || self.step.is_some()
            || self.iteration.is_some()
            || self.text.is_some()
    }
}

/// A query string being written.
#[derive(Default)]
pub(crate) struct Writer(String);

impl Writer {
    /// The query string.
    pub(crate) fn finish(self) -> String {
        self.0
    }

    pub(crate) fn set(&mut self, name: &str, value: Option<&str>) {
        if let Some(value) = value {
            if !self.0.is_empty() {
                self.0.push('&');
            }
            self.0.push_str(name);
            self.0.push('=');
            percent_encode(value, &mut self.0);
        }
    }

    pub(crate) fn each<'a>(&mut self, name: &str, values: impl Iterator<Item = &'a str>) {
        values.for_each(|value| self.set(name, Some(value)));
    }

    pub(crate) fn number(&mut self, name: &str, value: Option<u64>) {
        self.set(name, value.map(|value| value.to_string()).as_deref());
    }
}

/// Writes a text so that it means itself in any part of an address: all but RFC 3986's unreserved characters as
/// `%XX`.
pub fn percent_encode(text: &str, out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(byte.into());
        } else {
            out.push('%');
            out.push(HEX[usize::from(byte >> 4)].into());
            out.push(HEX[usize::from(byte & 15)].into());
        }
    }
}

#[cfg(test)]
mod tests;
