//! The command. In: flags. Out: the listening address on stdout, a log on stderr, and the exit code: 0 all runs done,
//! 1 the program failed, 130 interrupted.

use std::process::ExitCode;

use clap::Parser;
use graft::app;
use graft::options::Options;

fn main() -> ExitCode {
    match app::run(&Options::parse()) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(1)
        }
    }
}
