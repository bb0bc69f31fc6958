//! The command line. In: flags. Out: [`Options`].

use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;
use common::duration;

/// Trains small networks on two spirals, grafts seeds into them, and learns when to; tells about it on a WebSocket.
#[derive(Debug, Clone, Parser)]
#[command(version)]
pub struct Options {
    /// Where clients connect
    #[arg(long, default_value = "localhost")]
    pub host: String,
    /// On which port, any path; 0 lets the system choose
    #[arg(long, default_value_t = 8767)]
    pub port: u16,
    /// Also append events to this file, a line each
    #[arg(long, value_name = "PATH")]
    pub telemetry_file: Option<PathBuf>,
    /// Write NaN and Infinity as Python's encoder does, which is no JSON; otherwise null
    #[arg(long)]
    pub python_json: bool,
    /// Where every number starts from; the next run takes the next seed
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Fields side by side
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=64))]
    pub envs: u16,
    /// Epochs of an episode
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub epochs: u32,
    /// Batches of a run: in each, every field has one episode
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub batches: u32,
    /// Runs; without it, go on until stopped
    #[arg(long)]
    pub runs: Option<u64>,
    /// Rest after each epoch of all fields: a length such as `50ms`, or a multiple of one second
    #[arg(long, default_value = "0", value_parser = duration)]
    pub pace: Duration,
    /// Rest between two runs
    #[arg(long, default_value = "10s", value_parser = duration)]
    pub pause: Duration,
    /// Wait for the first client at most this long before the first run
    #[arg(long, default_value = "0", value_parser = duration)]
    pub wait: Duration,
    /// The cohort, for runs side by side
    #[arg(long, default_value = "default")]
    pub group: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_stand() {
        let options = Options::try_parse_from(["graft"]).unwrap();
        assert_eq!((options.port, options.envs, options.seed), (8767, 4, 1));
        assert!(Options::try_parse_from(["graft", "--envs", "0"]).is_err());
    }
}
