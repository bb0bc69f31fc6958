//! What a step's event says: `STEP_STARTED`, `STEP_PROGRESS`, `STEP_COMPLETE`, `STEP_FAILED`.

use loopscope_event::{
    Counts, Fact, Finding, FixNote, Phase, Severities, Severity, StepFact, Tests,
};
use serde_json::Value;

use crate::read;

/// The most findings or fixes that are listed of one event; the count stays that of the whole list.
const MAX_LISTED: usize = 2_000;

/// What a step's event says: the step, then each finding and fix that it lists.
pub(super) fn facts(phase: Phase, data: &Value) -> Vec<Fact> {
    let name = read::first(data, &["step", "name"], read::word)
        .map_or_else(|| "step".to_owned(), |name| name.to_lowercase());
    let mut step = StepFact::new(phase, name);
    step.tool = read::word(&data["tool"]);
    step.command = command(step.tool.as_deref(), &data["args"]);
    step.message = read::text(&data["message"]);
    step.done = read::count(&data["done"]);
    step.total = read::count(&data["total"]);
    step.error = read::first(data, &["error", "reason"], read::text);
    let mut listed = Vec::new();
    if phase == Phase::Completed {
        step.success = read::first(data, &["success", "result", "passed"], read::truth)
            .or_else(|| read::truth(&data["metrics"]["success"]));
        step.severities = severities(data);
        complete(&mut step, data, &mut listed);
    }
    let mut facts = vec![Fact::Step(Box::new(step))];
    facts.append(&mut listed);
    facts
}

fn complete(step: &mut StepFact, data: &Value, listed: &mut Vec<Fact>) {
    let metrics = &data["metrics"];
    let findings = || {
        read::first(data, &["findings_count", "findings"], read::size)
            .or_else(|| read::size(&metrics["issues_found"]))
    };
    let fixes = || {
        read::first(data, &["fixes_count", "fixes"], read::size)
            .or_else(|| read::size(&metrics["fixes_applied"]))
    };
    match step.name.as_str() {
        "diagnose" => {
            step.counts.findings = findings();
            list_findings(&data["findings"], false, listed);
        }
        "fix" => {
            step.counts.fixes = fixes();
            list_fixes(&data["fixes"], listed);
        }
        "attack" => {
            step.counts.vulnerabilities = read::first(
                data,
                &["findings_count", "findings", "vulnerabilities"],
                read::size,
            )
            .or_else(|| read::size(&metrics["vulnerabilities_found"]));
            for field in ["findings", "vulnerabilities"] {
                list_findings(&data[field], true, listed);
            }
        }
        "validate" => step.tests = tests(metrics),
        _ => {
            step.counts = Counts {
                findings: findings(),
                fixes: fixes(),
                vulnerabilities: None,
            };
            step.tests = tests(metrics);
            list_findings(&data["findings"], false, listed);
            list_fixes(&data["fixes"], listed);
        }
    }
}

/// The tool with its arguments, as a person would type it.
fn command(tool: Option<&str>, args: &Value) -> Option<String> {
    let mut line = tool?.to_owned();
    for arg in args.as_array().into_iter().flatten().take(32) {
        if let Some(arg) = read::text(arg) {
            line.push(' ');
            line.push_str(&arg);
        }
    }
    Some(read::cut(&line, 200))
}

/// Findings by severity: the metrics' own counts, else counted from the finding objects.
pub(super) fn severities(data: &Value) -> Option<Severities> {
    let metrics = &data["metrics"];
    let mut said = Severities::default();
    let mut any = false;
    for severity in Severity::ALL {
        if let Some(count) = read::count(&metrics[severity.as_str()]) {
            said.add(*severity, count);
            any = true;
        }
    }
    let listed = ["findings", "vulnerabilities"].map(|field| &data[field]);
    let mut objects = Severities::default();
    for finding in listed.into_iter().filter_map(Value::as_array).flatten() {
        if let Some(severity) = read::severity(&finding["severity"]) {
            objects.add(severity, 1);
        }
    }
    if !any {
        return (objects.total() > 0).then_some(objects);
    }
    // The metrics never count `info`: it is known from the objects alone.
    if said.info == 0 {
        said.info = objects.info;
    }
    Some(said)
}

fn tests(metrics: &Value) -> Option<Tests> {
    let count = |field: &str| read::count(&metrics[field]);
    let (passed, failed) = (count("passed"), count("failed"));
    if passed.is_none() && failed.is_none() {
        return None;
    }
    Some(Tests {
        passed: passed.unwrap_or(0),
        failed: failed
            .unwrap_or(0)
            .saturating_add(count("errors").unwrap_or(0)),
        skipped: count("skipped").unwrap_or(0),
    })
}

fn list_findings(list: &Value, attack: bool, listed: &mut Vec<Fact>) {
    let items = list.as_array().into_iter().flatten().take(MAX_LISTED);
    listed.extend(items.map(|item| Fact::Finding(finding(item, attack))));
}

/// A finding, as an object or as its description alone.
pub(super) fn finding(item: &Value, attack: bool) -> Finding {
    let description = read::text(item)
        .or_else(|| {
            read::first(
                item,
                &["description", "message", "title", "details"],
                read::text,
            )
        })
        .or_else(|| read::first(item, &["type", "vulnerability"], read::text))
        .unwrap_or_else(|| "no description".to_owned());
    Finding {
        severity: read::severity(&item["severity"]),
        description,
        file: read::first(item, &["file", "path"], read::text),
        line: read::count(&item["line"]),
        category: read::word(&item["type"]),
        attack,
    }
}

fn list_fixes(list: &Value, listed: &mut Vec<Fact>) {
    let items = list.as_array().into_iter().flatten().take(MAX_LISTED);
    listed.extend(items.map(|item| {
        Fact::Fix(FixNote {
            description: read::text(item)
                .or_else(|| read::first(item, &["description", "message", "type"], read::text))
                .unwrap_or_else(|| "no description".to_owned()),
            file: read::first(item, &["file", "path"], read::text),
            category: read::word(&item["type"]),
            error: read::text(&item["error"]),
        })
    }));
}
