//! `loopscope export`.

use clap::ArgMatches;
use loopscope::archive::{Wanted, export};
use loopscope::config::Config;
use loopscope_event::{ProjectId, SessionId};

/// Writes what was asked for, and says where it is.
pub(super) async fn run(config: &Config, matches: &ArgMatches) -> anyhow::Result<()> {
    let sessions = matches.get_many::<String>("session").unwrap_or_default();
    let project = matches.get_one::<String>("project");
    let wanted = Wanted {
        project: project.map_or(Ok(ProjectId::default()), ProjectId::new)?,
        sessions: sessions.map(SessionId::new).collect::<Result<_, _>>()?,
        file: matches.get_one("output").cloned(),
        plain: matches.get_flag("plain"),
    };
    let (file, count) = export(&config.db_path, wanted).await?;
    if matches.get_flag("json") && file.as_os_str() != "-" {
        super::report::json(&serde_json::json!({"file": file, "sessions": count}));
        return Ok(());
    }
    let sessions = if count == 1 { "session" } else { "sessions" };
    eprintln!("{count} {sessions} in {}", file.display());
    Ok(())
}
