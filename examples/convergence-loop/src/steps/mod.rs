//! The four steps of an iteration. Each takes the [`Bench`] (the tools, the copy of the crate, the voice) and gives a
//! [`Report`]: what it found, what it changed, and figures, all of them measured.

mod attack;
mod diagnose;
mod fix;
mod validate;

use serde_json::{Map, Value};

pub use attack::attack;
pub use diagnose::diagnose;
pub use fix::fix;
pub use validate::validate;

use crate::cargo::{Cargo, Output};
use crate::catalogue::Defect;
use crate::finding::{Finding, Fix};
use crate::helm::Helm;
use crate::options::Options;
use crate::teller::Teller;
use crate::workshop::Workshop;

/// What the steps work with.
#[derive(Debug, Clone, Copy)]
pub struct Bench<'a> {
    /// The tools.
    pub cargo: &'a Cargo,
    /// The copy of the crate.
    pub workshop: &'a Workshop,
    /// The prepared patches.
    pub catalogue: &'a [Defect],
    /// The session's voice.
    pub teller: &'a Teller,
    /// The gate before steps and tools.
    pub helm: &'a Helm,
    /// What the operator wants.
    pub options: &'a Options,
}

impl Bench<'_> {
    /// Runs cargo, once the loop may go on.
    pub(crate) async fn cargo(
        self,
        args: &[&str],
        on_line: impl FnMut(&str),
    ) -> anyhow::Result<Output> {
        self.helm.pass(self.teller).await;
        self.cargo.run(args, on_line).await
    }
}

/// What a step came to.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Whether it could do its work; for validation, whether the tests passed.
    pub success: bool,
    /// What it found.
    pub findings: Vec<Finding>,
    /// What it changed.
    pub fixes: Vec<Fix>,
    /// The contract's figures of this step.
    pub metrics: Map<String, Value>,
    /// Further figures: durations in ms, sizes, rates.
    pub measured: Map<String, Value>,
}

/// The step's own command line, for `STEP_STARTED`.
#[derive(Debug, Clone)]
pub struct Command {
    /// The program.
    pub tool: &'static str,
    /// Its arguments.
    pub args: Vec<String>,
}

const CLIPPY: &[&str] = &[
    "clippy",
    "--all-targets",
    "--offline",
    "--message-format=json",
];
const BUILD_TESTS: &[&str] = &["test", "--no-run", "--offline", "--message-format=json"];
const TEST: &[&str] = &["test", "--no-fail-fast", "--offline"];
const BUILD_ATTACK: &[&str] = &["build", "--quiet", "--offline", "--example", "attack"];
const ATTACK: &[&str] = &["run", "--quiet", "--offline", "--example", "attack", "--"];

/// What a step is going to run.
pub fn command(step: &str, options: &Options, seed: u64) -> Command {
    let words = |parts: &[&str]| {
        parts
            .iter()
            .map(|part| (*part).to_owned())
            .collect::<Vec<_>>()
    };
    let (tool, args) = match step {
        "diagnose" => (
            "cargo",
            [words(CLIPPY), words(&["&&", "cargo"]), words(TEST)].concat(),
        ),
        "fix" => (
            "fixer",
            words(&["--limit", &options.fixes_per_iteration.to_string()]),
        ),
        "attack" => ("cargo", attack::args(seed, options.cases)),
        _ => ("cargo", words(TEST)),
    };
    Command { tool, args }
}

/// Turns an object literal into its map.
fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
