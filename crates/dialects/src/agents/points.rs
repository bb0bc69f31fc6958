//! The numbers of a crew's events, as metrics: `quality/review`, `execution/duration_ms`, `health/cpu_percent`.

use loopscope_event::{Fact, MetricsFact};

use super::fields;
use crate::metrics::{self, MAX_NAME_CHARS, MAX_POINTS};
use crate::read::{Json, Object, cut};

/// The numbers of an event of the table; `None` where it has none.
pub(super) fn points(name: &str, data: &Object<'_>) -> Option<Fact> {
    let mut points = Vec::new();
    let mut add = |name: String, value: Json<'_>| {
        if let Some(value) = value.finite() {
            points.push((cut(&name, MAX_NAME_CHARS), value));
        }
    };
    let mut all = |group: &str, fields: &[&str]| {
        for field in fields {
            add(format!("{group}/{field}"), data.get(field));
        }
    };
    match name {
        "agent_execution_completed" | "agent_completed" => {
            all("execution", &["duration_ms", "quality_score"]);
        }
        "opportunity_discovered" => all("opportunity", &["confidence_score"]),
        "synthesis_completed" => all("synthesis", &["duration_ms", "patterns_found"]),
        "system_health_updated" => {
            let fields = ["cpu_percent", "memory_percent", "active_agents"];
            all("health", &fields);
        }
        "quality_score_updated" => {
            let source = Some(fields::source(data)).filter(|source| !source.is_empty());
            let group = format!("quality/{}", source.as_deref().unwrap_or("overall"));
            for (part, value) in data.get("dimension_scores").object().iter() {
                add(format!("{group}/{part}"), value);
            }
            add(group, data.get("overall_score"));
        }
        "metrics_updated" | "metric_update" => return metrics::facts(data),
        _ => {}
    }
    points.truncate(MAX_POINTS);
    let more = data.get("metrics").object();
    if points.is_empty() && !more.is_empty() {
        return metrics::facts(data);
    }
    (!points.is_empty()).then(|| {
        Fact::Metrics(Box::new(MetricsFact {
            step: None,
            epoch: None,
            points,
        }))
    })
}
