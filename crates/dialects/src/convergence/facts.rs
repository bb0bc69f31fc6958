//! What an event of a convergence loop says, in the normal form.

use loopscope_event::{Event, Fact, Kind, Outcome, Phase, RawJson, SessionInfo, Severity, Totals};
use serde_json::Value;

use super::{kind, steps};
use crate::read;

/// What an event says; nothing for names that the table does not have.
pub(crate) fn facts(event: &Event, data: &Value) -> Vec<Fact> {
    let kind = kind(&event.name);
    let mut facts = match kind {
        Kind::SessionStarted => vec![Fact::SessionStarted(session_info(data))],
        Kind::SessionEnded => vec![Fact::SessionEnded(outcome(data))],
        Kind::IterationStarted => vec![iteration(Phase::Started, event, data)],
        Kind::IterationEnded => vec![iteration(Phase::Completed, event, data)],
        Kind::StateChanged => state(&data["to"]).map(Fact::State).into_iter().collect(),
        Kind::StepStarted => steps::facts(Phase::Started, data),
        Kind::StepProgress => steps::facts(Phase::Progress, data),
        Kind::StepCompleted => steps::facts(Phase::Completed, data),
        Kind::StepFailed => steps::facts(Phase::Failed, data),
        Kind::Converged => vec![converged(data)],
        Kind::Error => error(data),
        Kind::Metric => metrics(data),
        Kind::Finding => vec![vulnerability(data)],
        _ => Vec::new(),
    };
    if let Some(word) = envelope_state(kind, event) {
        facts.push(Fact::State(word));
    }
    facts
}

/// The envelope's state says something only where it is not `IDLE`, which real loops send in every event.
/// A run that begins may still carry the end of the one before it.
fn envelope_state(kind: Kind, event: &Event) -> Option<String> {
    let word = event.state.as_deref()?.trim();
    let silent = word.is_empty() || word.eq_ignore_ascii_case("IDLE");
    (!silent && kind != Kind::SessionStarted).then(|| read::cut(word, 64).to_uppercase())
}

fn state(value: &Value) -> Option<String> {
    read::word(value).map(|word| word.to_uppercase())
}

fn iteration(phase: Phase, event: &Event, data: &Value) -> Fact {
    let said = read::count(&data["iteration"]).and_then(|number| u32::try_from(number).ok());
    // The envelope was checked against the bounds, the payload was not.
    let number = if event.iteration == 0 {
        said.unwrap_or(0).min(10_000_000)
    } else {
        event.iteration
    };
    Fact::Iteration(phase, number)
}

fn session_info(data: &Value) -> SessionInfo {
    let config = &data["config"];
    let limit = |field: &str| read::count(&config[field]).or_else(|| read::count(&data[field]));
    let number = |field: &str| read::number(&config[field]).or_else(|| read::number(&data[field]));
    SessionInfo {
        name: read::first(data, &["name", "session_name", "title"], read::text),
        target: read::first(data, &["target", "target_path", "project_path"], read::text)
            .or_else(|| read::text(&config["target"])),
        config: config
            .is_object()
            .then(|| RawJson::from_trusted(config.to_string())),
        max_iterations: limit("max_iterations").and_then(|limit| u32::try_from(limit).ok()),
        timeout_seconds: number("timeout_seconds").filter(|seconds| seconds.is_finite()),
        links: links(&data["links"]),
    }
}

/// Only web addresses: what a producer sends never becomes a link that runs something.
fn links(value: &Value) -> Vec<(String, String)> {
    let links = value.as_object().into_iter().flatten();
    links
        .filter_map(|(label, url)| {
            let url = url.as_str()?;
            let web = url.starts_with("https://") || url.starts_with("http://");
            (web && url.len() <= 2_048).then(|| (read::cut(label, 64), url.to_owned()))
        })
        .take(16)
        .collect()
}

fn outcome(data: &Value) -> Option<Outcome> {
    let word = read::first(data, &["outcome", "status", "final_state"], read::text)?;
    match word.to_ascii_lowercase().as_str() {
        "converged" => Some(Outcome::Converged),
        "failed" | "error" => Some(Outcome::Failed),
        "completed" => Some(Outcome::Completed),
        _ => None,
    }
}

fn converged(data: &Value) -> Fact {
    let metrics = &data["metrics"];
    let iterations = read::count(&data["iterations"])
        .or_else(|| read::count(&metrics["iterations"]))
        .and_then(|count| u32::try_from(count).ok());
    let total = |field: &str| read::count(&metrics[field]);
    let totals = total("total_findings").map(|total_findings| Totals {
        total_findings,
        total_fixes: total("total_fixes").unwrap_or(0),
        total_vulnerabilities: total("total_vulnerabilities").unwrap_or(0),
        tests_passed: total("tests_passed").unwrap_or(0),
        tests_failed: total("tests_failed").unwrap_or(0),
    });
    Fact::Converged { iterations, totals }
}

fn error(data: &Value) -> Vec<Fact> {
    let message = read::first(data, &["error", "message"], read::text)
        .unwrap_or_else(|| "no message".to_owned());
    let mut facts = Vec::with_capacity(2);
    if let Some(limit) = spent_budget(&message) {
        facts.push(Fact::BudgetSpent(limit));
    }
    facts.push(Fact::Error(message));
    facts
}

/// `Max iterations (N) reached`.
fn spent_budget(message: &str) -> Option<u32> {
    let lower = message.to_ascii_lowercase();
    let rest = lower.trim_start().strip_prefix("max iterations (")?;
    let (number, rest) = rest.split_once(')')?;
    let number = number.trim().parse().ok()?;
    rest.trim_start().starts_with("reached").then_some(number)
}

/// Numbers of `metrics`, else of the payload itself.
fn metrics(data: &Value) -> Vec<Fact> {
    let named = data["metrics"].as_object().or_else(|| data.as_object());
    let x = read::first(data, &["step", "x", "epoch"], read::number);
    named
        .into_iter()
        .flatten()
        .filter(|(name, _)| !matches!(name.as_str(), "step" | "x" | "epoch"))
        .filter_map(|(name, value)| {
            Some(Fact::Metric {
                name: read::cut(name, 128),
                x,
                value: read::number(value)?,
            })
        })
        .take(256)
        .collect()
}

/// One finding by attack, critical unless it says otherwise.
fn vulnerability(data: &Value) -> Fact {
    let mut finding = steps::finding(data, true);
    finding.severity = finding.severity.or(Some(Severity::Critical));
    Fact::Finding(finding)
}

/// The severity that an event says of itself; a found vulnerability is critical, a failed machine high.
pub(super) fn said_severity(kind: Kind, data: &RawJson) -> Option<Severity> {
    let data = data.value();
    match kind {
        Kind::Finding => Some(read::severity(&data["severity"]).unwrap_or(Severity::Critical)),
        Kind::StateChanged => Some(match state(&data["to"]).as_deref() {
            Some("FAILED") => Severity::High,
            _ => Severity::Info,
        }),
        _ => read::first(&data, &["severity", "level"], read::severity),
    }
}

/// A step that found something is as severe as the worst of it, one that did not succeed is high.
pub(super) fn step_severity(data: &RawJson) -> Severity {
    let data = data.value();
    let failed = read::first(&data, &["success", "result", "passed"], read::truth) == Some(false);
    let worst = steps::severities(&data).and_then(|severities| severities.worst());
    match (failed, worst) {
        (true, worst) => worst.unwrap_or(Severity::High).min(Severity::High),
        (false, worst) => worst.unwrap_or(Severity::Info),
    }
}

/// A crash names the state it happened in and is critical; a spent budget is not.
pub(super) fn error_severity(data: &RawJson) -> Severity {
    let crashed = read::text(&data.value()["state"]).is_some();
    if crashed {
        Severity::Critical
    } else {
        Severity::High
    }
}
