//! A checked specification: which events it means, and what it reads of one. In: an event. Out: samples.

use loopscope_dialects::{Value, value_at};
use loopscope_event::{Dialect, Event, Fact, matches};
use loopscope_protocol::{WidgetAggregate, WidgetChart, WidgetSelect, WidgetUnit};

/// A widget that can be evaluated.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// What stands over it.
    pub title: String,
    pub(super) select: WidgetSelect,
    pub(super) over: Over,
    pub(super) what: What,
    pub(super) group: Option<Field>,
    pub(super) aggregate: WidgetAggregate,
    /// How it is drawn.
    pub chart: WidgetChart,
    pub(super) unit: WidgetUnit,
    pub(super) x_word: String,
    pub(super) y_word: String,
    pub(super) bucket_ms: i64,
    pub(super) window_ms: Option<i64>,
}

/// What stands on the horizontal axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Over {
    Time,
    Step,
    Iteration,
    Group,
    Path(Vec<String>),
}

/// What is measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Count,
    Metric(String),
    Path(Vec<String>),
}

/// What tells groups apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Field {
    Name,
    Kind,
    Dialect,
    Severity,
    State,
    Iteration,
    Session,
    Metric,
    Path(Vec<String>),
}

impl Field {
    pub(super) const WORDS: [(&'static str, Self); 8] = [
        ("name", Self::Name),
        ("kind", Self::Kind),
        ("dialect", Self::Dialect),
        ("severity", Self::Severity),
        ("state", Self::State),
        ("iteration", Self::Iteration),
        ("session", Self::Session),
        ("metric", Self::Metric),
    ];
}

/// One value and where it falls.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sample {
    /// On the horizontal axis; milliseconds since the epoch where that is time.
    pub x: f64,
    pub group: String,
    pub value: f64,
}

impl Plan {
    /// Whether an event is one of those that the widget is about.
    pub fn selects(&self, event: &Event) -> bool {
        let select = &self.select;
        let means = |pattern: &String| {
            // What we write ourselves is meant only where it is named.
            let own = event.dialect == Dialect::Loopscope;
            matches(pattern, &event.name)
                && (!own || pattern.to_ascii_lowercase().starts_with("loopscope:"))
        };
        let is_own_meant = select.dialect == Some(Dialect::Loopscope);
        let named = if select.events.is_empty() {
            event.dialect != Dialect::Loopscope || is_own_meant
        } else if is_own_meant {
            select.events.iter().any(|name| matches(name, &event.name))
        } else {
            select.events.iter().any(means)
        };
        named
            && (select.kinds.is_empty() || select.kinds.contains(&event.kind))
            && select.dialect.is_none_or(|own| own == event.dialect)
            && select
                .session
                .as_ref()
                .is_none_or(|own| matches(own, event.session_id.as_str()))
            && select
                .severity
                .is_none_or(|least| event.severity.is_some_and(|own| own <= least))
    }

    /// What an event says. Empty where it has no value, or no place on the axis.
    pub(super) fn samples(&self, event: &Event) -> Vec<Sample> {
        let sample = |x: Option<f64>, metric: &str, value: f64| {
            Some(Sample {
                x: x.filter(|x| x.is_finite())?,
                group: self.group_of(event, metric),
                value,
            })
        };
        match &self.what {
            What::Count => sample(self.x_of(event, None), "", 1.0)
                .into_iter()
                .collect(),
            What::Path(path) => {
                let value = number(&value_at(&event.data, path));
                let sample = value.and_then(|value| sample(self.x_of(event, None), "", value));
                sample.into_iter().collect()
            }
            What::Metric(pattern) => {
                if !loopscope_dialects::may_measure(event) {
                    return Vec::new();
                }
                let mut samples = Vec::new();
                for fact in loopscope_dialects::facts(event) {
                    let Fact::Metrics(metrics) = fact else {
                        continue;
                    };
                    let x = self.x_of(event, metrics.x());
                    let meant = metrics.points.iter();
                    let meant = meant.filter(|(name, _)| matches(pattern, name));
                    samples.extend(meant.filter_map(|(name, value)| sample(x, name, *value)));
                }
                samples
            }
        }
    }

    fn x_of(&self, event: &Event, step: Option<f64>) -> Option<f64> {
        match &self.over {
            Over::Time => Some(event.timestamp.as_millis() as f64),
            Over::Iteration => Some(f64::from(event.iteration)),
            Over::Group => Some(0.0),
            Over::Step => step.or_else(|| {
                let of = |name: &str| number(&value_at(&event.data, &[name.to_owned()]));
                ["step", "x", "epoch"].into_iter().find_map(of)
            }),
            Over::Path(path) => number(&value_at(&event.data, path)),
        }
    }

    fn group_of(&self, event: &Event, metric: &str) -> String {
        let none = || "(none)".to_owned();
        match &self.group {
            None => String::new(),
            Some(Field::Name) => cut(&event.name),
            Some(Field::Kind) => event.kind.as_str().to_owned(),
            Some(Field::Dialect) => event.dialect.as_str().to_owned(),
            Some(Field::Severity) => event
                .severity
                .map_or_else(none, |severity| severity.as_str().to_owned()),
            Some(Field::State) => event.state.as_deref().map_or_else(none, cut),
            Some(Field::Iteration) => event.iteration.to_string(),
            Some(Field::Session) => cut(event.session_id.as_str()),
            Some(Field::Metric) => cut(metric),
            Some(Field::Path(path)) => match value_at(&event.data, path) {
                Value::Nothing => none(),
                Value::Number(number) => number.to_string(),
                Value::Truth(truth) => truth.to_string(),
                Value::List(count) => count.to_string(),
                Value::Text(text) => text,
            },
        }
    }
}

fn number(value: &Value) -> Option<f64> {
    match *value {
        Value::Number(number) => Some(number),
        Value::Truth(truth) => Some(f64::from(u8::from(truth))),
        Value::List(count) => Some(count as f64),
        Value::Nothing | Value::Text(_) => None,
    }
}

/// The longest name of a group, in characters.
const MAX_GROUP_CHARS: usize = 64;

fn cut(text: &str) -> String {
    text.chars().take(MAX_GROUP_CHARS).collect()
}
