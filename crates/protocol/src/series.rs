//! Metric series: what `GET /api/v1/sessions/{id}/metrics` and `…/series` are asked and answer.
//!
//! A series is every point of one metric, in the order in which they came. An answer shows a stretch of it in columns:
//! each says what its smallest and its largest point is and where, so that one point among a million is seen.

use std::str::FromStr;

use loopscope_event::{Seq, Timestamp};
use serde::{Deserialize, Serialize};

use crate::ApiError;
use crate::number::Number;
use crate::query::{Writer, short};

/// The most series in one answer.
pub const MAX_SERIES_NAMES: usize = 16;

/// The most columns of one answer.
pub const MAX_SERIES_COLUMNS: u32 = 4_000;

/// The columns where nothing is said.
pub const SERIES_COLUMNS: u32 = 800;

/// The longest name of a metric, in bytes.
pub const MAX_METRIC_NAME: usize = 512;

/// What the points of a series are laid out along.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SeriesAxis {
    /// The producer's step.
    #[default]
    Step,
    /// The producer's epoch.
    Epoch,
    /// The producer's clock: milliseconds since the Unix epoch.
    Time,
    /// The order in which they came: 0, 1, 2 …
    Index,
}

impl SeriesAxis {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Step, Self::Epoch, Self::Time, Self::Index];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Step => "step",
            Self::Epoch => "epoch",
            Self::Time => "time",
            Self::Index => "index",
        }
    }
}

impl FromStr for SeriesAxis {
    type Err = &'static str;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL.into_iter().find(|axis| axis.as_str() == word);
        found.ok_or("one of `step`, `epoch`, `time`, `index`")
    }
}

/// Every metric of a session: `GET /api/v1/sessions/{id}/metrics`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MetricsAnswer {
    /// By name.
    pub metrics: Vec<MetricRow>,
    /// Points of metrics beyond the most that are kept apart.
    pub left_out: u64,
    /// The events up to this one are in it.
    pub seq: Seq,
}

/// One metric.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MetricRow {
    /// Its name.
    pub name: String,
    /// How many points it has, whatever their values.
    pub count: u64,
    /// How many of them are NaN or infinite.
    pub non_finite: u64,
    /// How many of them have a step lower than one before.
    pub out_of_order: u64,
    /// The newest value.
    pub last: Number,
    /// When it was, by the producer's clock.
    pub last_at: Timestamp,
    /// The newest point's step.
    pub last_step: Option<f64>,
    /// The newest point's epoch.
    pub last_epoch: Option<f64>,
    /// The smallest finite value.
    pub min: Option<f64>,
    /// The largest finite value.
    pub max: Option<f64>,
    /// What its points have a place on.
    pub axes: Vec<SeriesAxis>,
}

/// What `GET /api/v1/sessions/{id}/series` is asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SeriesQuery {
    /// `name`, repeatable: 1 to [`MAX_SERIES_NAMES`].
    pub names: Vec<String>,
    /// `axis`.
    pub axis: SeriesAxis,
    /// `from`: no point before this place is shown; where left out, from the first.
    pub from: Option<f64>,
    /// `to`: no point behind this place is shown; where left out, up to the last.
    pub to: Option<f64>,
    /// `columns`, 1 to [`MAX_SERIES_COLUMNS`]; 0 where not given: [`SERIES_COLUMNS`].
    pub columns: u32,
    /// `upto`: no point of a later event is shown: the series as it was after it.
    pub upto: Option<Seq>,
}

impl SeriesQuery {
    /// Reads the pairs of a query string. Unknown names and empty values are passed over.
    pub fn read<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> (Self, Vec<ApiError>) {
        let mut query = Self::default();
        let mut errors = Vec::new();
        for (name, value) in pairs {
            if value.is_empty() {
                continue;
            }
            let result = match name {
                "name" => query.add_name(value),
                "axis" => value.parse().map(|axis| query.axis = axis).map_err(|what| {
                    ApiError::field(name, format!("`{}` is not {what}", short(value)))
                }),
                "from" => place(name, value).map(|place| query.from = Some(place)),
                "to" => place(name, value).map(|place| query.to = Some(place)),
                "columns" => columns(value).map(|count| query.columns = count),
                "upto" => value
                    .parse::<u64>()
                    .map_err(drop)
                    .and_then(|seq| i64::try_from(seq).map(|_| seq).map_err(drop))
                    .map(|seq| query.upto = Some(Seq(seq)))
                    .map_err(|()| ApiError::field(name, "the `seq` of an event")),
                _ => Ok(()),
            };
            errors.extend(result.err());
        }
        if let (Some(from), Some(to)) = (query.from, query.to)
            && from > to
        {
            errors.push(ApiError::field("to", "`to` comes before `from`"));
        }
        (query, errors)
    }

    fn add_name(&mut self, name: &str) -> Result<(), ApiError> {
        let refused = |limit: String, message: &str| {
            let mut error = ApiError::too_large(limit, message);
            error.field = Some("name".to_owned());
            Err(error)
        };
        if name.len() > MAX_METRIC_NAME {
            let limit = format!("{MAX_METRIC_NAME} bytes");
            return refused(limit, "a name of a metric is too long");
        }
        if self.names.iter().any(|known| known == name) {
            return Ok(());
        }
        if self.names.len() >= MAX_SERIES_NAMES {
            let limit = format!("{MAX_SERIES_NAMES} names");
            return refused(limit, "too many series in one answer");
        }
        self.names.push(name.to_owned());
        Ok(())
    }

    /// The query as a query string, without `?`; what is not set is left out.
    pub fn to_query_string(&self) -> String {
        let mut out = Writer::default();
        out.each("name", self.names.iter().map(String::as_str));
        out.set("axis", Some(self.axis.as_str()));
        let number = |value: Option<f64>| value.map(|value| value.to_string());
        out.set("from", number(self.from).as_deref());
        out.set("to", number(self.to).as_deref());
        out.number("columns", (self.columns > 0).then_some(self.columns.into()));
        out.number("upto", self.upto.map(|seq| seq.0));
        out.finish()
    }
}

/// A finite number, or a moment.
fn place(field: &str, value: &str) -> Result<f64, ApiError> {
    let number = value
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite());
    let moment = || Timestamp::parse_utc(value).map(|at| at.as_micros() as f64 / 1_000.0);
    number
        .or_else(moment)
        .ok_or_else(|| ApiError::field(field, "a finite number, or an RFC 3339 time"))
}

fn columns(value: &str) -> Result<u32, ApiError> {
    let known = value
        .parse::<u32>()
        .ok()
        .filter(|count| (1..=MAX_SERIES_COLUMNS).contains(count));
    known.ok_or_else(|| {
        let message = format!("a whole number from 1 to {MAX_SERIES_COLUMNS}");
        ApiError {
            limit: Some(format!("{MAX_SERIES_COLUMNS} columns")),
            ..ApiError::field("columns", message)
        }
    })
}

/// Stretches of series.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SeriesAnswer {
    /// What they are laid out along.
    pub axis: SeriesAxis,
    /// The events up to this one are in it.
    pub seq: Seq,
    /// One for each name asked for, in that order.
    pub series: Vec<Series>,
}

/// A stretch of one series. A series that is not known has no points.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// The metric.
    pub name: String,
    /// How many points it has in all.
    pub total: u64,
    /// How many of them are in the stretch.
    pub points: u64,
    /// How many have no place on this axis: no step, no epoch.
    pub without_place: u64,
    /// How many have a place before one that came earlier.
    pub out_of_order: u64,
    /// The first and the last place of all of it.
    pub range: Option<(f64, f64)>,
    /// The finite points in columns, or one by one where they fit (`count` is then 1 each).
    pub columns: Columns,
    /// The points that are not finite.
    pub non_finite: Vec<NonFinite>,
    /// The place and the value of the nearest finite point before the stretch, for a line to come from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<(f64, f64)>,
    /// The nearest one behind it, for a line to go to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<(f64, f64)>,
}

/// Columns, as arrays of one length; empty columns are left out. Of points in one place the first that came counts.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Columns {
    /// Whether these are all the points, one by one; then every array but `at`, `first` and `count` is left out.
    pub exact: bool,
    /// Where the first point is.
    pub at: Vec<f64>,
    /// Its value.
    pub first: Vec<f64>,
    /// Where the last point is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub last_at: Vec<f64>,
    /// Its value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub last: Vec<f64>,
    /// The smallest value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub min: Vec<f64>,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub min_at: Vec<f64>,
    /// The largest value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub max: Vec<f64>,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub max_at: Vec<f64>,
    /// The mean.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mean: Vec<f64>,
    /// How many finite points are in it.
    pub count: Vec<u64>,
}

/// Points in one column that are not finite, of one kind.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NonFinite {
    /// Where the first of them is.
    pub at: f64,
    /// What they are.
    pub value: Number,
    /// How many.
    pub count: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_reads_back_what_it_writes() {
        let (query, errors) = SeriesQuery::read([
            ("name", "ppo/entropy"),
            ("name", "a&b"),
            ("name", "a&b"),
            ("axis", "time"),
            ("from", "2026-01-05T10:00:00Z"),
            ("to", "1.9e12"),
            ("columns", "300"),
        ]);
        assert_eq!(errors, []);
        assert_eq!(
            query.to_query_string(),
            "name=ppo%2Fentropy&name=a%26b&axis=time&from=1767607200000&to=1900000000000&columns=300"
        );
    }

    #[test]
    fn what_is_out_of_bounds_names_its_field() {
        let long = "x".repeat(MAX_METRIC_NAME + 1);
        for (name, value) in [
            ("axis", "sideways"),
            ("from", "NaN"),
            ("to", "inf"),
            ("columns", "0"),
            ("columns", "4001"),
            ("upto", "-1"),
            ("name", &long),
        ] {
            let (_, errors) = SeriesQuery::read([(name, value)]);
            assert_eq!(errors.len(), 1, "{name}={value}");
            assert_eq!(errors[0].field.as_deref(), Some(name));
        }
        let (_, errors) = SeriesQuery::read([("from", "2"), ("to", "1")]);
        assert_eq!(errors[0].field.as_deref(), Some("to"));
        let many: Vec<String> = (0..17).map(|n| n.to_string()).collect();
        let (_, errors) = SeriesQuery::read(many.iter().map(|name| ("name", name.as_str())));
        assert_eq!(errors[0].limit.as_deref(), Some("16 names"));
    }
}
