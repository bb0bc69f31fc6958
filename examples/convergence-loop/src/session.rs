//! One session: iterations of diagnose, fix, attack and validate until a whole pass changes nothing and its
//! validation passes, or the budget is spent. In: the bench. Out: the contract's events, in order, and an outcome.

use std::future::Future;
use std::time::Instant;

use serde_json::{Value, json};

use crate::finding::{Counts, Finding};
use crate::random::Random;
use crate::steps::{self, Bench, Report};

/// How a session went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// A whole pass found nothing.
    Converged,
    /// A step could not do its work.
    Failed,
    /// The budget of iterations or time was spent.
    Spent,
    /// It was asked to stop.
    Interrupted,
}

impl Outcome {
    /// The contract's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Converged => 0,
            Self::Failed => 1,
            Self::Spent => 2,
            Self::Interrupted => 130,
        }
    }
}

/// Sums over the iterations, as the contract counts them.
#[derive(Debug, Default)]
struct Totals {
    findings: usize,
    fixes: usize,
    vulnerabilities: usize,
    tests_passed: usize,
    tests_failed: usize,
}

/// A session under way.
#[derive(Debug)]
pub struct Session<'a> {
    bench: Bench<'a>,
    random: Random,
    state: &'static str,
    totals: Totals,
    /// What the attack found; tried again by the next diagnosis.
    known: Vec<Finding>,
}

impl<'a> Session<'a> {
    /// A session whose hostile inputs come from the seed and the number of the run.
    pub fn new(bench: Bench<'a>, seed: u64, run: u64) -> Self {
        Self {
            bench,
            random: Random::new(seed, !run),
            state: "IDLE",
            totals: Totals::default(),
            known: Vec::new(),
        }
    }

    /// Runs to the end. The caller tells `SESSION_STARTED` before and `SESSION_ENDED` after.
    pub async fn run(&mut self) -> Outcome {
        let teller = self.bench.teller;
        match self.converge().await {
            Ok(outcome) => outcome,
            Err(error) => {
                let error = format!("{error:#}");
                teller.log(&format!("failed: {error}"));
                self.go("FAILED", "FAIL");
                teller.tell("ERROR", json!({"error": error, "state": self.state}));
                Outcome::Failed
            }
        }
    }

    async fn converge(&mut self) -> anyhow::Result<Outcome> {
        let teller = self.bench.teller;
        let budget = self.bench.options.max_iterations;
        for iteration in 1..=budget {
            teller.begin_iteration(iteration);
            teller.tell("ITERATION_STARTED", json!({"iteration": iteration}));
            if self.iterate(iteration).await? {
                teller.tell("CONVERGENCE_REACHED", self.reached(iteration));
                teller.log("converged: a whole pass found nothing");
                return Ok(Outcome::Converged);
            }
            teller.tell(
                "ITERATION_ENDED",
                json!({"iteration": iteration, "state": self.state}),
            );
        }
        let error = format!("Max iterations ({budget}) reached");
        teller.log(&error);
        teller.tell("ERROR", json!({"error": error}));
        Ok(Outcome::Spent)
    }

    /// One pass. True when it found nothing, changed nothing, and its validation passed.
    async fn iterate(&mut self, iteration: u32) -> anyhow::Result<bool> {
        let bench = self.bench;
        let seed = self.random.number();
        self.go("DIAGNOSING", if iteration == 1 { "START" } else { "RETRY" });
        let known = std::mem::take(&mut self.known);
        let diagnosed = self
            .step("diagnose", seed, steps::diagnose(bench, &known))
            .await?;
        self.go("FIXING", "DIAGNOSIS_COMPLETE");
        let fixed = self
            .step("fix", seed, steps::fix(bench, &diagnosed.findings))
            .await?;
        self.go("ATTACKING", "FIX_COMPLETE");
        let attacked = self
            .step("attack", seed, steps::attack(bench, seed))
            .await?;
        self.go("VALIDATING", "ATTACK_COMPLETE");
        let validated = self.step("validate", seed, steps::validate(bench)).await?;

        self.totals.findings += diagnosed.findings.len();
        self.totals.fixes += fixed.fixes.len();
        self.totals.vulnerabilities += attacked.findings.len();
        self.totals.tests_passed += usize::from(validated.success);
        self.totals.tests_failed += usize::from(!validated.success);

        let clean = diagnosed.findings.is_empty()
            && fixed.fixes.is_empty()
            && attacked.success
            && attacked.findings.is_empty();
        self.known = attacked.findings;
        match (clean, validated.success) {
            (true, true) => self.go("CONVERGED", "CONVERGE"),
            (false, true) => self.go("IDLE", "RETRY"),
            (_, false) => self.go("IDLE", "VALIDATION_FAIL"),
        }
        Ok(clean && validated.success)
    }

    /// Runs a step between its events, and rests afterwards.
    async fn step(
        &self,
        step: &'static str,
        seed: u64,
        work: impl Future<Output = anyhow::Result<Report>>,
    ) -> anyhow::Result<Report> {
        let teller = self.bench.teller;
        self.bench.helm.pass(teller).await;
        let command = steps::command(step, self.bench.options, seed);
        teller.tell(
            "STEP_STARTED",
            json!({"step": step, "tool": command.tool, "args": command.args}),
        );
        let started = Instant::now();
        let report = match work.await {
            Ok(report) => report,
            Err(error) => {
                teller.tell(
                    "STEP_FAILED",
                    json!({"step": step, "error": format!("{error:#}")}),
                );
                return Err(error);
            }
        };
        teller.tell(
            "STEP_COMPLETE",
            json!({
                "step": step,
                "success": report.success,
                "findings_count": report.findings.len(),
                "fixes_count": report.fixes.len(),
                "metrics": report.metrics,
                "findings": report.findings,
                "fixes": report.fixes,
            }),
        );
        if !report.measured.is_empty() {
            teller.tell("METRICS", Value::Object(report.measured.clone()));
        }
        teller.log(&summary(step, &report, started));
        tokio::time::sleep(self.bench.options.pace).await;
        Ok(report)
    }

    fn go(&mut self, to: &'static str, transition: &str) {
        let change = json!({"from": self.state, "to": to, "transition": transition});
        self.bench.teller.tell("STATE_CHANGED", change);
        self.state = to;
    }

    fn reached(&self, iterations: u32) -> Value {
        json!({
            "iterations": iterations,
            "metrics": {
                "total_findings": self.totals.findings,
                "total_fixes": self.totals.fixes,
                "total_vulnerabilities": self.totals.vulnerabilities,
                "tests_passed": self.totals.tests_passed,
                "tests_failed": self.totals.tests_failed,
                "iterations": iterations,
            },
        })
    }
}

/// A step in one line of the log.
fn summary(step: &str, report: &Report, started: Instant) -> String {
    let seconds = started.elapsed().as_secs_f64();
    let result = match step {
        "fix" => format!("{} fixes", report.fixes.len()),
        "validate" => format!(
            "{} of {} tests passed",
            report.metrics.get("passed").unwrap_or(&Value::Null),
            report.metrics.get("total").unwrap_or(&Value::Null)
        ),
        _ => {
            let Counts {
                critical,
                high,
                medium,
                low,
            } = Counts::of(&report.findings);
            format!("{critical} critical, {high} high, {medium} medium, {low} low")
        }
    };
    format!("{step}: {result} ({seconds:.1} s)")
}
