//! Runs side by side: what `GET /api/v1/compare` is asked and answers.
//!
//! A comparison is small and ready to be shown: a value a pass and run for every figure that the runs share, the end
//! results with the best marked, the differences of their configurations. Metric series stay where they are
//! (`…/series`); here are their names and last values.

use std::fmt;
use std::str::FromStr;

use loopscope_event::{Cursor, IdError, ProjectId, SessionId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::query::Writer;
use crate::{ApiError, SessionSummary, percent_encode};

/// The most runs that are compared at once.
pub const MAX_COMPARED: usize = 8;

/// A session by its project and id, as one word: `id`, or `project/id` where the project is not the default one. A
/// slash or a per cent sign within either is written `%2F`, `%25`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SessionRef {
    /// Its project.
    pub project: ProjectId,
    /// Its id.
    pub id: SessionId,
}

impl fmt::Display for SessionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escape = |text: &str| text.replace('%', "%25").replace('/', "%2F");
        if self.project != ProjectId::default() {
            write!(f, "{}/", escape(self.project.as_str()))?;
        }
        f.write_str(&escape(self.id.as_str()))
    }
}

impl FromStr for SessionRef {
    type Err = IdError;

    fn from_str(word: &str) -> Result<Self, IdError> {
        let plain = |text: &str| {
            text.replace("%2F", "/")
                .replace("%2f", "/")
                .replace("%25", "%")
        };
        let (project, id) = match word.split_once('/') {
            Some((project, id)) => (ProjectId::new(plain(project))?, id),
            None => (ProjectId::default(), word),
        };
        Ok(Self {
            project,
            id: SessionId::new(plain(id))?,
        })
    }
}

impl TryFrom<String> for SessionRef {
    type Error = IdError;
    fn try_from(word: String) -> Result<Self, IdError> {
        word.parse()
    }
}

impl From<SessionRef> for String {
    fn from(session: SessionRef) -> Self {
        session.to_string()
    }
}

/// What `GET /api/v1/compare` is asked for.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CompareQuery {
    /// `session`, repeatable: the runs, each once, in this order.
    pub sessions: Vec<SessionRef>,
}

impl CompareQuery {
    /// Reads the pairs of a query string. Unknown names and empty values are passed over.
    pub fn read<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, Vec<ApiError>) {
        let mut query = Self::default();
        let mut errors = Vec::new();
        for (_, value) in pairs
            .into_iter()
            .filter(|(name, value)| *name == "session" && !value.is_empty())
        {
            match value.parse::<SessionRef>() {
                Err(error) => errors.push(ApiError::field("session", error.to_string())),
                Ok(session) if query.sessions.contains(&session) => {}
                Ok(_) if query.sessions.len() == MAX_COMPARED => {
                    let message = format!("at most {MAX_COMPARED} sessions are compared at once");
                    let limit = Some(format!("{MAX_COMPARED} sessions"));
                    errors.push(ApiError {
                        limit,
                        ..ApiError::field("session", message)
                    });
                }
                Ok(session) => query.sessions.push(session),
            }
        }
        (query, errors)
    }

    /// The query as a query string, without `?`.
    pub fn to_query_string(&self) -> String {
        let mut out = Writer::default();
        for session in &self.sessions {
            out.set("session", Some(&session.to_string()));
        }
        out.finish()
    }

    /// The address of the page that shows it.
    pub fn page(&self) -> String {
        let mut href = "/compare".to_owned();
        for (n, session) in self.sessions.iter().enumerate() {
            href.push_str(if n == 0 { "?session=" } else { "&session=" });
            percent_encode(&session.to_string(), &mut href);
        }
        href
    }
}

/// Runs side by side. Every list of values has an element a run, in the order of `runs`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The runs, in the order asked for.
    pub runs: Vec<ComparedRun>,
    /// Those that there are not, or no longer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<SessionRef>,
    /// What is told a pass, of at least two runs (of one, where only one is asked for).
    pub curves: Vec<ComparedCurve>,
    /// Metrics that at least two runs have logged.
    pub metrics: Vec<SharedMetric>,
    /// What the runs came to.
    pub results: Vec<ComparedResult>,
    /// Their configurations, key by key.
    pub config: Vec<ConfigRow>,
    /// Keys of configurations beyond the most that are told.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub config_left_out: u64,
    /// What this has seen.
    pub cursor: Cursor,
    /// The server's clock when it answered.
    pub server_time: Timestamp,
}

/// Serde asks for a reference.
fn is_zero<T: Default + PartialEq>(number: &T) -> bool {
    *number == T::default()
}

/// One run, and its passes.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparedRun {
    /// Its row.
    pub summary: SessionSummary,
    /// The numbers of its passes; where a very long run's were merged, the first of each group.
    pub passes: Vec<u32>,
    /// When each was over (a pass that goes on: when it began), in milliseconds since the run began.
    pub at_ms: Vec<f64>,
    /// How many passes each stands for.
    pub stride: u32,
}

/// What a figure counts.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FigureUnit {
    /// Whole things.
    Count,
    /// A number without a unit.
    Number,
    /// Per cent: 50 is half.
    Percent,
    /// Milliseconds.
    DurationMs,
}

impl FigureUnit {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Number => "number",
            Self::Percent => "percent",
            Self::DurationMs => "duration_ms",
        }
    }
}

/// Which of two figures is the better one.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Better {
    /// The smaller.
    Lower,
    /// The larger.
    Higher,
    /// Neither.
    Neither,
}

impl Better {
    /// As a reader is told; nothing where neither is.
    pub const fn words(self) -> Option<&'static str> {
        match self {
            Self::Lower => Some("lower is better"),
            Self::Higher => Some("higher is better"),
            Self::Neither => None,
        }
    }
}

/// One figure over the passes of all runs.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparedCurve {
    /// A word for it: `findings`, `step:diagnose`.
    pub id: String,
    /// Its name: `Findings`.
    pub name: String,
    /// What it counts.
    pub unit: FigureUnit,
    /// Which is better.
    pub better: Better,
    /// A list a run, as long as its passes; empty where the run never tells it. Of merged passes the mean.
    pub runs: Vec<Vec<Option<f64>>>,
}

/// A metric that runs share.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SharedMetric {
    /// Its name.
    pub name: String,
    /// Which is better, as far as its name tells.
    pub better: Better,
    /// The newest value of each run that has one.
    pub last: Vec<Option<f64>>,
    /// The smallest and the largest.
    pub range: Vec<Option<(f64, f64)>>,
    /// How many points each has.
    pub points: Vec<u64>,
}

/// One thing that the runs came to.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparedResult {
    /// A word for it: `duration`.
    pub id: String,
    /// Its name: `Duration`.
    pub name: String,
    /// What the figures count.
    pub unit: FigureUnit,
    /// Which is better.
    pub better: Better,
    /// A cell a run.
    pub cells: Vec<ResultCell>,
}

/// What one run came to.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ResultCell {
    /// The figure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub figure: Option<f64>,
    /// Words before it, or in its place: `fix`, `not in 10`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub word: Option<String>,
    /// Whether it is the best of the runs that count: those that are over, for what only the successful ones have a say
    /// in those.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub best: bool,
}

/// One key of the configurations.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConfigRow {
    /// The key, its parts joined by dots.
    pub key: String,
    /// The value of each run, as JSON writes it but for the quotes of texts; `None` where it has none.
    pub values: Vec<Option<String>>,
    /// Whether the runs differ.
    pub differs: bool,
    /// Whether a run's value is not what most have.
    pub odd: Vec<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_is_one_word_whatever_its_names() {
        for (project, id) in [
            ("default", "a"),
            ("default", "a/b %2F ü"),
            ("lab/2", "run 7"),
            ("50%", "%25/"),
        ] {
            let session = SessionRef {
                project: ProjectId::new(project).unwrap(),
                id: SessionId::new(id).unwrap(),
            };
            assert_eq!(session.to_string().parse(), Ok(session));
        }
        let plain: SessionRef = "run-7".parse().unwrap();
        assert_eq!(
            (plain.project.as_str(), plain.id.as_str()),
            ("default", "run-7")
        );
    }

    #[test]
    fn a_query_takes_each_run_once_and_eight_at_most() {
        let (query, errors) = CompareQuery::read([
            ("session", "b"),
            ("session", "lab/a"),
            ("session", "b"),
            ("x", "y"),
        ]);
        assert_eq!(errors, []);
        assert_eq!(query.to_query_string(), "session=b&session=lab%2Fa");
        assert_eq!(query.page(), "/compare?session=b&session=lab%2Fa");
        let many: Vec<String> = (0..9).map(|n| format!("s{n}")).collect();
        let (query, errors) = CompareQuery::read(many.iter().map(|id| ("session", id.as_str())));
        assert_eq!(query.sessions.len(), MAX_COMPARED);
        assert_eq!(errors[0].limit.as_deref(), Some("8 sessions"));
    }
}
