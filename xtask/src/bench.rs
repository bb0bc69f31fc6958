//! `cargo xtask bench`: the release server, measured.
//!
//! In: names of lines, none for all. Out: the table that `xtask-bench` prints; what the figures mean stands there.

use crate::build::{self, Mode};
use crate::house::{House, run};
use crate::setup;

/// The lines that need a browser.
const BROWSER: [&str; 3] = ["page", "frames", "timeline"];

/// Builds the release and the load generator, and runs the lines.
pub(crate) fn run_all(house: &House, lines: &[&str]) -> anyhow::Result<()> {
    if lines.is_empty() || lines.iter().any(|line| BROWSER.contains(line)) {
        setup::node_packages(house, "end2end")?;
        setup::chromium(house)?;
    }
    build::all(house, Mode::Release)?;
    house.stage("bench: compile the load generator");
    for (package, example) in [
        ("loopscope-journal", "intake_bench"),
        ("loopscope-client", "emit_bench"),
    ] {
        let example = ["--package", package, "--example", example];
        run(house.cargo(["build", "--release"]).args(example))?;
    }
    let mut bench = house.cargo(["run", "--release", "--package", "xtask-bench", "--"]);
    bench
        .arg("--server")
        .arg(build::server(house, Mode::Release));
    bench.arg("--end2end").arg(house.root.join("end2end"));
    bench
        .arg("--journal")
        .arg(house.target.join("release/examples/intake_bench"));
    bench
        .arg("--client")
        .arg(house.target.join("release/examples/emit_bench"));
    run(bench.args(lines))
}
