//! The command. In: flags and environment. Out: a log on stderr, and the exit code: 0 all runs completed, 1 the last
//! one failed or the program did, 130 interrupted.

use std::process::ExitCode;

use clap::Parser;
use orchestrator::app;
use orchestrator::options::Options;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match app::run(&Options::parse()).await {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(1)
        }
    }
}
