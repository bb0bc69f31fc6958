//! Spans: what took time in a session, as `GET /api/v1/sessions/{id}/spans` is asked and answers.
//!
//! A span is derived from the events that began and ended it. It names them, so that a list of spans can be shown as it
//! was at any event. Times are microseconds since the Unix epoch, by the producer's clock.

use std::fmt;
use std::str::FromStr;

use loopscope_event::{Seq, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ApiError;
use crate::query::{Writer, short};

/// The most spans of one answer.
pub const MAX_SPANS: u32 = 50_000;

/// The spans of one answer where nothing is said.
pub const SPANS: u32 = 2_000;

/// Which span: the event that first told of it, and which of that event's spans. Written `1204`, or `1204.2`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpanId {
    /// The event.
    pub seq: Seq,
    /// Which of its spans, from 0.
    pub nth: u16,
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.nth {
            0 => write!(f, "{}", self.seq),
            nth => write!(f, "{}.{nth}", self.seq),
        }
    }
}

impl FromStr for SpanId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "a span such as `1204` or `1204.2`";
        let (seq, nth) = text.split_once('.').unwrap_or((text, "0"));
        Ok(Self {
            seq: Seq(seq.parse().map_err(|_| wrong)?),
            nth: nth.parse().map_err(|_| wrong)?,
        })
    }
}

impl Serialize for SpanId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for SpanId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// What kind of work a span is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SpanKind {
    /// A pass of a loop, or a batch of a training run.
    Iteration,
    /// A group of skills that run together.
    Wave,
    /// A step: of a loop, a workflow, a task.
    Step,
    /// A skill.
    Skill,
    /// A phase of synthesis.
    Phase,
    /// A task of an agent.
    Agent,
    /// A stage in the life of a seed.
    Seed,
    /// A check.
    Validation,
    /// A question waits for a person.
    Decision,
    /// The program stands still.
    Halt,
    /// The link to the program is lost.
    Outage,
}

impl SpanKind {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 11] = [
        Self::Iteration,
        Self::Wave,
        Self::Step,
        Self::Skill,
        Self::Phase,
        Self::Agent,
        Self::Seed,
        Self::Validation,
        Self::Decision,
        Self::Halt,
        Self::Outage,
    ];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Iteration => "iteration",
            Self::Wave => "wave",
            Self::Step => "step",
            Self::Skill => "skill",
            Self::Phase => "phase",
            Self::Agent => "agent",
            Self::Seed => "seed",
            Self::Validation => "validation",
            Self::Decision => "decision",
            Self::Halt => "halt",
            Self::Outage => "outage",
        }
    }
}

impl FromStr for SpanKind {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == word);
        found.ok_or("a kind of span")
    }
}

/// Where a span is, the worst last.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum SpanStatus {
    /// It returned.
    #[default]
    Completed,
    /// It was left out, or its time was over.
    Skipped,
    /// It goes on.
    Running,
    /// Nobody said how it ended.
    Unknown,
    /// It broke.
    Failed,
}

impl SpanStatus {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Skipped => "skipped",
            Self::Running => "running",
            Self::Unknown => "unknown",
            Self::Failed => "failed",
        }
    }
}

/// What took time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Which.
    pub id: SpanId,
    /// The span that it is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<SpanId>,
    /// How deep it is nested; 0 for one that is part of none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub depth: u8,
    /// What kind of work.
    pub kind: SpanKind,
    /// Its name: the step's, the skill's, the agent's. Spans of one kind and name are one lane.
    pub name: String,
    /// When it began.
    pub start_us: i64,
    /// When it ended; `None` while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_us: Option<i64>,
    /// The event that ended it; `None` where none did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_seq: Option<Seq>,
    /// Where it is.
    #[serde(default)]
    pub status: SpanStatus,
    /// The pass of the loop that it is in; 0 for none.
    #[serde(default, skip_serializing_if = "is_default")]
    pub iteration: u32,
    /// What it came to, in a few words: `3 findings`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// What it says of itself, or why it broke.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What did it: the tool with its arguments, the agent's role, who answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// What it stands for, where it is many short neighbours of one lane.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<Box<MergedSpans>>,
}

/// Many short neighbours of one lane, as one span from the first's start to the last's end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergedSpans {
    /// How many.
    pub count: u64,
    /// How many of them broke.
    pub failed: u64,
    /// The time that all of them took.
    pub busy_us: i64,
    /// The shortest.
    pub min_us: i64,
    /// The longest.
    pub max_us: i64,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Span {
    /// When it ended; `now` where it goes on.
    pub fn end_at(&self, now_us: i64) -> i64 {
        self.end_us.unwrap_or(now_us).max(self.start_us)
    }

    /// How many spans it stands for.
    pub fn count(&self) -> u64 {
        self.merged.as_ref().map_or(1, |merged| merged.count)
    }
}

/// What `GET /api/v1/sessions/{id}/spans` is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SpansQuery {
    /// `from`: only spans that end no earlier, in microseconds since the Unix epoch.
    pub from_us: Option<i64>,
    /// `to`: only spans that begin no later.
    pub to_us: Option<i64>,
    /// `kind`, repeatable; an empty list is no condition.
    pub kinds: Vec<SpanKind>,
    /// `each=1`: one by one, in order of their start, the rest behind `next`; else all, short neighbours merged.
    pub each: bool,
    /// `after`: the `next` of the page before.
    pub after: Option<SpanPlace>,
    /// `resume=1`: with what is needed to go on from the next event.
    pub resume: bool,
    /// `limit`, 1 to [`MAX_SPANS`]; 0 where not given: [`SPANS`].
    pub limit: u32,
}

/// A place in the list of spans: by start, then by id. Written `1767607200000000-1204`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SpanPlace {
    /// When the span there began.
    pub start_us: i64,
    /// Which it is.
    pub id: SpanId,
}

impl fmt::Display for SpanPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}", self.start_us, self.id)
    }
}

impl FromStr for SpanPlace {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "not a `next` of this list";
        let (start, id) = text.split_once('_').ok_or(wrong)?;
        Ok(Self {
            start_us: start.parse().map_err(|_| wrong)?,
            id: id.parse().map_err(|_| wrong)?,
        })
    }
}

impl SpansQuery {
    /// Reads the pairs of a query string. Unknown names and empty values are passed over.
    pub fn read<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, Vec<ApiError>) {
        let mut query = Self::default();
        let mut errors = Vec::new();
        for (name, value) in pairs {
            if value.is_empty() {
                continue;
            }
            let said =
                |what: &str| ApiError::field(name, format!("`{}` is not {what}", short(value)));
            let result = match name {
                "from" => moment(name, value).map(|at| query.from_us = Some(at)),
                "to" => moment(name, value).map(|at| query.to_us = Some(at)),
                "kind" => value
                    .parse()
                    .map(|kind| query.kinds.push(kind))
                    .map_err(said),
                "each" => flag(name, value).map(|on| query.each = on),
                "resume" => flag(name, value).map(|on| query.resume = on),
                "after" => value
                    .parse()
                    .map(|place| query.after = Some(place))
                    .map_err(|what: &str| ApiError::field(name, what)),
                "limit" => limit(value).map(|count| query.limit = count),
                _ => Ok(()),
            };
            errors.extend(result.err());
        }
        if let (Some(from), Some(to)) = (query.from_us, query.to_us)
            && from > to
        {
            errors.push(ApiError::field("to", "`to` comes before `from`"));
        }
        (query, errors)
    }

    /// The query as a query string, without `?`; what is not set is left out.
    pub fn to_query_string(&self) -> String {
        let mut out = Writer::default();
        let millis = |at: Option<i64>| at.map(millis_of);
        out.set("from", millis(self.from_us).as_deref());
        out.set("to", millis(self.to_us).as_deref());
        out.each("kind", self.kinds.iter().map(|kind| kind.as_str()));
        out.set("each", self.each.then_some("1"));
        out.set("after", self.after.map(|at| at.to_string()).as_deref());
        out.set("resume", self.resume.then_some("1"));
        out.number("limit", (self.limit > 0).then_some(self.limit.into()));
        out.finish()
    }
}

/// Microseconds as milliseconds, exactly.
fn millis_of(at_us: i64) -> String {
    match (at_us.div_euclid(1_000), at_us.rem_euclid(1_000)) {
        (millis, 0) => millis.to_string(),
        (millis, micros) if millis >= 0 => format!("{millis}.{micros:03}"),
        _ => (at_us as f64 / 1e3).to_string(),
    }
}

/// Milliseconds since the Unix epoch, or an RFC 3339 time.
fn moment(field: &str, value: &str) -> Result<i64, ApiError> {
    let number = value.parse::<f64>().ok();
    let number = number.filter(|number| number.is_finite() && number.abs() < 1e15);
    let number = number.map(|millis| (millis * 1e3).round() as i64);
    let moment = || Timestamp::parse_utc(value).map(Timestamp::as_micros);
    number.or_else(moment).ok_or_else(|| {
        let message = "milliseconds since the Unix epoch, or an RFC 3339 time";
        ApiError::field(field, message)
    })
}

fn flag(field: &str, value: &str) -> Result<bool, ApiError> {
    match value {
        "1" | "true" => Ok(true),
        "0" | "false" => Ok(false),
        _ => Err(ApiError::field(field, "`0` or `1`")),
    }
}

fn limit(value: &str) -> Result<u32, ApiError> {
    let known = value.parse().ok();
    let known = known.filter(|count| (1..=MAX_SPANS).contains(count));
    known.ok_or_else(|| ApiError {
        limit: Some(format!("{MAX_SPANS} spans")),
        ..ApiError::field("limit", format!("a whole number from 1 to {MAX_SPANS}"))
    })
}

/// Spans of a session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpansAnswer {
    /// By start.
    pub spans: Vec<Span>,
    /// The first start and the last end of all spans of the session; where one goes on, its start counts.
    pub range_us: Option<(i64, i64)>,
    /// How many spans there are in the stretch.
    pub total: u64,
    /// Whether some of them were merged.
    pub merged: bool,
    /// The events up to this one are in it.
    pub seq: Seq,
    /// Where the next page goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_reads_back_what_it_writes() {
        let (query, errors) = SpansQuery::read([
            ("from", "2026-01-05T10:00:00.000250Z"),
            ("to", "1767607260000"),
            ("kind", "step"),
            ("kind", "agent"),
            ("each", "1"),
            ("after", "1767607200000000_12.3"),
            ("limit", "50"),
        ]);
        assert_eq!(errors, []);
        let text = query.to_query_string();
        assert_eq!(
            text,
            "from=1767607200000.250&to=1767607260000&kind=step&kind=agent&each=1&after=1767607200000000_12.3&limit=50"
        );
        let pairs: Vec<_> = text
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .collect();
        assert_eq!(SpansQuery::read(pairs), (query, vec![]));
    }

    #[test]
    fn what_is_out_of_bounds_names_its_field() {
        for (name, value) in [
            ("from", "NaN"),
            ("to", "noon"),
            ("kind", "lunch"),
            ("each", "yes"),
            ("after", "12"),
            ("limit", "0"),
            ("limit", "50001"),
        ] {
            let (_, errors) = SpansQuery::read([(name, value)]);
            assert_eq!(errors.len(), 1, "{name}={value}");
            assert_eq!(errors[0].field.as_deref(), Some(name));
        }
        let (_, errors) = SpansQuery::read([("from", "2"), ("to", "1")]);
        assert_eq!(errors[0].field.as_deref(), Some("to"));
    }

    #[test]
    fn an_id_is_one_word() {
        for (id, text) in [
            (
                SpanId {
                    seq: Seq(12),
                    nth: 0,
                },
                "\"12\"",
            ),
            (
                SpanId {
                    seq: Seq(12),
                    nth: 3,
                },
                "\"12.3\"",
            ),
        ] {
            assert_eq!(serde_json::to_string(&id).unwrap(), text);
            assert_eq!(serde_json::from_str::<SpanId>(text).unwrap(), id);
        }
        assert!("x".parse::<SpanId>().is_err() && "1.x".parse::<SpanId>().is_err());
    }
}
