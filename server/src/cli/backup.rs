//! `loopscope backup` and `loopscope restore`.

use std::path::PathBuf;

use clap::ArgMatches;
use loopscope::archive::{Wanted, export};
use loopscope::backup::{Restored, restore, store};
use loopscope::config::Config;
use loopscope_event::ProjectId;
use loopscope_journal::JournalConfig;
use serde_json::json;

use super::report;

/// Writes the whole store, or the sessions of a project, to a file.
pub(super) async fn back_up(config: &Config, matches: &ArgMatches) -> anyhow::Result<()> {
    let file = file(matches);
    let as_json = matches.get_flag("json");
    if let Some(project) = matches.get_one::<String>("project") {
        let wanted = Wanted {
            project: ProjectId::new(project)?,
            sessions: Vec::new(),
            file: Some(file),
            plain: false,
        };
        let (file, count) = export(&config.db_path, wanted).await?;
        if as_json {
            report::json(&json!({"file": file, "project": project, "sessions": count}));
            return Ok(());
        }
        eprintln!(
            "{count} sessions of project {project} in {}",
            file.display()
        );
        return Ok(());
    }
    let bytes = store(&config.db_path, &file).await?;
    if as_json {
        report::json(&json!({"file": file, "bytes": bytes}));
        return Ok(());
    }
    eprintln!("{bytes} bytes in {}", file.display());
    Ok(())
}

/// Puts back what was written.
pub(super) async fn put_back(config: &Config, matches: &ArgMatches) -> anyhow::Result<()> {
    let journal = JournalConfig {
        max_bytes_hard: config.db_max_bytes,
        ..JournalConfig::new(&config.db_path)
    };
    let path = config.db_path.display();
    let restored = restore(journal, &file(matches), matches.get_flag("replace")).await?;
    if matches.get_flag("json") {
        report::json(&match restored {
            Restored::Store(old) => json!({"database": config.db_path, "set_aside": old}),
            Restored::Sessions(summary) => json!({
                "database": config.db_path, "sessions": summary.sessions, "stored": summary.stored,
                "duplicates": summary.duplicates, "refused": summary.refused,
            }),
        });
        return Ok(());
    }
    match restored {
        Restored::Store(None) => eprintln!("{path} is restored from the backup"),
        Restored::Store(Some(old)) => {
            eprintln!(
                "{path} is restored from the backup; the previous database is {}",
                old.display()
            );
        }
        Restored::Sessions(summary) => eprintln!(
            "{} sessions: {} events stored, {} stored before",
            summary.sessions, summary.stored, summary.duplicates
        ),
    }
    Ok(())
}

fn file(matches: &ArgMatches) -> PathBuf {
    matches
        .get_one::<PathBuf>("file")
        .cloned()
        .unwrap_or_default()
}
