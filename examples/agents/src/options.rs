//! The command line. In: flags and environment. Out: [`Options`].

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use common::duration;

/// Five agents read a source tree, find what to put in order, and tell a dashboard.
#[derive(Debug, Clone, Parser)]
#[command(version)]
pub struct Options {
    /// The tree to read
    #[arg(default_value = ".")]
    pub tree: PathBuf,
    /// Where the dashboard takes events of agents
    #[arg(
        long,
        env = "AGENTS_URL",
        default_value = "ws://localhost:8766/agents/ws"
    )]
    pub url: String,
    /// A token for the dashboard; none is needed on the same machine
    #[arg(long, env = "LOOPSCOPE_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// What the crew is called there
    #[arg(long, default_value = "survey-crew")]
    pub system: String,
    /// Read the tree again so long after each round, until stopped: `60`, `500ms`, `2m`
    #[arg(long, value_name = "SECONDS", value_parser = duration)]
    pub every: Option<Duration>,
    /// Rest after each file, so that other programs have the machine; it counts in the durations
    #[arg(long, default_value = "0", value_parser = duration)]
    pub pace: Duration,
    /// Wait for the dashboard at most this long before the first round
    #[arg(long, default_value = "0", value_parser = duration)]
    pub wait: Duration,
    /// A function of more lines is long
    #[arg(long, default_value_t = 60)]
    pub long: usize,
    /// So many equal lines are a duplicate
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(3..))]
    pub twins: u16,
    /// The most proposals of a round
    #[arg(long, default_value_t = 12)]
    pub proposals: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_twin_is_never_shorter_than_three_lines() {
        assert!(Options::try_parse_from(["crew", "--twins", "2"]).is_err());
        let options = Options::try_parse_from(["crew", "--every", "90", "src"]).unwrap();
        assert_eq!(options.every, Some(Duration::from_secs(90)));
        assert_eq!(options.tree, PathBuf::from("src"));
    }
}
