//! An item as one line of JSON: the event as the server takes it. It gets its id here, once, before anyone sees it.

use std::fmt::Write as _;

use loopscope_event::{Dialect, EventId, Timestamp};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{Item, What};

/// Adds the event and a line break. An error says why it is no event; nothing is added then.
pub(crate) fn write(item: &Item, out: &mut String) -> Result<(), String> {
    if let What::Whole(text) = &item.what {
        return whole(text, item.at, out);
    }
    let Some(told) = &item.told else {
        return Err("an event without a session".to_owned());
    };
    let (name, beside) = match &item.what {
        What::Metric(..) | What::Metrics(..) => ("METRICS", "{}"),
        What::Log(_) => ("LOG", "{}"),
        What::Named(name, _) => (&**name, "{}"),
        What::Beside(event) => (&*event.name, event.fields.trim()),
        What::Whole(_) => ("", "{}"),
    };
    let given = given(beside)?;
    let beside = beside
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'));
    let beside = beside.unwrap_or_default().trim();
    out.push_str("{\"event_type\":");
    quote(name, out);
    out.push_str(",\"session_id\":");
    out.push_str(&told.session_text);
    // Writing to a text cannot fail.
    if given.event_id.is_none() {
        let _ = write!(out, ",\"event_id\":\"{}\"", EventId::mint(item.at));
    }
    if given.timestamp.is_none() {
        let _ = write!(out, ",\"timestamp\":\"{}\"", item.at);
    }
    let _ = write!(out, ",\"dialect\":\"{}\"", spoken(told.dialect, name));
    if item.iteration > 0 && given.iteration.is_none() {
        let _ = write!(out, ",\"iteration\":{}", item.iteration);
    }
    if let Some(severity) = item.severity {
        let _ = write!(out, ",\"severity\":\"{severity}\"");
    }
    if !beside.is_empty() {
        out.push(',');
        in_a_line(beside, out);
    }
    out.push_str(",\"data\":");
    data(&item.what, out);
    out.push_str("}\n");
    Ok(())
}

/// Crews and trainers have no words for questions and checkpoints, and speak as orchestrators there.
fn spoken(own: Dialect, name: &str) -> Dialect {
    let borrows = name.starts_with("decision:") || name.starts_with("checkpoint:");
    match own {
        Dialect::Agents | Dialect::Training if borrows => Dialect::Orchestrator,
        own => own,
    }
}

fn data(what: &What, out: &mut String) {
    match what {
        What::Metric(name, value, step) => points(std::iter::once((&**name, *value)), *step, out),
        What::Metrics(all, step) => {
            points(
                all.iter().map(|(name, value)| (&**name, *value)),
                *step,
                out,
            );
        }
        What::Log(words) => {
            out.push_str("{\"message\":");
            quote(words, out);
            out.push('}');
        }
        What::Named(_, data) => in_a_line(data, out),
        What::Beside(event) => in_a_line(&event.data, out),
        What::Whole(_) => {}
    }
}

/// JSON text without line breaks: between tokens they mean nothing, and within a text they would be escaped.
fn in_a_line(text: &str, out: &mut String) {
    if text.contains(['\n', '\r']) {
        out.extend(text.chars().map(|sign| match sign {
            '\n' | '\r' => ' ',
            sign => sign,
        }));
    } else {
        out.push_str(text);
    }
}

fn points<'a>(all: impl Iterator<Item = (&'a str, f64)>, step: Option<u64>, out: &mut String) {
    out.push_str("{\"metrics\":{");
    for (index, (name, value)) in all.enumerate() {
        if index > 0 {
            out.push(',');
        }
        quote(name, out);
        out.push(':');
        number(value, out);
    }
    out.push('}');
    if let Some(step) = step {
        let _ = write!(out, ",\"step\":{step}");
    }
    out.push('}');
}

/// What JSON cannot say stands as the word that the server knows for it.
fn number(value: f64, out: &mut String) {
    if value.is_finite() {
        match serde_json::Number::from_f64(value) {
            Some(number) => drop(write!(out, "{number}")),
            None => out.push_str("null"),
        }
    } else if value.is_nan() {
        out.push_str("\"NaN\"");
    } else {
        out.push_str(if value > 0.0 {
            "\"Infinity\""
        } else {
            "\"-Infinity\""
        });
    }
}

fn quote(text: &str, out: &mut String) {
    if text
        .bytes()
        .all(|byte| byte >= 0x20 && byte != b'"' && byte != b'\\')
    {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        let _ = write!(out, "{}", serde_json::Value::from(text));
    }
}

/// The fields of a whole event that it gets here where it has none.
#[derive(Default, Deserialize)]
struct Given {
    event_id: Option<IgnoredAny>,
    timestamp: Option<IgnoredAny>,
    iteration: Option<IgnoredAny>,
}

/// What an object gives itself. An error says why it is none.
fn given(object: &str) -> Result<Given, String> {
    if object == "{}" {
        return Ok(Given::default());
    }
    if !object.starts_with('{') {
        return Err("what stands beside the payload is no object".to_owned());
    }
    serde_json::from_str(object).map_err(|error| error.to_string())
}

fn whole(text: &str, at: Timestamp, out: &mut String) -> Result<(), String> {
    let text = text.trim();
    let given: Given = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let Some(rest) = text.strip_prefix('{') else {
        return Err("an event is an object".to_owned());
    };
    let rest = rest.trim_start();
    let mut comma = if rest.starts_with('}') { "" } else { "," };
    out.push('{');
    if given.event_id.is_none() {
        let _ = write!(out, "\"event_id\":\"{}\"", EventId::mint(at));
        if given.timestamp.is_none() {
            let _ = write!(out, ",\"timestamp\":\"{at}\"");
        }
    } else if given.timestamp.is_none() {
        let _ = write!(out, "\"timestamp\":\"{at}\"");
    } else {
        comma = "";
    }
    out.push_str(comma);
    in_a_line(rest, out);
    out.push('\n');
    Ok(())
}
