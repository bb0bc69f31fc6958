//! Attack: the crate's own attack program, which holds every property against many hostile inputs.

use serde_json::json;

use super::{ATTACK, BUILD_ATTACK, Bench, Report, object};
use crate::cargo::Output;
use crate::finding::{Counts, Finding};
use crate::read::attack::{Line, parse};

/// What an attack came to.
#[derive(Debug, Default)]
pub(super) struct Tried {
    pub(super) findings: Vec<Finding>,
    inputs: u64,
    properties: u64,
    done: u64,
    pub(super) success: bool,
    pub(super) millis: u64,
}

/// The attack's command line.
pub(super) fn args(seed: u64, cases: u64) -> Vec<String> {
    let own = [
        "--seed".into(),
        seed.to_string(),
        "--cases".into(),
        cases.to_string(),
    ];
    ATTACK
        .iter()
        .map(|word| (*word).to_owned())
        .chain(own)
        .collect()
}

/// Runs the step with fresh inputs made from the seed.
pub async fn attack(bench: Bench<'_>, seed: u64) -> anyhow::Result<Report> {
    // Built first, so that the time taken below is the attack's own.
    bench.teller.note("attack", 0, 0, "building the attack");
    let built = bench.cargo(BUILD_ATTACK, |_| {}).await?;
    let tried = if built.success {
        let args = args(seed, bench.options.cases);
        let args: Vec<&str> = args.iter().map(String::as_str).collect();
        run(bench, "attack", &args).await?
    } else {
        bench.teller.note(
            "attack",
            0,
            0,
            "the crate does not compile, nothing was attacked",
        );
        Tried::default()
    };
    let rate = tried.inputs.saturating_mul(1_000).checked_div(tried.millis);
    Ok(Report {
        success: tried.success,
        metrics: object(json!({
            "vulnerabilities_found": tried.findings.len(),
            "critical": Counts::of(&tried.findings).critical,
            "tests_collected": tried.properties,
            "inputs_tried": tried.inputs,
        })),
        measured: object(json!({
            "attack_build_ms": built.millis(),
            "attack_ms": tried.millis,
            "inputs_per_second": rate.unwrap_or(0),
        })),
        findings: tried.findings,
        ..Report::default()
    })
}

/// Tries known inputs again, as part of the diagnosis. Finds nothing where the crate does not compile.
pub(super) async fn replay(bench: Bench<'_>, inputs: &[&str]) -> anyhow::Result<Tried> {
    let mut args = ATTACK.to_vec();
    for input in inputs {
        args.extend(["--replay", input]);
    }
    run(bench, "diagnose", &args).await
}

async fn run(bench: Bench<'_>, step: &str, args: &[&str]) -> anyhow::Result<Tried> {
    let mut tried = Tried::default();
    let line_of = |file: &str, function: &str| bench.workshop.line_of(file, function);
    let output: Output = bench
        .cargo(args, |line| match parse(line) {
            Some(Line::Plan { inputs, properties }) => {
                tried.inputs = inputs;
                tried.properties = properties;
            }
            Some(Line::Progress { done, property }) => {
                tried.done = done;
                bench.teller.progress(step, done, tried.inputs, property);
            }
            Some(Line::Failure(failure)) => {
                let finding = failure.finding(line_of);
                bench
                    .teller
                    .note(step, tried.done, tried.inputs, &finding.description);
                tried.findings.push(finding);
            }
            None => {}
        })
        .await?;
    tried.findings.sort_by_key(|finding| finding.severity);
    tried.success = output.success;
    tried.millis = output.millis();
    Ok(tried)
}
