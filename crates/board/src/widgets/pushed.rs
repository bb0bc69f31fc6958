//! A state that a program pushes. In: JSON in the shape of the contract's `render()`. Out: a picture, or the field at
//! fault. Points may be numbers, pairs, or objects, whose fields `options` names.

use loopscope_event::Timestamp;
use loopscope_protocol::{ApiError, ErrorCode, WidgetChart, WidgetUnit};
use serde_json::{Map, Value};

use super::check;
use super::fold::MAX_GROUPS;
use super::picture::{Picture, PictureAxis, PictureSeries};

/// The most points.
const MAX_POINTS: usize = 2_000;
/// The longest title or name, in characters.
const MAX_CHARS: usize = 120;

/// Where a point stands.
#[derive(Debug, Clone, PartialEq)]
enum At {
    Number(f64),
    Time(i64),
    Name(String),
}

struct Point {
    at: At,
    /// A gap has none.
    y: Option<f64>,
    group: String,
}

/// See [`read_pushed`](super::read_pushed).
pub(super) fn read(text: &str, name: &str) -> Result<Picture, ApiError> {
    check::name("name", name)?;
    let whole: Value = serde_json::from_str(text)
        .map_err(|error| ApiError::new(ErrorCode::Malformed, format!("not JSON: {error}")))?;
    let Value::Object(whole) = whole else {
        let message = "an object is needed: {\"type\":\"chart\",\"data\":[…],\"options\":{…}}";
        return Err(ApiError::new(ErrorCode::InvalidField, message));
    };
    if whole.get("type").and_then(Value::as_str) != Some("chart") {
        return Err(ApiError::field("type", "`chart` is the only type there is"));
    }
    let none = Map::new();
    let options = match whole.get("options") {
        None | Some(Value::Null) => &none,
        Some(Value::Object(options)) => options,
        Some(_) => return Err(ApiError::field("options", "an object is needed")),
    };
    let words = Words::read(options)?;
    let points = points(whole.get("data"), &words)?;
    picture(points, words, name)
}

/// What the options say.
struct Words {
    title: String,
    x: String,
    y: String,
    group: String,
    chart: Option<WidgetChart>,
    unit: WidgetUnit,
}

impl Words {
    fn read(options: &Map<String, Value>) -> Result<Self, ApiError> {
        let text = |field: &str| match options.get(field) {
            None | Some(Value::Null) => Ok(String::new()),
            Some(Value::String(text)) => Ok(text.trim().chars().take(MAX_CHARS).collect()),
            Some(_) => Err(ApiError::field(
                format!("options.{field}"),
                "a text is needed",
            )),
        };
        let chart = match &*text("chart")? {
            "" => None,
            word => Some(known("chart", word, WidgetChart::WORDS)?),
        };
        let unit = match &*text("unit")? {
            "" => WidgetUnit::Number,
            word => known("unit", word, WidgetUnit::WORDS)?,
        };
        Ok(Self {
            title: text("title")?,
            x: text("x")?,
            y: text("y")?,
            group: text("group")?,
            chart,
            unit,
        })
    }
}

fn known<T: Copy>(field: &str, word: &str, words: &[(&str, T)]) -> Result<T, ApiError> {
    let found = words.iter().find(|(known, _)| *known == word);
    found.map(|(_, member)| *member).ok_or_else(|| {
        let all: Vec<&str> = words.iter().map(|(known, _)| *known).collect();
        ApiError::field(
            format!("options.{field}"),
            format!("one of: {}", all.join(", ")),
        )
    })
}

fn points(data: Option<&Value>, words: &Words) -> Result<Vec<Point>, ApiError> {
    let count = match data {
        Some(Value::Array(items)) => items.len(),
        Some(Value::Object(pairs)) => pairs.len(),
        _ => return Err(ApiError::field("data", "a list of points is needed")),
    };
    if count > MAX_POINTS {
        let mut error = ApiError::too_large(format!("{MAX_POINTS} points"), "too many points");
        error.field = Some("data".to_owned());
        return Err(error);
    }
    // Names and values, as a dictionary has them.
    let named = |(name, value): (&String, &Value)| {
        Ok(Point {
            at: At::Name(cut(name)),
            y: y(&format!("data.{name}"), Some(value))?,
            group: String::new(),
        })
    };
    match data {
        Some(Value::Object(pairs)) => pairs.iter().map(named).collect(),
        Some(Value::Array(items)) => {
            let items = items.iter().enumerate();
            items.map(|(nth, item)| point(nth, item, words)).collect()
        }
        _ => Ok(Vec::new()),
    }
}

fn point(nth: usize, item: &Value, words: &Words) -> Result<Point, ApiError> {
    let field = format!("data[{nth}]");
    match item {
        Value::Number(_) | Value::Null => Ok(Point {
            at: At::Number(nth as f64),
            y: y(&field, Some(item))?,
            group: String::new(),
        }),
        Value::Array(pair) if pair.len() == 2 => Ok(Point {
            at: at(&format!("{field}[0]"), pair.first())?,
            y: y(&format!("{field}[1]"), pair.get(1))?,
            group: String::new(),
        }),
        Value::Object(fields) => {
            let first = |names: &[&str]| {
                let found = names.iter().find(|name| fields.contains_key(**name));
                found.and_then(|name| fields.get(*name))
            };
            let value = first(&[&words.y, "y", "value"]);
            let (x, g) = (
                first(&[&words.x, "x", "label", "name"]),
                first(&[&words.group, "group", "series"]),
            );
            let at = match x {
                Some(x) => at(&format!("{field}.x"), Some(x))?,
                None => At::Number(nth as f64),
            };
            Ok(Point {
                at,
                y: y(&format!("{field}.y"), value)?,
                group: g.map(said).unwrap_or_default(),
            })
        }
        _ => {
            let message = "a number, a pair [x, y], or an object with x and y is needed";
            Err(ApiError::field(field, message))
        }
    }
}

fn said(value: &Value) -> String {
    match value {
        Value::String(text) => cut(text),
        Value::Null => String::new(),
        other => cut(&other.to_string()),
    }
}

fn cut(text: &str) -> String {
    text.chars().take(MAX_CHARS).collect()
}

/// A value; `null` is a gap.
fn y(field: &str, value: Option<&Value>) -> Result<Option<f64>, ApiError> {
    match value {
        Some(Value::Null) => Ok(None),
        Some(Value::Bool(truth)) => Ok(Some(f64::from(u8::from(*truth)))),
        Some(value) if value.is_number() => Ok(value.as_f64().filter(|y| y.is_finite())),
        _ => Err(ApiError::field(field, "a number is needed")),
    }
}

fn at(field: &str, value: Option<&Value>) -> Result<At, ApiError> {
    match value {
        Some(Value::String(text)) => Ok(Timestamp::parse_utc(text)
            .map_or_else(|| At::Name(cut(text)), |at| At::Time(at.as_millis()))),
        Some(Value::Bool(truth)) => Ok(At::Name(truth.to_string())),
        Some(value) => match value.as_f64().filter(|x| x.is_finite()) {
            Some(x) => Ok(At::Number(x)),
            None => Err(ApiError::field(
                field,
                "a number, a time or a name is needed",
            )),
        },
        None => Err(ApiError::field(field, "it is missing")),
    }
}

fn picture(points: Vec<Point>, words: Words, name: &str) -> Result<Picture, ApiError> {
    let are = |is: fn(&At) -> bool| !points.is_empty() && points.iter().all(|point| is(&point.at));
    let axis = if are(|at| matches!(at, At::Time(_))) {
        PictureAxis::Time
    } else if points.is_empty() || are(|at| matches!(at, At::Number(_))) {
        PictureAxis::Number
    } else {
        PictureAxis::Names
    };
    let mut names: Vec<String> = Vec::new();
    let mut series: Vec<PictureSeries> = Vec::new();
    let last = points.iter().rev().find_map(|point| point.y);
    for (nth, point) in points.into_iter().enumerate() {
        let x = match (axis, point.at) {
            (PictureAxis::Names, at) => {
                let own = match at {
                    At::Name(name) => name,
                    At::Number(number) => number.to_string(),
                    At::Time(millis) => {
                        Timestamp::from_micros(millis.saturating_mul(1_000)).to_string()
                    }
                };
                let place = names.iter().position(|known| *known == own);
                place.unwrap_or_else(|| {
                    names.push(own);
                    names.len() - 1
                }) as f64
            }
            (_, At::Number(x)) => x,
            (_, At::Time(millis)) => millis as f64,
            (_, At::Name(_)) => nth as f64,
        };
        let known = series.iter().position(|own| own.label == point.group);
        let place = known.unwrap_or(series.len());
        if known.is_none() {
            if place >= MAX_GROUPS {
                let error = ApiError::field(format!("data[{nth}]"), "too many groups");
                let limit = Some(format!("{MAX_GROUPS} groups"));
                return Err(ApiError { limit, ..error });
            }
            series.push(PictureSeries {
                label: point.group,
                points: Vec::new(),
            });
        }
        series[place].points.push((x, point.y));
    }
    for own in &mut series {
        own.points.sort_by(|a, b| a.0.total_cmp(&b.0));
    }
    let default = if axis == PictureAxis::Names {
        WidgetChart::Bars
    } else {
        WidgetChart::Line
    };
    let or = |text: String, other: &str| {
        if text.is_empty() {
            other.to_owned()
        } else {
            text
        }
    };
    Ok(Picture {
        title: or(words.title, name),
        chart: drawn(words.chart.unwrap_or(default), axis, series.len()),
        unit: words.unit,
        axis,
        x: or(words.x, "x"),
        y: or(words.y, "y"),
        stride: 1.0,
        series,
        names,
        number: last,
        not_finite: 0,
        since: None,
    })
}

/// What can be drawn of what is wished for.
fn drawn(chart: WidgetChart, axis: PictureAxis, series: usize) -> WidgetChart {
    use WidgetChart::{Bars, Line, StackedBars, Table};
    match (chart, axis) {
        (Line | Bars | StackedBars, PictureAxis::Names) if series > 1 => Table,
        (Line | StackedBars, PictureAxis::Names) => Bars,
        (Bars, PictureAxis::Number | PictureAxis::Time) if series > 1 => StackedBars,
        (chart, _) => chart,
    }
}
