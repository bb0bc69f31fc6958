//! The command. In: flags and environment. Out: the listening address on stdout, a log on stderr, and the exit
//! code: 0 converged, 1 failed, 2 neither, 130 interrupted.

use std::process::ExitCode;

use clap::Parser;
use convergence_loop::app;
use convergence_loop::options::Options;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match app::run(&Options::parse()).await {
        Ok(outcome) => ExitCode::from(outcome.exit_code()),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(1)
        }
    }
}
