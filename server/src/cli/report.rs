//! `loopscope config` and `loopscope doctor`: what is, in a table.

use std::process::ExitCode;

use loopscope::config::Config;

/// Prints every setting, its value and its source.
pub(super) fn config(config: &Config) {
    for setting in &config.report {
        let source = serde_json::to_string(&setting.source).unwrap_or_default();
        println!(
            "{:<26} = {:<28} {:<12} {}",
            setting.key,
            setting.value,
            source.trim_matches('"'),
            names(setting.flag.as_deref(), setting.env.as_deref())
        );
    }
}

fn names(flag: Option<&str>, env: Option<&str>) -> String {
    let names: Vec<&str> = [flag, env].into_iter().flatten().collect();
    names.join(", ")
}

/// Looks through the database; fails where something is wrong with it.
pub(super) async fn doctor(config: &Config) -> anyhow::Result<ExitCode> {
    let report = loopscope_journal::doctor(&config.db_path).await?;
    let storage = report.storage;
    let mebibytes = |bytes: u64| format!("{:.1} MiB", bytes as f64 / 1_048_576.0);
    let lines = [
        ("database", report.path.display().to_string()),
        ("in use by a server", report.in_use.to_string()),
        ("closed in order", report.clean.to_string()),
        (
            "schema",
            format!("{} (SQLite {})", report.schema, report.sqlite),
        ),
        ("size", mebibytes(storage.file_bytes)),
        ("write-ahead log", mebibytes(storage.log_bytes)),
        ("free inside", mebibytes(storage.free_bytes)),
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
        println!("{name:<20} {value}");
    }
    if report.problems.is_empty() {
        println!("{:<20} none", "problems");
        return Ok(ExitCode::SUCCESS);
    }
    for problem in &report.problems {
        println!("{:<20} {problem}", "PROBLEM");
    }
    Ok(ExitCode::FAILURE)
}
