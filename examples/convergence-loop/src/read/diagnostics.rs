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

fn help(diagnostic: &Diagnostic) -> Option<String> {
    let help = diagnostic
        .children
        .iter()
        .find(|child| child.level == "help")?;
    let clause = help.message.split(": http").next().unwrap_or_default();
    (!clause.starts_with("for further information")).then(|| clause.to_owned())
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
