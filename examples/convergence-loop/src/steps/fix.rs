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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Severity, Source};

    const CATALOGUE: &str = "
=== wrong-sum
title: A sum is off by one
file: src/a.rs
found-by: test sums
found-by: attack sum_is_right
--- right
a + b
--- wrong
a + b + 1
--- end

=== other-sum
title: A sum in another file
file: src/b.rs
found-by: attack sum_is_right
--- right
c + d
--- wrong
c - d
--- end
";

    fn finding(source: Source, kind: &str, suggestion: Vec<Edit>) -> Finding {
        Finding {
            severity: Severity::High,
            description: format!("{kind} fell"),
            file: None,
            line: None,
            kind: kind.into(),
            source,
            details: None,
            suggestion,
            replay: None,
        }
    }

    fn edit(start: usize, end: usize) -> Edit {
        Edit {
            file: "src/a.rs".into(),
            start,
            end,
            replacement: "x".into(),
        }
    }

    /// The types of what is fixed, how many findings that answers, and what is without help.
    fn check(
        findings: &[Finding],
        a: &str,
        b: &str,
        limit: usize,
    ) -> (Vec<String>, usize, Vec<String>) {
        let catalogue = crate::catalogue::parse(CATALOGUE).unwrap();
        let texts = BTreeMap::from([("src/a.rs".into(), a.into()), ("src/b.rs".into(), b.into())]);
        let plans = plan(findings, &catalogue, &texts, limit);
        let kinds = plans.chosen.into_iter().map(|plan| plan.fix.kind).collect();
        (kinds, plans.addressed, plans.helpless)
    }

    #[test]
    fn a_patch_is_chosen_by_finding_and_fit() {
        use Source::{Attack, Test};
        let sums = finding(Test, "sums", vec![]);
        let right = finding(Attack, "sum_is_right", vec![]);
        // One patch answers both findings of one defect.
        let both = [sums.clone(), right.clone()];
        let (fixed, addressed, _) = check(&both, "a + b + 1", "c + d", 3);
        assert_eq!((fixed, addressed), (owned(&["sums"]), 2));
        // The property fell for another reason, and only that patch fits.
        let (fixed, addressed, _) = check(&[right], "a + b", "c - d", 3);
        assert_eq!((fixed, addressed), (owned(&["sum_is_right"]), 1));
        // Nothing of the kind is in the crate, so that no patch fits.
        let (fixed, addressed, _) = check(&[sums], "a + b", "c + d", 3);
        assert_eq!((fixed, addressed), (owned(&[]), 0));
    }

    #[test]
    fn fixes_stop_at_the_limit_and_never_collide() {
        let lint = |kind, start, end| finding(Source::Lint, kind, vec![edit(start, end)]);
        let findings = [
            lint("one", 0, 4),
            lint("two", 2, 6),
            lint("three", 6, 8),
            lint("four", 8, 9),
        ];
        let (fixed, addressed, helpless) = check(&findings, "0123456789", "", 2);
        assert_eq!((fixed, addressed), (owned(&["one", "three"]), 2));
        assert_eq!(helpless, [""; 0]);
    }

    #[test]
    fn what_nothing_is_known_against_is_named() {
        let (fixed, addressed, helpless) =
            check(&[finding(Source::Test, "strange", vec![])], "", "", 3);
        assert_eq!((fixed.len(), addressed), (0, 0));
        assert_eq!(helpless, ["strange"]);
    }

    fn owned(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }
}
