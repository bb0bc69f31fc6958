//! `loopscope backup` and `loopscope restore`.

use std::path::PathBuf;

use clap::ArgMatches;
use loopscope::archive::{Wanted, export};
use loopscope::backup::{Restored, restore, store};
use loopscope::config::Config;
use loopscope_event::ProjectId;
use loopscope_journal::JournalConfig;

/// Writes the whole store, or the sessions of a project, to a file.
pub(super) async fn back_up(config: &Config, matches: &ArgMatches) -> anyhow::Result<()> {
    let file = file(matches);
    if let Some(project) = matches.get_one::<String>("project") {
        let wanted = Wanted {
            project: ProjectId::new(project)?,
            sessions: Vec::new(),
            file: Some(file),
            plain: false,
        };
        let (file, count) = export(&config.db_path, wanted).await?;
        eprintln!(
            "{count} sessions of project {project} in {}",
            file.display()
        );
        return Ok(());
    }
    let bytes = store(&config.db_path, &file).await?;
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
    match restore(journal, &file(matches), matches.get_flag("replace")).await? {
        Restored::Store(None) => eprintln!("{path} is the backup now"),
        Restored::Store(Some(old)) => {
            eprintln!(
                "{path} is the backup now; what was there is {}",
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
