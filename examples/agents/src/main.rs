//! The command. In: flags and environment. Out: a log on stderr, and the exit code: 0 all rounds done, 1 the program
//! failed, 130 interrupted.

use std::process::ExitCode;

use clap::Parser;
use survey_crew::app;
use survey_crew::options::Options;

fn main() -> ExitCode {
    match app::run(&Options::parse()) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(1)
        }
    }
}
