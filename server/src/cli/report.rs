//! `loopscope config` and `loopscope doctor`: what is, in a table, or as JSON.

use std::process::ExitCode;

use clap::ArgMatches;
use loopscope::config::Config;
use loopscope::say;
use loopscope_journal::Report;
use serde_json::{Value, json};

/// Prints every setting, its value and its source.
pub(super) fn config(config: &Config, matches: &ArgMatches) {
    if matches.get_flag("json") {
        return json(&json!({ "settings": config.report }));
    }
    for setting in &config.report {
        let source = serde_json::to_string(&setting.source).unwrap_or_default();
        say!(
            "{:<26} = {:<28} {:<12} {}",
            setting.key,
            setting.value,
            source.trim_matches('"'),
            names(setting.flag.as_deref(), setting.env.as_deref())
        );
    }
}

/// Prints one value, on a line of its own.
pub(super) fn json(value: &Value) {
    say!("{value}");
}

fn names(flag: Option<&str>, env: Option<&str>) -> String {
    let names: Vec<&str> = [flag, env].into_iter().flatten().collect();
    names.join(", ")
}

/// Looks through the database; fails where something is wrong with it.
pub(super) async fn doctor(config: &Config, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let report = loopscope_journal::doctor(&config.db_path).await?;
    if matches.get_flag("json") {
        json(&found(&report));
    } else {
        tell(&report);
    }
    Ok(if report.problems.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What was found, for scripts.
fn found(report: &Report) -> Value {
    let storage = report.storage;
    json!({
        "database": report.path,
        "problems": report.problems,
        "in_use": report.in_use,
        "closed_in_order": report.clean,
        "schema": report.schema,
        "sqlite": report.sqlite,
        "epoch": report.epoch,
        "file_bytes": storage.file_bytes,
        "log_bytes": storage.log_bytes,
        "free_bytes": storage.free_bytes,
        "projects": storage.projects,
        "sessions": storage.sessions,
        "events": storage.events,
        "newest_offset": storage.head,
        "removed_up_to": storage.horizon,
        "oldest_session_at": storage.oldest_session_at,
        "newest_event_at": storage.newest_event_at,
    })
}

/// What was found, for people.
fn tell(report: &Report) {
    let storage = report.storage;
    let mebibytes = |bytes: u64| format!("{:.1} MiB", bytes as f64 / 1_048_576.0);
    let lines = [
        ("database", report.path.display().to_string()),
        ("in use by a server", report.in_use.to_string()),
        ("closed cleanly", report.clean.to_string()),
        (
            "schema",
            format!("{} (SQLite {})", report.schema, report.sqlite),
        ),
        ("size", mebibytes(storage.file_bytes)),
        ("write-ahead log", mebibytes(storage.log_bytes)),
        ("free in the file", mebibytes(storage.free_bytes)),
        ("projects", storage.projects.to_string()),
        ("sessions", storage.sessions.to_string()),
        ("events", storage.events.to_string()),
        (
            "newest offset",
            format!("{}-{}", report.epoch, storage.head),
        ),
        ("removed up to", storage.horizon.to_string()),
    ];
    for (name, value) in lines {
        say!("{name:<20} {value}");
    }
    if report.problems.is_empty() {
        say!("{:<20} none", "problems");
    }
    for problem in &report.problems {
        say!("{:<20} {problem}", "PROBLEM");
    }
}
