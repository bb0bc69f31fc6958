//! The `loopscope` binary. In: the command line and the environment. Out: the dashboard on its port, or what a
//! command answers.

mod cli;

use std::process::ExitCode;

/// Small allocations of one size, by the thousand, from several threads: what this allocator is made for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    match cli::run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("loopscope: {error:#}");
            ExitCode::FAILURE
        }
    }
}
