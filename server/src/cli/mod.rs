//! The command line. In: arguments and environment. Out: a command that has run, and its exit code.

mod arguments;
mod ask;
mod backup;
mod export;
mod health;
mod log;
mod report;
mod shell;
mod tail;
mod token;
mod widgets;

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::ArgMatches;
use loopscope::config::{Config, Layers, read_file, resolve};
use loopscope::say;
use serde_json::json;

/// Runs what the command line asks for.
pub(crate) fn run() -> anyhow::Result<ExitCode> {
    let matches = arguments::command().get_matches();
    arguments::refuse_unheeded(&matches);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime does not start")?;
    // Who asks a server needs none of the settings of one.
    if let Some((name, inner)) = matches.subcommand()
        && let Some(code) = runtime.block_on(ask::run(name, inner))
    {
        return Ok(code);
    }
    let config = resolve(&layers(&matches)?)?;
    if arguments::asks_health(&matches) {
        return Ok(health::check(&config));
    }
    if reads_store(&matches) && !config.db_path.exists() {
        let path = config.db_path.display();
        bail!("{path} does not exist; --db-path or DASHBOARD_DB_PATH says where the database is");
    }
    runtime.block_on(async {
        match matches.subcommand() {
            Some(("config", inner)) => report::config(&config, inner),
            Some(("completions", inner)) => shell::completions(arguments::command(), inner),
            Some(("man", _)) => shell::man(arguments::command())?,
            Some(("doctor", inner)) => return report::doctor(&config, inner).await,
            Some(("token", inner)) => token::run(&config, inner).await?,
            Some(("import", inner)) => import(&config, inner).await?,
            Some(("backup", inner)) => backup::back_up(&config, inner).await?,
            Some(("restore", inner)) => backup::put_back(&config, inner).await?,
            Some(("export", inner)) => export::run(&config, inner).await?,
            Some(("tail", inner)) => tail::run(&config, inner).await?,
            _ => serve(config).await?,
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// Whether a command is about a database that is there; it makes none.
fn reads_store(matches: &ArgMatches) -> bool {
    match matches.subcommand() {
        Some(("doctor" | "export" | "backup", _)) => true,
        Some(("token", inner)) => inner.subcommand_name() != Some("create"),
        _ => false,
    }
}

/// Serves until the system asks to stop.
async fn serve(config: Config) -> anyhow::Result<()> {
    log::start(&config.log)?;
    let running = loopscope::serve(config).await?;
    // It serves on where nobody reads this.
    let _ = writeln!(std::io::stdout(), "listening on {}", running.url());
    running.asked_to_stop().await;
    running.stop().await?;
    Ok(())
}

async fn import(config: &Config, matches: &ArgMatches) -> anyhow::Result<()> {
    let journal = loopscope_journal::JournalConfig {
        max_bytes_hard: config.db_max_bytes,
        ..loopscope_journal::JournalConfig::new(&config.db_path)
    };
    for file in matches.get_many::<String>("file").unwrap_or_default() {
        let summary = loopscope::import::run(file, journal.clone()).await?;
        if matches.get_flag("json") {
            report::json(&json!({
                "file": file, "lines": summary.lines, "sessions": summary.sessions,
                "stored": summary.stored, "duplicates": summary.duplicates,
                "refused": summary.refused,
            }));
            continue;
        }
        say!(
            "{file}: {} stored, {} stored before, {} refused",
            summary.stored,
            summary.duplicates,
            summary.refused
        );
    }
    Ok(())
}

/// What was said, layer by layer.
fn layers(matches: &ArgMatches) -> anyhow::Result<Layers> {
    let path = arguments::settings_file(matches);
    let default = std::path::PathBuf::from("loopscope.toml");
    let file = match path {
        Some(path) => Some((path.clone(), read_file(path)?)),
        None if default.is_file() => Some((default.clone(), read_file(&default)?)),
        None => None,
    };
    Ok(Layers {
        flags: arguments::flags(matches),
        env: std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect(),
        file,
    })
}
