//! What a declared widget must be. In: a specification as it was sent. Out: a plan, or the field at fault and why.

use loopscope_protocol::{ApiError, WidgetAggregate, WidgetChart, WidgetSelect, WidgetSpec};

use super::fold::MAX_BUCKETS;
use super::plan::{Field, Over, Plan, What};

/// The most patterns of names.
const MAX_PATTERNS: usize = 64;
/// The longest pattern or path, in bytes.
const MAX_WORD: usize = 256;
/// The longest title, in characters.
const MAX_TITLE_CHARS: usize = 120;
/// The deepest path into a payload.
const MAX_DEPTH: usize = 8;
/// The longest time that may be named: a month.
const MAX_SECONDS: f64 = 2_678_400.0;
/// Names that addresses have for something else.
const RESERVED: [&str; 2] = ["arrangement", "shown"];

/// Reads a specification.
///
/// # Errors
/// The field at fault.
pub fn check(spec: &WidgetSpec) -> Result<Plan, ApiError> {
    name("name", &spec.name)?;
    if spec.title.chars().count() > MAX_TITLE_CHARS {
        return Err(too_long("title", format!("{MAX_TITLE_CHARS} characters")));
    }
    select(&spec.select)?;
    let over = over(&spec.x)?;
    let what = what(&spec.y)?;
    let group = spec.group.as_deref().map(group).transpose()?;
    fits(spec, &over, &what, group.as_ref())?;
    let (bucket_ms, window_ms) = times(spec, &over)?;
    let title = match spec.title.trim() {
        "" => spec.name.clone(),
        title => title.to_owned(),
    };
    Ok(Plan {
        title,
        select: spec.select.clone(),
        over,
        what,
        group,
        aggregate: spec.aggregate,
        chart: spec.chart,
        unit: spec.unit,
        x_word: spec.x.clone(),
        y_word: y_word(spec),
        bucket_ms,
        window_ms,
    })
}

/// Refuses a name that is no slug, or stands for something else.
pub(super) fn name(field: &str, name: &str) -> Result<(), ApiError> {
    let is_sign = |sign: u8| sign.is_ascii_lowercase() || sign.is_ascii_digit() || sign == b'-';
    let begins = name.as_bytes().first().is_some_and(|sign| *sign != b'-');
    if !begins || name.len() > 64 || !name.bytes().all(is_sign) {
        let message = "1 to 64 lower-case letters, digits and hyphens are needed, no hyphen first";
        return Err(ApiError::field(field, message));
    }
    if RESERVED.contains(&name) {
        return Err(ApiError::field(
            field,
            "this name stands for something else",
        ));
    }
    Ok(())
}

fn select(select: &WidgetSelect) -> Result<(), ApiError> {
    if select.events.is_empty() && select.kinds.is_empty() {
        let message = "name events (`*` stands for anything), or kinds";
        return Err(ApiError::field("select.events", message));
    }
    for (field, count) in [
        ("select.events", select.events.len()),
        ("select.kinds", select.kinds.len()),
    ] {
        if count > MAX_PATTERNS {
            let limit = Some(format!("{MAX_PATTERNS} names"));
            let error = ApiError::field(field, "too many");
            return Err(ApiError { limit, ..error });
        }
    }
    for (place, pattern) in select.events.iter().enumerate() {
        word(&format!("select.events[{place}]"), pattern)?;
    }
    let session = select.session.as_deref();
    session.map_or(Ok(()), |session| word("select.session", session))
}

fn over(x: &str) -> Result<Over, ApiError> {
    word("x", x)?;
    Ok(match x {
        "time" => Over::Time,
        "step" => Over::Step,
        "iteration" => Over::Iteration,
        "group" => Over::Group,
        _ => Over::Path(path("x", x).map_err(|error| {
            let more = "time, step, iteration, group";
            or_words(error, more)
        })?),
    })
}

fn what(y: &str) -> Result<What, ApiError> {
    word("y", y)?;
    if y == "count" {
        return Ok(What::Count);
    }
    match y.strip_prefix("metric:").map(str::trim) {
        Some("") => Err(ApiError::field("y", "name a metric behind `metric:`")),
        Some(metric) => Ok(What::Metric(metric.to_owned())),
        None => {
            let path = path("y", y).map_err(|error| or_words(error, "count, metric:NAME"));
            path.map(What::Path)
        }
    }
}

fn group(group: &str) -> Result<Field, ApiError> {
    word("group", group)?;
    let known = Field::WORDS.iter().find(|(known, _)| *known == group);
    if let Some((_, field)) = known {
        return Ok(field.clone());
    }
    let path = path("group", group).map_err(|error| {
        let words: Vec<&str> = Field::WORDS.iter().map(|(word, _)| *word).collect();
        or_words(error, &words.join(", "))
    });
    path.map(Field::Path)
}

/// The names of a path such as `data.tests.passed`.
fn path(field: &str, text: &str) -> Result<Vec<String>, ApiError> {
    let rest = text.strip_prefix("data.").filter(|rest| !rest.is_empty());
    let names: Option<Vec<String>> = rest.map(|rest| rest.split('.').map(str::to_owned).collect());
    let message = "a path into the payload is written data.NAME, or data.NAME.NAME";
    match names {
        Some(names) if names.iter().any(String::is_empty) => Err(ApiError::field(field, message)),
        Some(names) if names.len() > MAX_DEPTH => {
            Err(too_long(field, format!("{MAX_DEPTH} names deep")))
        }
        Some(names) => Ok(names),
        None => Err(ApiError::field(field, message)),
    }
}

fn or_words(error: ApiError, words: &str) -> ApiError {
    ApiError {
        message: format!("{}; else one of: {words}", error.message),
        ..error
    }
}

/// Refuses what contradicts itself.
fn fits(
    spec: &WidgetSpec,
    over: &Over,
    what: &What,
    group: Option<&Field>,
) -> Result<(), ApiError> {
    use WidgetChart::{Bars, Line, Number, StackedBars};
    let by_group = *over == Over::Group;
    let adds = matches!(
        spec.aggregate,
        WidgetAggregate::Count | WidgetAggregate::Sum
    );
    let (field, message) = if by_group && group.is_none() {
        ("group", "a bar or row a group needs something to group by")
    } else if by_group && matches!(spec.chart, Line | Number | StackedBars) {
        (
            "chart",
            "a bar or row a group is drawn as bars, or as a table",
        )
    } else if *what == What::Count && !adds {
        ("aggregate", "events that are counted have no other figure")
    } else if group == Some(&Field::Metric) && !matches!(what, What::Metric(_)) {
        (
            "group",
            "only metrics are told apart by their names; y is none",
        )
    } else if group.is_some() && spec.chart == Number {
        ("group", "one number has no groups")
    } else if group.is_some() && spec.chart == Bars && !by_group {
        (
            "group",
            "plain bars have no parts; stacked_bars have, and with x = group each group is a bar",
        )
    } else if group.is_none() && spec.chart == StackedBars {
        (
            "group",
            "stacked bars need something that tells their parts apart",
        )
    } else if spec.chart == StackedBars && !adds {
        (
            "aggregate",
            "parts that stand on each other are counted or summed",
        )
    } else {
        return Ok(());
    };
    Err(ApiError::field(field, message))
}

/// How long a place of the time axis is, and how far back it goes, in milliseconds.
fn times(spec: &WidgetSpec, over: &Over) -> Result<(i64, Option<i64>), ApiError> {
    for (field, seconds) in [
        ("bucket_seconds", spec.bucket_seconds),
        ("window_seconds", spec.window_seconds),
    ] {
        let Some(seconds) = seconds else { continue };
        if *over != Over::Time {
            return Err(ApiError::field(field, "only an axis of time has it"));
        }
        if !(1.0..=MAX_SECONDS).contains(&seconds) {
            let message = format!("must be from 1 to {MAX_SECONDS} seconds");
            return Err(ApiError::field(field, message));
        }
    }
    let millis = |seconds: f64| (seconds * 1_000.0).round() as i64;
    let window = spec.window_seconds.map(millis);
    let bucket = match (spec.bucket_seconds, spec.window_seconds) {
        (Some(bucket), _) => millis(bucket),
        (None, Some(window)) => millis((window / 60.0).ceil()),
        (None, None) => 1_000,
    };
    if window.is_some_and(|window| window / bucket > MAX_BUCKETS as i64) {
        let limit = Some(format!("{MAX_BUCKETS} places"));
        let message = "the window holds more places than are kept; take longer ones";
        let error = ApiError::field("bucket_seconds", message);
        return Err(ApiError { limit, ..error });
    }
    Ok((bucket, window))
}

/// What the vertical axis is called.
fn y_word(spec: &WidgetSpec) -> String {
    match (&*spec.y, spec.aggregate) {
        ("count", _) => "events".to_owned(),
        (y, aggregate) => {
            let y = y
                .strip_prefix("metric:")
                .or_else(|| y.strip_prefix("data."));
            format!("{} of {}", aggregate.as_str(), y.unwrap_or(&spec.y))
        }
    }
}

fn word(field: &str, word: &str) -> Result<(), ApiError> {
    if word.trim().is_empty() {
        return Err(ApiError::field(field, "it is empty"));
    }
    if word.len() > MAX_WORD {
        return Err(too_long(field, format!("{MAX_WORD} bytes")));
    }
    Ok(())
}

fn too_long(field: &str, limit: String) -> ApiError {
    ApiError {
        limit: Some(limit),
        ..ApiError::field(field, "it is too long")
    }
}
