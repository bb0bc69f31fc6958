//! `cargo xtask test`: everything that must hold, in one command.
//!
//! In: a bare clone. Out: each runner's own output, a table of the steps, the sum of the tests, and an exit code
//! that is 0 only when every step passed. A failed step does not hide the ones after it.

mod plan;
mod steps;

use std::process::ExitCode;

use plan::Plan;

use crate::house::House;

/// `cargo xtask chaos`: the dev build, cut as often as the flags say (`--cuts 100 --rate 1000 --seed 1`).
pub(crate) fn chaos(house: &House, flags: &[&str]) -> anyhow::Result<()> {
    crate::setup::node_packages(house, "end2end")?;
    crate::build::all(house, crate::build::Mode::Dev)?;
    steps::chaos_with(house, flags)
}

/// Runs all steps, or with `quick` those that give an answer within a minute or two on a warm machine.
pub(crate) fn run_all(house: &House, quick: bool) -> ExitCode {
    let mut plan = Plan::new(house);
    plan.step("format", &[], steps::format);
    plan.step("tidy", &[], steps::tidy);
    plan.step("wasm target", &[], |house, _| {
        crate::setup::wasm_target(house)
    });
    plan.step("lint, host", &[], steps::lint_host);
    if !quick {
        plan.step("lint, browser", &["wasm target"], steps::lint_browser);
    }
    plan.step("compile", &[], steps::compile);
    plan.step(
        "unit, integration and doc tests",
        &["compile"],
        steps::cargo_test,
    );
    if !quick {
        plan.step("site", &["wasm target", "compile"], steps::site);
        plan.step("viewer", &["wasm target", "compile"], steps::viewer);
        plan.step(
            "set-up of Node, Chromium, Python, promtool",
            &[],
            steps::set_up,
        );
        let needs = &["site", "set-up of Node, Chromium, Python, promtool"];
        let pages = &[
            "site",
            "viewer",
            "set-up of Node, Chromium, Python, promtool",
        ];
        plan.step("end to end in Chromium", pages, steps::playwright);
        plan.step("third-party clients: Node", needs, steps::node_clients);
        plan.step("package for JavaScript", needs, steps::npm_package);
        plan.step("third-party clients: Python", needs, steps::python_clients);
        plan.step("package for Python", needs, steps::python_package);
        plan.step(
            "schemathesis: routes by their document",
            needs,
            steps::schemathesis,
        );
        plan.step("chaos", needs, steps::chaos);
        // Last: their files take the place of those that the others read.
        plan.step("site, as released", needs, steps::released_site);
        let needs = &["site, as released"];
        plan.step("size of the browser half", needs, steps::size);
        plan.step("end to end, as released", needs, steps::released_pages);
    }
    plan.close()
}
