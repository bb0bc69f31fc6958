//! Reads `--message-format=json`: lines of JSON in, findings out, each once however many targets report it.
//!
//! Severity is the tool's own: clippy names the group of a lint where it first reports it (the crate turns lints on
//! by group), and `correctness`, denied, is an error.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::edits::Edit;
use crate::finding::{Finding, Severity, Source};

#[derive(Deserialize)]
struct Line {
    message: Option<Diagnostic>,
}

#[derive(Deserialize)]
struct Diagnostic {
    message: String,
    code: Option<Code>,
    level: String,
    spans: Vec<Span>,
    children: Vec<Diagnostic>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    byte_start: usize,
    byte_end: usize,
    line_start: u32,
    is_primary: bool,
    suggested_replacement: Option<String>,
    suggestion_applicability: Option<String>,
}

/// The findings in what cargo printed, in its order.
pub fn findings(stdout: &str) -> Vec<Finding> {
    let diagnostics: Vec<Diagnostic> = stdout
        .lines()
        .filter_map(|line| serde_json::from_str::<Line>(line).ok()?.message)
        .collect();
    let groups: BTreeMap<&str, &str> = diagnostics
        .iter()
        .filter_map(|diagnostic| {
            Some((diagnostic.code.as_ref()?.code.as_str(), group(diagnostic)?))
        })
        .collect();
    let mut seen = BTreeSet::new();
    diagnostics
        .iter()
        .filter_map(|diagnostic| {
            let span = diagnostic.spans.iter().find(|span| span.is_primary)?;
            let kind = diagnostic
                .code
                .as_ref()
                .map_or("error", |code| code.code.as_str());
            if !seen.insert((kind, &span.file_name, span.byte_start, span.byte_end)) {
                return None;
            }
            Some(Finding {
                severity: severity(&diagnostic.level, kind, groups.get(kind).copied()),
                description: diagnostic.message.clone(),
                file: Some(span.file_name.clone()),
                line: Some(span.line_start),
                kind: kind.to_owned(),
                source: Source::Lint,
                details: help(diagnostic),
                suggestion: suggestion(diagnostic),
                replay: None,
            })
        })
        .collect()
}

/// The lint's group, out of "`-W clippy::len-zero` implied by `-W clippy::style`".
fn group(diagnostic: &Diagnostic) -> Option<&str> {
    diagnostic.children.iter().find_map(|child| {
        let (_, implied) = child.message.split_once("implied by `")?;
        let (_, group) = implied.split_once("clippy::")?;
        group.split('`').next()
    })
}

fn severity(level: &str, kind: &str, group: Option<&str>) -> Severity {
    let clippy = kind.starts_with("clippy::");
    match (level, group) {
        (level, _) if level.starts_with("error") && clippy => Severity::High,
        (level, _) if level.starts_with("error") => Severity::Critical,
        (_, Some("correctness")) => Severity::High,
        (_, Some("suspicious" | "complexity" | "perf")) => Severity::Medium,
        _ => Severity::Low,
    }
}

/// The tool's advice, without the links and switches that stand beside it.
fn help(diagnostic: &Diagnostic) -> Option<String> {
    let beside = ["for further information", "to override"];
    diagnostic
        .children
        .iter()
        .filter(|child| child.level == "help")
        .map(|child| child.message.as_str())
        .find(|message| !beside.iter().any(|start| message.starts_with(start)))
        .map(str::to_owned)
}

/// The first suggestion that the tool vouches for, all of its parts.
fn suggestion(diagnostic: &Diagnostic) -> Vec<Edit> {
    let whole = diagnostic.children.iter().find(|child| {
        !child.spans.is_empty()
            && child.spans.iter().all(|span| {
                span.suggested_replacement.is_some()
                    && span.suggestion_applicability.as_deref() == Some("MachineApplicable")
            })
    });
    whole
        .into_iter()
        .flat_map(|child| &child.spans)
        .map(|span| Edit {
            file: span.file_name.clone(),
            start: span.byte_start,
            end: span.byte_end,
            replacement: span.suggested_replacement.clone().unwrap_or_default(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn span(at: usize, replacement: Option<&str>, applicability: &str) -> Value {
        json!({
            "file_name": "src/stats.rs", "byte_start": at, "byte_end": at + 4, "line_start": 6, "line_end": 6,
            "is_primary": true, "suggested_replacement": replacement, "suggestion_applicability": applicability,
        })
    }

    fn child(level: &str, message: &str, spans: &[Value]) -> Value {
        json!({"level": level, "message": message, "code": null, "spans": spans, "children": []})
    }

    fn line(level: &str, code: Option<&str>, children: &[Value]) -> String {
        let code = code.map(|code| json!({"code": code, "explanation": null}));
        json!({"reason": "compiler-message", "target": {"kind": ["lib"]}, "message": {
            "level": level, "message": "what is wrong", "code": code, "spans": [span(40, None, "")],
            "children": children,
        }})
        .to_string()
    }

    /// As clippy 0.1.95 prints it.
    fn len_zero() -> String {
        line(
            "warning",
            Some("clippy::len_zero"),
            &[
                child(
                    "help",
                    "for further information visit https://rust-lang.github.io/…",
                    &[],
                ),
                child(
                    "note",
                    "`-W clippy::len-zero` implied by `-W clippy::style`",
                    &[],
                ),
                child(
                    "help",
                    "to override `-W clippy::style` add `#[allow(clippy::len_zero)]`",
                    &[],
                ),
                child(
                    "help",
                    "using `is_empty` is clearer",
                    &[span(40, Some("is_empty()"), "MachineApplicable")],
                ),
            ],
        )
    }

    #[test]
    fn a_lint_becomes_a_finding_with_its_suggestion() {
        let found = findings(&len_zero());
        let [finding] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(finding.severity, Severity::Low);
        assert_eq!(finding.kind, "clippy::len_zero");
        assert_eq!(
            (finding.file.as_deref(), finding.line),
            (Some("src/stats.rs"), Some(6))
        );
        assert_eq!(
            finding.details.as_deref(),
            Some("using `is_empty` is clearer")
        );
        let edit = Edit {
            file: "src/stats.rs".into(),
            start: 40,
            end: 44,
            replacement: "is_empty()".into(),
        };
        assert_eq!(finding.suggestion, [edit]);
    }

    #[test]
    fn severities_follow_level_and_group() {
        let rows = [
            ("error", Some("E0308"), None, Severity::Critical),
            ("error", None, None, Severity::Critical),
            (
                "error",
                Some("unconditional_panic"),
                None,
                Severity::Critical,
            ),
            (
                "error: internal compiler error",
                None,
                None,
                Severity::Critical,
            ),
            (
                "error",
                Some("clippy::eq_op"),
                Some("correctness"),
                Severity::High,
            ),
            ("error", Some("clippy::eq_op"), None, Severity::High),
            (
                "warning",
                Some("clippy::x"),
                Some("suspicious"),
                Severity::Medium,
            ),
            (
                "warning",
                Some("clippy::x"),
                Some("complexity"),
                Severity::Medium,
            ),
            ("warning", Some("clippy::x"), Some("perf"), Severity::Medium),
            ("warning", Some("clippy::x"), Some("style"), Severity::Low),
            ("warning", Some("clippy::x"), None, Severity::Low),
            ("warning", Some("unused_mut"), None, Severity::Low),
        ];
        for (level, code, group, wanted) in rows {
            let note = group.map(|group| format!("`-W clippy::x` implied by `-W clippy::{group}`"));
            let notes: Vec<Value> = note.iter().map(|note| child("note", note, &[])).collect();
            let found = findings(&line(level, code, &notes));
            assert_eq!(found[0].severity, wanted, "{level} {code:?} {group:?}");
        }
    }

    #[test]
    fn the_same_place_in_two_targets_is_one_finding() {
        assert_eq!(findings(&format!("{0}\n{0}\n", len_zero())).len(), 1);
    }

    #[test]
    fn only_what_the_tool_vouches_for_is_applied() {
        let rows: &[(&[Value], usize)] = &[
            (
                &[
                    span(1, Some("a"), "MachineApplicable"),
                    span(9, Some("b"), "MachineApplicable"),
                ],
                2,
            ),
            (&[span(1, Some("a"), "MaybeIncorrect")], 0),
            (
                &[
                    span(1, Some("a"), "MachineApplicable"),
                    span(9, Some("b"), "HasPlaceholders"),
                ],
                0,
            ),
            (&[span(1, None, "")], 0),
            (&[], 0),
        ];
        for (spans, wanted) in rows {
            let found = findings(&line(
                "warning",
                Some("clippy::x"),
                &[child("help", "try", spans)],
            ));
            assert_eq!(found[0].suggestion.len(), *wanted, "{spans:?}");
        }
    }

    #[test]
    fn other_lines_are_passed_over() {
        let summary = json!({"reason": "compiler-message", "message": {
            "level": "warning", "message": "2 warnings emitted", "code": null, "spans": [], "children": [],
        }});
        let text =
            format!("{{\"reason\":\"build-finished\",\"success\":true}}\nnot json\n\n{summary}\n");
        assert_eq!(findings(&text), []);
    }
}
