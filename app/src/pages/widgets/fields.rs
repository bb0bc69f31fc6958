//! The fields of a declaration. In: what stands in each, or a declaration. Out: the declaration as JSON; what is no number
//! is told by its field, and the server says the rest.

use loopscope_protocol::{WidgetAggregate, WidgetChart, WidgetSpec, WidgetUnit};
use serde_json::{Map, Value, json};

/// A field.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    /// Its place in the declaration, as the server names it.
    pub name: &'static str,
    /// For people.
    pub label: &'static str,
    pub entry: Entry,
    /// What an empty field means, or how it is written.
    pub hint: &'static str,
}

/// How a field is filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entry {
    Text,
    /// Several, with commas between them.
    List,
    Number,
    /// One of these: the word, and the same for people.
    Choice(&'static [(&'static str, &'static str)]),
}

const fn field(name: &'static str, label: &'static str, entry: Entry, hint: &'static str) -> Field {
    Field {
        name,
        label,
        entry,
        hint,
    }
}

/// All of them, in the order in which they are asked for.
pub(super) const FIELDS: [Field; 16] = [
    field("title", "Title", Entry::Text, "shown as the heading"),
    field(
        "name",
        "Name (in URLs)",
        Entry::Text,
        "derived from the title",
    ),
    field(
        "select.events",
        "Event names",
        Entry::List,
        "STEP_COMPLETE, skill:*",
    ),
    field(
        "select.kinds",
        "Event kinds, instead",
        Entry::List,
        "step_completed, finding",
    ),
    field(
        "select.dialect",
        "Dialect",
        Entry::Choice(&[
            ("", "any"),
            ("convergence", "convergence"),
            ("agents", "agents"),
            ("orchestrator", "orchestrator"),
            ("training", "training"),
            ("generic", "generic"),
        ]),
        "",
    ),
    field(
        "select.session",
        "Session id",
        Entry::Text,
        "any; * is a wildcard",
    ),
    field(
        "select.severity",
        "Minimum severity",
        Entry::Choice(&[
            ("", "any"),
            ("critical", "critical"),
            ("high", "high"),
            ("medium", "medium"),
            ("low", "low"),
            ("info", "info"),
        ]),
        "",
    ),
    field(
        "chart",
        "Chart type",
        Entry::Choice(&[
            ("line", "line"),
            ("bars", "bars"),
            ("stacked_bars", "stacked bars"),
            ("number", "number"),
            ("table", "table"),
        ]),
        "",
    ),
    field(
        "x",
        "X axis",
        Entry::Text,
        "time, step, iteration, group, data.…",
    ),
    field("y", "Value", Entry::Text, "count, metric:loss, data.…"),
    field(
        "group",
        "Group by",
        Entry::Text,
        "none; name, severity, data.…",
    ),
    field(
        "aggregate",
        "Aggregation",
        Entry::Choice(&[
            ("count", "count"),
            ("sum", "sum"),
            ("mean", "mean"),
            ("min", "min"),
            ("max", "max"),
            ("last", "latest"),
        ]),
        "",
    ),
    field(
        "unit",
        "Unit",
        Entry::Choice(&[
            ("number", "none"),
            ("percent", "percent"),
            ("milliseconds", "milliseconds"),
        ]),
        "",
    ),
    field(
        "bucket_seconds",
        "Time bucket (seconds)",
        Entry::Number,
        "automatic",
    ),
    field(
        "window_seconds",
        "Time window (seconds)",
        Entry::Number,
        "all time",
    ),
    field("text", "As JSON", Entry::Text, ""),
];

/// What a new one begins with.
pub(super) fn first() -> WidgetSpec {
    WidgetSpec {
        x: "time".to_owned(),
        y: "count".to_owned(),
        aggregate: WidgetAggregate::Count,
        chart: WidgetChart::Line,
        unit: WidgetUnit::Number,
        ..WidgetSpec::default()
    }
}

/// What stands in a field for a declaration.
pub(super) fn text_of(spec: &Value, name: &str) -> String {
    let value = name.split('.').try_fold(spec, |own, part| own.get(part));
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => {
            let items: Vec<&str> = items.iter().filter_map(Value::as_str).collect();
            items.join(", ")
        }
        Some(other) => other.to_string(),
    }
}

/// A name for addresses, of a title.
pub(super) fn slug(title: &str) -> String {
    let mut slug = String::new();
    for sign in title.to_lowercase().chars() {
        if sign.is_ascii_alphanumeric() {
            slug.push(sign);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
        if slug.len() >= 48 {
            break;
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// The declaration that the fields make.
///
/// # Errors
/// The name of a field that needs a number and has none.
pub(super) fn declaration(value: impl Fn(&str) -> String) -> Result<Value, String> {
    let mut spec = Map::new();
    let mut select = Map::new();
    for field in FIELDS.iter().filter(|field| field.name != "text") {
        let text = value(field.name).trim().to_owned();
        if text.is_empty() {
            continue;
        }
        let value = match field.entry {
            Entry::Text | Entry::Choice(_) => json!(text),
            Entry::List => {
                let items = text
                    .split(',')
                    .map(str::trim)
                    .filter(|item| !item.is_empty());
                json!(items.collect::<Vec<_>>())
            }
            Entry::Number => match text.parse::<f64>() {
                Ok(number) if number.is_finite() => json!(number),
                _ => return Err(field.name.to_owned()),
            },
        };
        match field.name.strip_prefix("select.") {
            Some(name) => select.insert(name.to_owned(), value),
            None => spec.insert(field.name.to_owned(), value),
        };
    }
    if !spec.contains_key("name") {
        spec.insert("name".to_owned(), json!(slug(&value("title"))));
    }
    spec.insert("select".to_owned(), Value::Object(select));
    Ok(Value::Object(spec))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_fields_make_is_read_back_as_the_fields() {
        let spec = json!({
            "name": "w", "title": "W", "select": { "events": ["A", "b:*"], "severity": "high" },
            "x": "time", "y": "data.n", "aggregate": "sum", "chart": "line", "unit": "number", "bucket_seconds": 60.0,
        });
        let made = declaration(|name| text_of(&spec, name)).unwrap();
        assert_eq!(made, spec);
        let wrong = declaration(|name| {
            if name == "window_seconds" {
                "long".to_owned()
            } else {
                String::new()
            }
        });
        assert_eq!(wrong, Err("window_seconds".to_owned()));
    }

    #[test]
    fn a_name_is_made_of_the_title() {
        assert_eq!(slug("  Fixes by <b>step</b>! "), "fixes-by-b-step-b");
        assert_eq!(slug("Übersicht 2"), "bersicht-2");
        assert_eq!(slug("—"), "");
        let made = declaration(|name| {
            if name == "title" {
                "Loss".to_owned()
            } else {
                String::new()
            }
        });
        assert_eq!(made.unwrap()["name"], "loss");
    }
}
