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
            eprintln!("loopscope: {}", with_causes(&error));
            ExitCode::FAILURE
        }
    }
}

/// An error and its causes, each said once: some tell their cause themselves.
fn with_causes(error: &anyhow::Error) -> String {
    let mut told = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        if !told.contains(&cause) {
            told = format!("{told}: {cause}");
        }
    }
    told
}

#[cfg(test)]
mod tests {
    use anyhow::Context as _;

    #[test]
    fn a_cause_is_said_once() {
        let full = || std::io::Error::other("the disk is full");
        let error = anyhow::Error::new(full()).context("a file: the disk is full");
        assert_eq!(super::with_causes(&error), "a file: the disk is full");
        let error = Err::<(), _>(full()).context("a file").unwrap_err();
        assert_eq!(super::with_causes(&error), "a file: the disk is full");
    }
}
