//! What an event of a convergence loop says, in the normal form.

use loopscope_event::{Event, Fact, Kind, Outcome, Phase, RawJson, SessionInfo, Severity, Totals};

use super::{kind, steps};
use crate::metrics;
use crate::read::{self, Json, Object};

/// What an event says; nothing for names that the table does not have.
pub(crate) fn facts(event: &Event, data: &Object<'_>) -> Vec<Fact> {
    let kind = kind(&event.name);
    let mut facts = match kind {
        Kind::SessionStarted => vec![Fact::SessionStarted(session_info(data))],
        Kind::SessionEnded => vec![Fact::SessionEnded(outcome(data))],
        Kind::IterationStarted => vec![iteration(Phase::Started, event, data)],
        Kind::IterationEnded => vec![iteration(Phase::Completed, event, data)],
        Kind::StateChanged => state(data.get("to")).map(Fact::State).into_iter().collect(),
        Kind::StepStarted => steps::facts(Phase::Started, data),
        Kind::StepProgress => steps::facts(Phase::Progress, data),
        Kind::StepCompleted => steps::facts(Phase::Completed, data),
        Kind::StepFailed => steps::facts(Phase::Failed, data),
        Kind::Converged => vec![converged(data)],
        Kind::Error => error(data),
        Kind::Metric => metrics::facts(data).into_iter().collect(),
        Kind::Finding => vec![found(event)],
        Kind::Fix => vec![Fact::Fix(steps::fix(Json::of_text(event.data.as_str())))],
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

fn state(value: Json<'_>) -> Option<String> {
    value.word().map(|word| word.to_uppercase())
}

fn iteration(phase: Phase, event: &Event, data: &Object<'_>) -> Fact {
    let said = data
        .get("iteration")
        .count()
        .and_then(|number| u32::try_from(number).ok());
    // The envelope was checked against the bounds, the payload was not.
    let number = if event.iteration == 0 {
        said.unwrap_or(0).min(10_000_000)
    } else {
        event.iteration
    };
    Fact::Iteration(phase, number)
}

fn session_info(data: &Object<'_>) -> SessionInfo {
    let raw = data.get("config");
    let config = raw.object();
    let limit = |field: &str| {
        config
            .get(field)
            .count()
            .or_else(|| data.get(field).count())
    };
    let number = |field: &str| {
        config
            .get(field)
            .finite()
            .or_else(|| data.get(field).finite())
    };
    SessionInfo {
        name: data.first(&["name", "session_name", "title"], Json::text),
        target: data
            .first(&["target", "target_path", "project_path"], Json::text)
            .or_else(|| config.get("target").text()),
        config: (!config.is_empty()).then(|| RawJson::from_trusted(raw.as_str())),
        max_iterations: limit("max_iterations").and_then(|limit| u32::try_from(limit).ok()),
        timeout_seconds: number("timeout_seconds"),
        links: links(&data.get("links").object()),
    }
}

/// Only web addresses: what a producer sends never becomes a link that runs something.
fn links(links: &Object<'_>) -> Vec<(String, String)> {
    links
        .iter()
        .filter_map(|(label, url)| {
            let url = url.string()?;
            let web = url.starts_with("https://") || url.starts_with("http://");
            (web && url.len() <= 2_048).then(|| (read::cut(label, 64), url.into_owned()))
        })
        .take(16)
        .collect()
}

fn outcome(data: &Object<'_>) -> Option<Outcome> {
    let word = data.first(&["outcome", "status", "final_state"], Json::text)?;
    match word.to_ascii_lowercase().as_str() {
        "converged" => Some(Outcome::Converged),
        "failed" | "error" => Some(Outcome::Failed),
        "completed" => Some(Outcome::Completed),
        _ => None,
    }
}

fn converged(data: &Object<'_>) -> Fact {
    let metrics = data.get("metrics").object();
    let iterations = data
        .get("iterations")
        .count()
        .or_else(|| metrics.get("iterations").count())
        .and_then(|count| u32::try_from(count).ok());
    let total = |field: &str| metrics.get(field).count();
    let totals = total("total_findings").map(|total_findings| Totals {
        total_findings,
        total_fixes: total("total_fixes").unwrap_or(0),
        total_vulnerabilities: total("total_vulnerabilities").unwrap_or(0),
        tests_passed: total("tests_passed").unwrap_or(0),
        tests_failed: total("tests_failed").unwrap_or(0),
    });
    Fact::Converged { iterations, totals }
}

fn error(data: &Object<'_>) -> Vec<Fact> {
    let message = data
        .first(&["error", "message"], Json::text)
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

/// One finding that has an event of its own.
fn found(event: &Event) -> Fact {
    let data = Json::of_text(event.data.as_str());
    let mut finding = steps::finding(data, is_attack(&event.name));
    finding.severity = finding.severity.or(event.severity);
    Fact::Finding(finding)
}

/// A vulnerability was found by attacking.
fn is_attack(name: &str) -> bool {
    !name.eq_ignore_ascii_case("FINDING")
}

/// A vulnerability is critical, and another finding of medium severity, unless it says otherwise.
pub(super) fn found_severity(name: &str, data: &Object<'_>) -> Severity {
    data.get("severity")
        .severity()
        .unwrap_or(if is_attack(name) {
            Severity::Critical
        } else {
            Severity::Medium
        })
}

/// The severity that an event says of itself; a failed machine is high.
pub(super) fn said_severity(kind: Kind, data: &Object<'_>) -> Option<Severity> {
    match kind {
        Kind::StateChanged => Some(match state(data.get("to")).as_deref() {
            Some("FAILED") => Severity::High,
            _ => Severity::Info,
        }),
        _ => data.first(&["severity", "level"], Json::severity),
    }
}

/// A step that found something is as severe as the worst of it, one that did not succeed is at least high.
pub(super) fn step_severity(data: &Object<'_>) -> Severity {
    let failed = data.first(&["success", "result", "passed"], Json::truth) == Some(false);
    let metrics = data.get("metrics").object();
    let worst = steps::severities(data, &metrics).and_then(|severities| severities.worst());
    let least = if failed {
        Severity::High
    } else {
        Severity::Info
    };
    worst.unwrap_or(least).min(least)
}

/// A crash names the state it happened in and is critical; a spent budget is not.
pub(super) fn error_severity(data: &Object<'_>) -> Severity {
    if data.get("state").text().is_some() {
        Severity::Critical
    } else {
        Severity::High
    }
}
