//! Steps run one after the other, with what came of each.
//!
//! In: steps as functions. Out: their output as it comes, then a table and the sum of the tests.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::house::{House, line};
use crate::tally::Tally;

/// The steps so far.
pub(crate) struct Plan<'a> {
    house: &'a House,
    done: Vec<Done>,
    tally: Tally,
}

/// A step that was run or left out.
struct Done {
    name: &'static str,
    ended: Ended,
    took: Duration,
}

/// How a step ended.
#[derive(PartialEq, Eq)]
enum Ended {
    Well,
    Badly,
    LeftOut,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(house: &'a House) -> Self {
        Self {
            house,
            done: Vec::new(),
            tally: Tally::default(),
        }
    }

    /// Runs a step, unless one that it needs has failed; then it counts as failed too.
    pub(crate) fn step(
        &mut self,
        name: &'static str,
        needs: &[&str],
        step: impl FnOnce(&House, &mut Tally) -> anyhow::Result<()>,
    ) {
        let started = Instant::now();
        let unmet = self
            .done
            .iter()
            .find(|done| done.ended != Ended::Well && needs.contains(&done.name));
        let ended = if let Some(unmet) = unmet {
            self.house
                .stage(&format!("{name}: left out, it needs \"{}\"", unmet.name));
            Ended::LeftOut
        } else {
            self.house.stage(name);
            match step(self.house, &mut self.tally) {
                Ok(()) => Ended::Well,
                Err(error) => {
                    eprintln!("xtask: {name}: {error:#}");
                    Ended::Badly
                }
            }
        };
        self.done.push(Done {
            name,
            ended,
            took: started.elapsed(),
        });
    }

    /// Prints the table and the sum. The sum stands alone on the last line, and only when every step could be
    /// run: a number that leaves tests out would not be true.
    pub(crate) fn close(self) -> ExitCode {
        println!();
        for done in &self.done {
            let word = match done.ended {
                Ended::Well => "ok",
                Ended::Badly => "FAILED",
                Ended::LeftOut => "LEFT OUT",
            };
            println!("{word:>8} {:7.1} s  {}", done.took.as_secs_f64(), done.name);
        }
        let all_well = self.done.iter().all(|done| done.ended == Ended::Well);
        let Tally {
            passed,
            failed,
            skipped,
            failures,
        } = self.tally;
        if !failures.is_empty() {
            println!("\nfailed, or passed only when tried once more:");
        }
        for name in failures {
            println!("  {name}");
        }
        if all_well || failed > 0 {
            println!("\n{passed} passed, {failed} failed, {skipped} skipped");
        }
        if all_well && failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }
}

/// Runs a test runner: its output is shown as it comes and its summary lines are counted.
pub(crate) fn counted(command: &mut Command, tally: &mut Tally) -> anyhow::Result<()> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", line(command)))?;
    let output = child.stdout.take().context("a child without output")?;
    let mut ran = Tally::default();
    for text in BufReader::new(output).split(b'\n') {
        let text = text?;
        let text = String::from_utf8_lossy(&text);
        println!("{text}");
        ran += Tally::of_line(&text);
    }
    let status = child.wait()?;
    let passed = ran.passed;
    *tally += ran;
    if !status.success() {
        bail!("{} ended with {status}", line(command));
    }
    if passed == 0 {
        bail!("{} ran no test", line(command));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> (anyhow::Result<()>, Tally) {
        let mut tally = Tally::default();
        let result = counted(Command::new("sh").args(["-c", script]), &mut tally);
        (result, tally)
    }

    #[test]
    fn a_runner_is_believed_only_when_it_ran_something_and_ended_well() {
        let (result, tally) = shell("echo '  2 passed (1s)'");
        assert!(result.is_ok());
        assert_eq!(tally.passed, 2);
        assert!(shell("echo '  2 passed (1s)'; exit 1").0.is_err());
        assert!(shell("echo nothing").0.is_err());
        assert!(shell("exec no-such-program").0.is_err());
    }

    #[test]
    fn a_step_whose_need_failed_is_left_out_and_fails_the_whole() {
        let house = House::find().unwrap();
        let mut plan = Plan::new(&house);
        plan.step("first", &[], |_, _| bail!("no"));
        let mut ran = false;
        plan.step("second", &["first"], |_, _| {
            ran = true;
            Ok(())
        });
        plan.step("third", &[], |_, _| Ok(()));
        assert_eq!(plan.close(), ExitCode::FAILURE);
        assert!(!ran);
        let mut plan = Plan::new(&house);
        plan.step("only", &[], |_, _| Ok(()));
        assert_eq!(plan.close(), ExitCode::SUCCESS);
    }
}
