//! The command line. In: flags and the contract's environment variables. Out: [`Options`].

use std::net::SocketAddr;
use std::time::Duration;

use clap::Parser;
use common::duration;

/// Finds, fixes and attacks the defects of a small crate, over and over, and tells about it on a WebSocket.
#[derive(Debug, Clone, Parser)]
#[command(version)]
pub struct Options {
    /// Where clients connect, as ADDRESS:PORT; port 0 lets the system choose
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
    /// The address alone, where `--listen` is not given
    #[arg(long, env = "CONVERGENCE_WS_HOST", default_value = "127.0.0.1")]
    pub ws_host: String,
    /// The port alone, where `--listen` is not given
    #[arg(long, env = "CONVERGENCE_WS_PORT", default_value_t = 8765)]
    pub ws_port: u16,
    /// Run once and leave, with the exit code telling how it went
    #[arg(long)]
    pub once: bool,
    /// Wait for the first client at most this long before the first run
    #[arg(long, default_value = "0s", value_parser = duration)]
    pub wait: Duration,
    /// Rest between two runs
    #[arg(long, default_value = "60s", value_parser = duration)]
    pub pause: Duration,
    /// Rest between two steps: a length such as `500ms`, or a multiple of one second; 0 for none
    #[arg(long, default_value = "1", value_parser = duration)]
    pub pace: Duration,
    /// Where the selection of defects and the hostile inputs start from; without it the clock decides
    #[arg(long)]
    pub seed: Option<u64>,
    /// Plant these defects instead of a selection (repeatable; `all` for every one)
    #[arg(long, value_name = "ID")]
    pub plant: Vec<String>,
    /// Give up after so many iterations
    #[arg(long, env = "CONVERGENCE_MAX_ITERATIONS", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..))]
    pub max_iterations: u32,
    /// Give up a run after this long
    #[arg(long, env = "CONVERGENCE_TIMEOUT", default_value = "3600", value_parser = duration)]
    pub timeout: Duration,
    /// Stop a tool that takes longer than this
    #[arg(long, default_value = "300s", value_parser = duration)]
    pub step_timeout: Duration,
    /// The most fixes in one iteration
    #[arg(long, default_value_t = 3)]
    pub fixes_per_iteration: usize,
    /// Hostile inputs for each property and attack
    #[arg(long, default_value_t = 10_000)]
    pub cases: u64,
    /// Also post events here, in batches (`http://…`)
    #[arg(long, env = "CONVERGENCE_WEBHOOK_URL")]
    pub webhook: Option<String>,
    /// Call sessions NAME-1, NAME-2, … instead of by a UUID
    #[arg(long)]
    pub name: Option<String>,
    /// What to call the crate under work
    #[arg(long, default_value = "gatehouse")]
    pub target: String,
}

impl Options {
    /// Where clients connect: a host, which may be a name, and a port.
    pub fn address(&self) -> (String, u16) {
        match self.listen {
            Some(address) => (address.ip().to_string(), address.port()),
            None => (self.ws_host.clone(), self.ws_port),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_contracts_defaults_stand() {
        let options = Options::try_parse_from(["loop"]).unwrap();
        assert_eq!(options.address(), ("127.0.0.1".to_owned(), 8765));
        assert_eq!(options.max_iterations, 10);
        assert_eq!(options.timeout, Duration::from_hours(1));
    }
}
