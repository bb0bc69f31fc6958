//! Spans: what took time in a session.
//!
//! A span is derived from the events that began and ended it. It names them, so that a list of spans can be shown as it
//! was at any event. Times are microseconds since the Unix epoch, by the producer's clock.

use std::fmt;
use std::str::FromStr;

use loopscope_event::Seq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

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
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
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
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
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

#[cfg(test)]
mod tests {
    use super::*;

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
