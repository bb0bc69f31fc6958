//! The command line. In: flags and environment. Out: [`Options`].

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use common::duration;

use crate::skills;

/// Formats, lints, builds, tests and documents a small crate, over and over, and obeys what it is told from a
/// dashboard.
#[derive(Debug, Clone, Parser)]
#[command(version)]
pub struct Options {
    /// Where Loopscope is
    #[arg(long, env = "LOOPSCOPE_URL", default_value = "http://localhost:8766")]
    pub server: String,
    /// A token for `ingest`; none is needed on the same machine
    #[arg(long, env = "LOOPSCOPE_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// Rest before each piece of work: a length such as `500ms`, or a multiple of one second; 0 for none
    #[arg(long, default_value = "1", value_parser = duration)]
    pub pace: Duration,
    /// Stop after so many runs; without it, go on until stopped
    #[arg(long)]
    pub runs: Option<u64>,
    /// Rest between two runs
    #[arg(long, default_value = "20s", value_parser = duration)]
    pub pause: Duration,
    /// Wait for the server at most this long before the first run
    #[arg(long, default_value = "10s", value_parser = duration)]
    pub wait: Duration,
    /// How long a question waits for an answer before its default counts
    #[arg(long, default_value = "30s", value_parser = duration)]
    pub question_time: Duration,
    /// Stop a tool that works longer than this
    #[arg(long, default_value = "300s", value_parser = duration)]
    pub tool_time: Duration,
    /// The skills to run, in order
    #[arg(long, value_delimiter = ',', default_values_t = skills::PLAN.map(str::to_owned))]
    pub plan: Vec<String>,
    /// Keep everything in this folder; started again with it, the program goes on where it was killed
    #[arg(long, value_name = "FOLDER")]
    pub state: Option<PathBuf>,
    /// What sessions are called, with a number behind
    #[arg(long, default_value = "morse")]
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_stand() {
        let options = Options::try_parse_from(["orchestrator"]).unwrap();
        assert_eq!(options.plan, skills::PLAN);
        assert_eq!(options.pace, Duration::from_secs(1));
        let flags = ["orchestrator", "--plan", "format,audit"];
        assert_eq!(
            Options::try_parse_from(flags).unwrap().plan,
            ["format", "audit"]
        );
    }
}
