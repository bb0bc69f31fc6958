//! `loopscope tail`. In: its arguments. Out: a file that is followed until Ctrl-C.

use clap::ArgMatches;
use loopscope::config::Config;
use loopscope::say;
use loopscope::tail::{Options, run as follow};
use tokio_util::sync::CancellationToken;

use super::ask::{address, said};
use super::log;

/// Follows the file until the system asks to stop.
pub(super) async fn run(config: &Config, matches: &ArgMatches) -> anyhow::Result<()> {
    log::start(&config.log)?;
    let text = |name: &str| matches.get_one::<String>(name).cloned();
    let Some(file) = matches.get_one::<std::path::PathBuf>("file").cloned() else {
        anyhow::bail!("a file is needed");
    };
    let options = Options {
        server: address(matches),
        dialect: text("dialect").and_then(|word| word.parse().ok()),
        source: text("source"),
        from_start: matches.get_flag("from-start"),
        token: said(matches, "access-token"),
        file,
    };
    let shown = options.file.display().to_string();
    let stop = CancellationToken::new();
    let stopper = stop.clone();
    tokio::spawn(async move {
        // Without signals there is nothing to stop for.
        if tokio::signal::ctrl_c().await.is_ok() {
            stopper.cancel();
        }
    });
    eprintln!("following {shown}; Ctrl-C ends it");
    let summary = follow(options, stop).await?;
    if matches.get_flag("json") {
        super::report::json(&serde_json::json!({
            "file": shown, "stored": summary.stored, "duplicates": summary.duplicates,
            "refused": summary.refused,
        }));
        return Ok(());
    }
    say!(
        "{shown}: {} stored, {} stored before, {} refused",
        summary.stored,
        summary.duplicates,
        summary.refused
    );
    Ok(())
}
