//! What a step's event says: `STEP_STARTED`, `STEP_PROGRESS`, `STEP_COMPLETE`, `STEP_FAILED`.

use loopscope_event::{
    Counts, Fact, Finding, FixNote, Phase, Severities, Severity, StepFact, Tests,
};

use crate::read::{self, Json, Object};

/// The most findings or fixes that are listed of one event; the count stays that of the whole list.
const MAX_LISTED: usize = 2_000;

/// What a step's event says: the step, then each finding and fix that it lists.
pub(super) fn facts(phase: Phase, data: &Object<'_>) -> Vec<Fact> {
    let name = data
        .first(&["step", "name"], Json::word)
        .map_or_else(|| "step".to_owned(), |name| name.to_lowercase());
    let mut step = StepFact::new(phase, name);
    step.tool = data.get("tool").word();
    step.command = command(step.tool.as_deref(), data.get("args"));
    step.message = data.get("message").text();
    step.done = data.get("done").count();
    step.total = data.get("total").count();
    step.error = data.first(&["error", "reason"], Json::text);
    let mut listed = Vec::new();
    if phase == Phase::Completed {
        let metrics = data.get("metrics").object();
        step.success = data
            .first(&["success", "result", "passed"], Json::truth)
            .or_else(|| metrics.get("success").truth());
        step.severities = severities(data, &metrics);
        complete(&mut step, data, &metrics, &mut listed);
    }
    let mut facts = vec![Fact::Step(Box::new(step))];
    facts.append(&mut listed);
    facts
}

fn complete(step: &mut StepFact, data: &Object<'_>, metrics: &Object<'_>, listed: &mut Vec<Fact>) {
    let findings = || {
        data.first(&["findings_count", "findings"], Json::size)
            .or_else(|| metrics.get("issues_found").size())
    };
    let fixes = || {
        data.first(&["fixes_count", "fixes"], Json::size)
            .or_else(|| metrics.get("fixes_applied").size())
    };
    match step.name.as_str() {
        "diagnose" => {
            step.counts.findings = findings();
            list_findings(data.get("findings"), false, listed);
        }
        "fix" => {
            step.counts.fixes = fixes();
            list_fixes(data.get("fixes"), listed);
        }
        "attack" => {
            step.counts.vulnerabilities = data
                .first(
                    &["findings_count", "findings", "vulnerabilities"],
                    Json::size,
                )
                .or_else(|| metrics.get("vulnerabilities_found").size());
            for field in ["findings", "vulnerabilities"] {
                list_findings(data.get(field), true, listed);
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
            list_findings(data.get("findings"), false, listed);
            list_fixes(data.get("fixes"), listed);
        }
    }
}

/// The tool with its arguments, as a person would type it.
fn command(tool: Option<&str>, args: Json<'_>) -> Option<String> {
    let mut line = tool?.to_owned();
    for arg in args.items().into_iter().take(32) {
        if let Some(arg) = arg.text() {
            line.push(' ');
            line.push_str(&arg);
        }
    }
    Some(read::cut(&line, 200))
}

/// Findings by severity: the metrics' own count of each, else (always for `info`) counted from the finding objects.
pub(super) fn severities(data: &Object<'_>, metrics: &Object<'_>) -> Option<Severities> {
    let mut listed = Severities::default();
    for finding in ["findings", "vulnerabilities"]
        .iter()
        .flat_map(|field| data.get(field).items())
    {
        if let Some(severity) = finding.object().get("severity").severity() {
            listed.add(severity, 1);
        }
    }
    let mut any = listed.total() > 0;
    let mut severities = Severities::default();
    for severity in Severity::ALL {
        let said = metrics.get(severity.as_str()).count();
        any |= said.is_some();
        severities.add(*severity, said.unwrap_or(listed.get(*severity)));
    }
    any.then_some(severities)
}

fn tests(metrics: &Object<'_>) -> Option<Tests> {
    let count = |field: &str| metrics.get(field).count();
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

fn list_findings(list: Json<'_>, attack: bool, listed: &mut Vec<Fact>) {
    let items = list.items().into_iter().take(MAX_LISTED);
    listed.extend(items.map(|item| Fact::Finding(finding(item, attack))));
}

/// A finding, as an object or as its description alone.
pub(super) fn finding(item: Json<'_>, attack: bool) -> Finding {
    let fields = item.object();
    Finding {
        severity: fields.get("severity").severity(),
        description: item
            .text()
            .or_else(|| fields.first(&["description", "message", "title", "details"], Json::text))
            .or_else(|| fields.first(&["type", "vulnerability"], Json::text))
            .unwrap_or_else(|| "no description".to_owned()),
        file: fields.first(&["file", "path"], Json::text),
        line: fields.get("line").count(),
        category: fields.get("type").word(),
        attack,
    }
}

fn list_fixes(list: Json<'_>, listed: &mut Vec<Fact>) {
    let items = list.items().into_iter().take(MAX_LISTED);
    listed.extend(items.map(|item| Fact::Fix(fix(item))));
}

/// A fix, as an object or as its description alone.
pub(super) fn fix(item: Json<'_>) -> FixNote {
    let fields = item.object();
    FixNote {
        description: item
            .text()
            .or_else(|| fields.first(&["description", "message", "type"], Json::text))
            .unwrap_or_else(|| "no description".to_owned()),
        file: fields.first(&["file", "path"], Json::text),
        category: fields.get("type").word(),
        error: fields.get("error").text(),
    }
}
