//! Every task of the house as one command: `cargo xtask build|run|test|tidy|size|bench`.
//!
//! In: the command line. Out: cargo's and the tools' own output as it comes, a line with the elapsed time for
//! each stage, and an exit code that tells the truth.

mod bench;
mod build;
mod child;
mod fuzz;
mod house;
mod run;
mod setup;
mod size;
mod style;
mod tally;
mod test;
mod tidy;
mod viewer;

use std::process::ExitCode;

use house::House;

const USAGE: &str = "\
usage: cargo xtask <task>

  build [--release]   the browser half, the style, the assets and the server, into target/
  build --viewer      the same for work, with the static viewer at /viewer/, as a release has it
  viewer [--release]  the static viewer: exported sessions without a server, into target/viewer
  run [--all] [-- args]
                      build everything, start the dashboard on http://localhost:8766, a loop and an orchestrator beside
                      it; all: also a crew of agents and a training run
  test [--quick]      install what the tests need and run them all; quick: no browser, no clients
  chaos [flags]       cut loop, server and network at random and compare what was promised, stored and seen
  size [--keep]       build the browser half as for a release and compare what a browser downloads with what was noted
                      in xtask/size.json; keep: note it
  bench [line …]      measure the release server; see CONTRIBUTING.md
  fuzz [seconds] [target …]
                      hostile input for everything that reads what producers send; needs cargo-fuzz
  tidy                the house rules that the compiler does not know
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match dispatch(&args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nxtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Hands the arguments to the task that they name.
fn dispatch(args: &[&str]) -> anyhow::Result<ExitCode> {
    let house = House::find()?;
    match args {
        ["build"] => build::all(&house, build::Mode::Dev)?,
        ["build", "--release"] => build::all(&house, build::Mode::Release)?,
        ["build", "--viewer"] => build::all_with_viewer(&house)?,
        ["viewer"] => {
            viewer::build(&house, build::Mode::Dev, &build::Helper::Compile)?;
        }
        ["viewer", "--release"] => {
            viewer::build(&house, build::Mode::Release, &build::Helper::Compile)?;
        }
        ["run"] => return run::run_all(&house, run::Demos::Steered, &[]),
        ["run", "--", args @ ..] => return run::run_all(&house, run::Demos::Steered, args),
        ["run", "--all"] => return run::run_all(&house, run::Demos::All, &[]),
        ["run", "--all", "--", args @ ..] => return run::run_all(&house, run::Demos::All, args),
        ["test"] => return Ok(test::run_all(&house, false)),
        ["test", "--quick"] => return Ok(test::run_all(&house, true)),
        ["chaos", flags @ ..] => test::chaos(&house, flags)?,
        ["size"] => size::build_and_report(&house, size::Note::Compare)?,
        ["size", "--keep"] => size::build_and_report(&house, size::Note::Keep)?,
        ["bench", lines @ ..] => bench::run_all(&house, lines)?,
        ["fuzz", args @ ..] => fuzz::run_all(&house, args)?,
        ["tidy"] if tidy::report(&house)? => {}
        ["tidy"] => return Ok(ExitCode::FAILURE),
        ["help" | "--help" | "-h"] => print!("{USAGE}"),
        _ => {
            eprint!("{USAGE}");
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}
