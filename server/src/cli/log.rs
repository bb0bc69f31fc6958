//! The log: lines on standard error.

use std::io::IsTerminal as _;

use anyhow::Context as _;
use tracing_subscriber::EnvFilter;

/// Starts it. A bare level is for our own parts; libraries say warnings.
pub(super) fn start(filter: &str) -> anyhow::Result<()> {
    let is_level = filter.parse::<tracing::Level>().is_ok();
    let filter = if is_level {
        format!("warn,loopscope={filter},loopscope_journal={filter}")
    } else {
        filter.to_owned()
    };
    let filter = EnvFilter::try_new(&filter).with_context(|| format!("log.level = `{filter}`"))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    Ok(())
}
