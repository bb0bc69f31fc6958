//! The steps of `cargo xtask test`, one function each. In: the house. Out: an error when the step fails.

use std::process::Command;

use anyhow::bail;

use super::plan::counted;
use crate::build::{self, Helper, Mode, WASM_TARGET};
use crate::house::{House, run};
use crate::tally::Tally;
use crate::{setup, size, tidy};

pub(crate) fn format(house: &House, _: &mut Tally) -> anyhow::Result<()> {
    run(&mut house.cargo(["fmt", "--all", "--check"]))
}

pub(crate) fn tidy(house: &House, _: &mut Tally) -> anyhow::Result<()> {
    if !tidy::report(house)? {
        bail!("house rules are broken");
    }
    Ok(())
}

pub(crate) fn lint_host(house: &House, _: &mut Tally) -> anyhow::Result<()> {
    run(&mut house.cargo([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))
}

pub(crate) fn lint_browser(house: &House, _: &mut Tally) -> anyhow::Result<()> {
    let package = [
        "--package",
        "loopscope-frontend",
        "--package",
        "loopscope-app",
    ];
    // As a release has it: what differs without `split` is looked at with the host's half.
    let features = [
        "--features",
        "loopscope-app/hydrate,loopscope-frontend/split",
    ];
    let mut cargo = house.cargo(["clippy", "--target", WASM_TARGET]);
    run(cargo
        .args(package)
        .args(features)
        .args(["--", "-D", "warnings"]))?;
    // The viewer's own lines: those of the pages were looked at above, and a page without a server needs fewer of them.
    let mut cargo = house.cargo(["clippy", "--target", WASM_TARGET, "--no-deps"]);
    run(cargo.args(["--package", "loopscope-viewer", "--", "-D", "warnings"]))
}

/// Everything for the host in one go: what is built together shares its dependencies' features, so that neither
/// the tests nor the server that the end-to-end tests drive are built a second time.
pub(crate) fn compile(house: &House, _: &mut Tally) -> anyhow::Result<()> {
    run(&mut house.cargo(["build", "--workspace", "--all-targets"]))
}

pub(crate) fn cargo_test(house: &House, tally: &mut Tally) -> anyhow::Result<()> {
    counted(
        &mut house.cargo(["test", "--workspace", "--no-fail-fast"]),
        tally,
    )
}

pub(crate) fn site(house: &House, _: &mut Tally) -> anyhow::Result<()> {
    build::site(house, Mode::Dev, &Helper::Built)
}

pub(crate) fn viewer(house: &House, _: &mut Tally) -> anyhow::Result<()> {
    crate::viewer::build(house, Mode::Dev, &Helper::Built)?;
    Ok(())
}

pub(crate) fn set_up(house: &House, _: &mut Tally) -> anyhow::Result<()> {
    setup::node_packages(house, "end2end")?;
    setup::node_packages(house, "npm")?;
    setup::chromium(house)?;
    setup::python(house)?;
    setup::promtool(house)?;
    Ok(())
}

pub(crate) fn playwright(house: &House, tally: &mut Tally) -> anyhow::Result<()> {
    let tool = house.root.join("end2end/node_modules/.bin/playwright");
    let mut command = with_tools(house, house.tool(tool))?;
    counted(command.arg("test"), tally)
}

/// The browser half as a release has it: a file for each page.
pub(crate) fn released_site(house: &House, _: &mut Tally) -> anyhow::Result<()> {
    build::site(house, Mode::Release, &Helper::Built)
}

/// What a browser downloads, beside what was noted last.
pub(crate) fn size(house: &House, _: &mut Tally) -> anyhow::Result<()> {
    size::report(house, size::Note::Compare)
}

/// The pages in files of their own; the server of a work build reads them where it read the others.
pub(crate) fn released_pages(house: &House, tally: &mut Tally) -> anyhow::Result<()> {
    let tool = house.root.join("end2end/node_modules/.bin/playwright");
    let mut command = with_tools(house, house.tool(tool))?;
    counted(command.args(["test", "--config", "split.config.js"]), tally)
}

pub(crate) fn node_clients(house: &House, tally: &mut Tally) -> anyhow::Result<()> {
    let mut command = with_tools(house, house.tool("node"))?;
    counted(
        command.args(["--test", "--test-reporter=spec", "clients/"]),
        tally,
    )
}

/// The package for JavaScript, by its own tests.
pub(crate) fn npm_package(house: &House, tally: &mut Tally) -> anyhow::Result<()> {
    let mut command = with_tools(house, house.tool("node"))?;
    counted(
        command.current_dir(house.root.join("npm")).args([
            "--test",
            "--test-reporter=spec",
            "test/",
        ]),
        tally,
    )
}

/// The package for Python, by its own tests: installed, as anybody would.
pub(crate) fn python_package(house: &House, tally: &mut Tally) -> anyhow::Result<()> {
    let python = setup::python_package(house)?;
    let wheel = setup::the_wheel(&house.target.join("wheels"))?;
    let mut command = with_tools(house, house.tool(python))?;
    counted(
        command
            .current_dir(house.root.join("python"))
            .env("LOOPSCOPE_WHEEL", wheel)
            .args(["-m", "pytest"]),
        tally,
    )
}

pub(crate) fn python_clients(house: &House, tally: &mut Tally) -> anyhow::Result<()> {
    let mut command = with_tools(house, house.tool(setup::python(house)?))?;
    counted(
        command.args(["-m", "pytest", "-p", "no:cacheprovider", "clients"]),
        tally,
    )
}

/// Every route of the OpenAPI document, tried against the server.
pub(crate) fn schemathesis(house: &House, tally: &mut Tally) -> anyhow::Result<()> {
    let mut command = with_tools(house, house.tool(setup::python_schema(house)?))?;
    counted(
        command.args(["-m", "pytest", "-p", "no:cacheprovider", "-rP", "schema"]),
        tally,
    )
}

/// A short run of what `cargo xtask chaos` does at length.
pub(crate) fn chaos(house: &House, _: &mut Tally) -> anyhow::Result<()> {
    chaos_with(house, &["--cuts", "12", "--rate", "300"])
}

/// Cuts the loop, the server and the browser's network at random; an error when anything is lost, doubled or out
/// of order.
pub(crate) fn chaos_with(house: &House, flags: &[&str]) -> anyhow::Result<()> {
    let mut command = with_tools(house, house.tool("node"))?;
    command
        .args(["chaos/chaos.mjs", "--binary"])
        .arg(build::server(house, Mode::Dev));
    run(command.args(flags))
}

/// A command in `end2end/` that knows the server's binary and the tools.
fn with_tools(house: &House, mut command: Command) -> anyhow::Result<Command> {
    command
        .current_dir(house.root.join("end2end"))
        .env("LOOPSCOPE_BIN", build::server(house, Mode::Dev))
        .env("CHROMIUM", setup::chromium(house)?)
        .env("PROMTOOL", setup::promtool(house)?);
    Ok(command)
}
