//! What is the case, in one sentence: `loss is 3.5, above 2`. In: figures. Out: words.

use loopscope_event::{Event, Finding};

/// The longest sentence, in characters.
const MOST: usize = 300;

/// One line of at most so many characters.
pub(crate) fn cut(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|sign| if sign.is_control() { ' ' } else { sign })
        .take(MOST)
        .collect();
    text.trim().to_owned()
}

/// A number as people read it: at most four places behind the point.
pub(crate) fn number(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned();
    }
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e15).contains(&size) {
        return format!("{value:e}");
    }
    let text = format!("{value:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text.is_empty() || text == "-0" {
        "0".to_owned()
    } else {
        text.to_owned()
    }
}

/// A span: `45 s`, `5 min`, `2 h`.
pub(crate) fn span(seconds: f64) -> String {
    let (value, unit) = match seconds {
        s if s >= 7_200.0 => (s / 3_600.0, "h"),
        s if s >= 120.0 => (s / 60.0, "min"),
        s => (s, "s"),
    };
    format!("{} {unit}", number((value * 10.0).round() / 10.0))
}

/// `above 2`, `below 0.1`.
pub(crate) fn bound(value: f64, above: Option<f64>, below: Option<f64>) -> String {
    match (above, below) {
        (Some(above), _) if value > above => format!("above {}", number(above)),
        (_, Some(below)) => format!("below {}", number(below)),
        (Some(above), None) => format!("above {}", number(above)),
        (None, None) => String::new(),
    }
}

/// ` for 60 s`, or nothing.
pub(crate) fn for_so_long(seconds: f64) -> String {
    if seconds > 0.0 {
        format!(" for {}", span(seconds))
    } else {
        String::new()
    }
}

pub(crate) fn finding(finding: &Finding) -> String {
    let place = match (&finding.file, finding.line) {
        (Some(file), Some(line)) => format!(" in {file}:{line}"),
        (Some(file), None) => format!(" in {file}"),
        (None, _) => String::new(),
    };
    cut(&format!("{}{place}", finding.description))
}

/// The event's own words, else its name.
pub(crate) fn event(event: &Event) -> String {
    let data = event.data.value();
    let beside = data
        .pointer("/_envelope/message")
        .and_then(serde_json::Value::as_str);
    let beside = beside
        .filter(|text| !text.trim().is_empty())
        .map(str::to_owned);
    match beside.or_else(|| loopscope_dialects::message(event)) {
        Some(words) => cut(&format!("{}: {words}", event.name)),
        None => cut(&event.name),
    }
}
