//! Spans of a session: what `GET /api/v1/sessions/{id}/spans` is asked and answers.

use std::fmt;
use std::str::FromStr;

use loopscope_event::{Seq, Timestamp};
use serde::{Deserialize, Serialize};

use crate::query::{Writer, short};
use crate::{ApiError, Span, SpanId, SpanKind};

/// The most spans of one answer.
pub const MAX_SPANS: u32 = 50_000;

/// The spans of one answer where nothing is said.
pub const SPANS: u32 = 2_000;

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
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
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
}
