//! Fix: the worst findings first, a few in each iteration. What the compiler or clippy vouches for is applied as it
//! suggests; for the rest there are prepared patches, found by what the finding is and whether the patch fits.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use super::{Bench, Report, object};
use crate::catalogue::Defect;
use crate::edits::Edit;
use crate::finding::{Finding, Fix};

/// A fix that was decided on.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Plan {
    edits: Vec<Edit>,
    fix: Fix,
}

/// The fixes for one iteration.
#[derive(Debug, Default)]
struct Plans {
    chosen: Vec<Plan>,
    /// How many findings they answer.
    addressed: usize,
    /// Findings that nothing is known against.
    helpless: Vec<String>,
}

/// Runs the step.
pub async fn fix(bench: Bench<'_>, findings: &[Finding]) -> anyhow::Result<Report> {
    if findings.is_empty() {
        return Ok(Report {
            success: true,
            metrics: object(json!({"fixes_applied": 0, "no_issues": true})),
            ..Report::default()
        });
    }
    let mut texts = BTreeMap::new();
    for file in bench.catalogue.iter().map(|defect| &defect.file) {
        texts.insert(file.clone(), bench.workshop.read(file)?);
    }
    let plans = plan(
        findings,
        bench.catalogue,
        &texts,
        bench.options.fixes_per_iteration,
    );
    for kind in &plans.helpless {
        bench
            .teller
            .note("fix", 0, 0, &format!("nothing is known against {kind}"));
    }
    // All edits refer to the files as they were diagnosed, so they are applied together and told one by one.
    let edits: Vec<Edit> = plans
        .chosen
        .iter()
        .flat_map(|plan| plan.edits.clone())
        .collect();
    bench.workshop.apply(&edits)?;
    let total = plans.chosen.len() as u64;
    for (done, plan) in (1..).zip(&plans.chosen) {
        tokio::time::sleep(breath(bench.options.pace)).await;
        let message = format!("{}: {}", plan.fix.file, plan.fix.description);
        bench.teller.note("fix", done, total, &message);
    }
    Ok(Report {
        success: true,
        metrics: object(json!({
            "fixes_applied": plans.chosen.len(),
            "issues_addressed": plans.addressed,
        })),
        measured: object(
            json!({"bytes_changed": edits.iter().map(|edit| edit.replacement.len()).sum::<usize>()}),
        ),
        fixes: plans.chosen.into_iter().map(|plan| plan.fix).collect(),
        ..Report::default()
    })
}

/// Decides what to fix, given the texts of the files that the findings refer to.
fn plan(
    findings: &[Finding],
    catalogue: &[Defect],
    texts: &BTreeMap<String, String>,
    limit: usize,
) -> Plans {
    let mut plans = Plans::default();
    let mut patched: Vec<&Defect> = Vec::new();
    for finding in findings {
        if patched.iter().any(|defect| defect.explains(finding)) {
            plans.addressed += 1;
            continue;
        }
        if plans.chosen.len() >= limit {
            break;
        }
        let (edits, description, defect) = if !finding.suggestion.is_empty() {
            (finding.suggestion.clone(), suggested(finding), None)
        } else if let Some((defect, edits)) = patch(finding, catalogue, texts) {
            (edits, format!("put right: {}", defect.title), Some(defect))
        } else {
            plans.helpless.push(finding.kind.clone());
            continue;
        };
        let taken = plans.chosen.iter().flat_map(|plan| &plan.edits);
        if edits
            .iter()
            .any(|edit| taken.clone().any(|other| edit.collides(other)))
        {
            continue;
        }
        plans.addressed += 1;
        patched.extend(defect);
        plans.chosen.push(Plan {
            fix: Fix {
                file: edits
                    .first()
                    .map(|edit| edit.file.clone())
                    .unwrap_or_default(),
                kind: finding.kind.clone(),
                description,
                auto_fixed: true,
                origin: if defect.is_some() {
                    "patch"
                } else {
                    "suggestion"
                },
            },
            edits,
        });
    }
    plans
}

fn suggested(finding: &Finding) -> String {
    let tool = if finding.kind.starts_with("clippy::") {
        "clippy"
    } else {
        "the compiler"
    };
    format!(
        "as {tool} suggests: {}",
        finding.details.as_ref().unwrap_or(&finding.description)
    )
}

/// The first prepared patch that answers the finding and fits the crate as it is.
fn patch<'a>(
    finding: &Finding,
    catalogue: &'a [Defect],
    texts: &BTreeMap<String, String>,
) -> Option<(&'a Defect, Vec<Edit>)> {
    catalogue
        .iter()
        .filter(|defect| defect.explains(finding))
        .find_map(|defect| Some((defect, defect.patch(texts.get(&defect.file)?)?)))
}

/// A part of the pace, between two fixes.
fn breath(pace: Duration) -> Duration {
    pace / 3
}
