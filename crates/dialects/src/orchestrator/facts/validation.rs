//! Validations: checks, their output lines, their results.

use loopscope_event::{Fact, ValidationFact, ValidationResult};

use crate::read::{Json, Object};

/// The longest output line, in bytes.
const MAX_LINE_BYTES: usize = 2_000;
/// The most lines of one event.
const MAX_LINES: usize = 500;
/// The most parts of a check that are listed.
const MAX_CHECKS: usize = 64;

pub(super) fn facts(what: &str, data: &Object<'_>) -> Vec<Fact> {
    let names = ["check_name", "validation_id", "name", "check", "id"];
    let name = data.first(&names, Json::word);
    match what {
        "started" => {
            let listed = || {
                let names: Vec<String> = data
                    .get("checks")
                    .items()
                    .into_iter()
                    .filter_map(Json::word)
                    .take(MAX_CHECKS)
                    .collect();
                (!names.is_empty()).then(|| names.join(", "))
            };
            let target = data.first(&["command", "target"], Json::text);
            vec![Fact::Validation(ValidationFact::Started {
                name,
                target: target.or_else(listed),
            })]
        }
        "output" => lines(name.as_ref(), data),
        _ => vec![Fact::Validation(ValidationFact::Ended(Box::new(result(
            what, name, data,
        ))))],
    }
}

fn lines(name: Option<&String>, data: &Object<'_>) -> Vec<Fact> {
    let fields = ["line", "output", "message", "text"];
    let text = data.first(&fields, Json::string).unwrap_or_default();
    let stream = data.first(&["type", "stream"], Json::word);
    let is_error = stream.as_deref() == Some("stderr");
    let lines = text.split('\n').map(|line| line.trim_end_matches('\r'));
    let lines = lines.filter(|line| !line.trim().is_empty());
    lines
        .take(MAX_LINES)
        .map(|line| {
            let mut end = line.len().min(MAX_LINE_BYTES);
            while !line.is_char_boundary(end) {
                end -= 1;
            }
            Fact::Validation(ValidationFact::Line {
                name: name.cloned(),
                line: line.get(..end).unwrap_or_default().to_owned(),
                is_error,
            })
        })
        .collect()
}

fn result(what: &str, name: Option<String>, data: &Object<'_>) -> ValidationResult {
    let checks: Vec<_> = checks(data);
    let exit_code: Option<i64> = data.get("exit_code").as_str().parse().ok();
    let timed_out = data.get("timed_out").truth() == Some(true);
    let error = data.get("error").text();
    let said = data.first(
        &["success", "passed", "status", "result", "pass"],
        Json::truth,
    );
    let by_checks = || {
        let known = !checks.is_empty() && checks.iter().all(|(_, passed, _)| passed.is_some());
        known.then(|| checks.iter().all(|(_, passed, _)| *passed == Some(true)))
    };
    let broken = (what == "failed" || timed_out || error.is_some()).then_some(false);
    let by_code = exit_code.map(|code| code == 0);
    ValidationResult {
        name,
        passed: said.or(broken).or(by_code).or_else(by_checks),
        exit_code,
        timed_out,
        error,
        score: data
            .first(&["overall_score", "score"], Json::number)
            .filter(|score| score.is_finite()),
        checks,
    }
}

/// The parts of a check, as a map of objects or of truths, or as truths of the result itself.
fn checks(data: &Object<'_>) -> Vec<(String, Option<bool>, Option<f64>)> {
    let map = data.get("checks").object();
    let parts = map.iter().map(|(name, value)| {
        let fields = value.object();
        let passed = value
            .truth()
            .or_else(|| fields.first(&["passed", "success", "status"], Json::truth));
        let score = fields
            .get("score")
            .number()
            .filter(|score| score.is_finite());
        (crate::read::cut(name, 64), passed, score)
    });
    parts.take(MAX_CHECKS).collect()
}
