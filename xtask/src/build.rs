//! The build: the browser half, the style and the assets into `target/site`, then the server.
//!
//! In: the sources. Out: `target/site/{pkg/loopscope.js, pkg/loopscope_bg.wasm, pkg/loopscope.css, …}` and the
//! `loopscope` binary, which in release carries all of it inside.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::house::{House, run};
use crate::{setup, style, viewer};

/// What the browser half is compiled for.
pub(crate) const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// The dev wasm build leans on the host's dev profile, so that macros and build scripts, which are compiled for
/// the host, are shared with the server's build; these settings change only what is compiled for the browser.
const WASM_DEV: [&str; 4] = [
    "--config",
    "profile.dev.opt-level=1",
    "--config",
    "profile.dev.debug=false",
];

/// The package of the pages' browser half.
const FRONTEND: &str = "loopscope-frontend";

/// A release has a file for each page. What the linker moved is kept on record, so that the file can be parted.
const WASM_SPLIT: [&str; 6] = [
    "--profile",
    "wasm-release",
    "--features",
    "split",
    "--",
    "-Clink-arg=--emit-relocs",
];

/// What wasm-opt may use: what rustc itself turns on for this target, and no more. `--all-features` makes files
/// that browsers refuse.
const WASM_OPT: [&str; 7] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Quick to compile, or quick to run and small.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// For work and tests.
    Dev,
    /// For use: one binary with the assets inside, and in the browser a file for each page.
    Release,
}

/// Where the helper that binds and compresses comes from.
pub(crate) enum Helper {
    /// Compile it now.
    Compile,
    /// An earlier stage has compiled it with everything else, so that nothing is compiled twice.
    Built,
}

impl Helper {
    pub(crate) fn command(&self, house: &House) -> Command {
        match self {
            Self::Compile => house.cargo(["run", "--quiet", "--package", "xtask-bindgen", "--"]),
            Self::Built => house.tool(house.target.join("debug/xtask-bindgen")),
        }
    }
}

/// Builds everything; a release carries the static viewer too, at `/viewer/`.
pub(crate) fn all(house: &House, mode: Mode) -> anyhow::Result<()> {
    setup::wasm_target(house)?;
    site(house, mode, &Helper::Compile)?;
    if mode != Mode::Dev {
        with_viewer(house, mode)?;
    }
    house.stage("server: compile");
    let mut cargo = house.cargo(["build", "--package", "loopscope"]);
    if mode != Mode::Dev {
        cargo.arg("--release");
    }
    run(&mut cargo)?;
    house.stage(&format!("built {}", server(house, mode).display()));
    Ok(())
}

/// Builds the browser's halves and the server, and lets the server hand out the static viewer.
pub(crate) fn all_with_viewer(house: &House) -> anyhow::Result<()> {
    all(house, Mode::Dev)?;
    with_viewer(house, Mode::Dev)
}

fn with_viewer(house: &House, mode: Mode) -> anyhow::Result<()> {
    let built = viewer::build(house, mode, &Helper::Compile)?;
    let inside = house.site().join("viewer");
    copy_tree(&built, &inside)?;
    if mode != Mode::Dev {
        run(Helper::Compile.command(house).arg("compress").arg(&inside))?;
    }
    Ok(())
}

/// The server's binary, once built.
pub(crate) fn server(house: &House, mode: Mode) -> PathBuf {
    let profile = match mode {
        Mode::Dev => "debug",
        Mode::Release => "release",
    };
    house.target.join(profile).join("loopscope")
}

/// Builds `target/site`.
pub(crate) fn site(house: &House, mode: Mode, helper: &Helper) -> anyhow::Result<()> {
    let wasm = compile_wasm(house, mode, FRONTEND)?;
    let site = house.site();
    if site.exists() {
        fs::remove_dir_all(&site).with_context(|| format!("cannot clear {}", site.display()))?;
    }
    let pkg = site.join("pkg");
    fs::create_dir_all(&pkg)?;
    house.stage("browser: bind to JavaScript");
    let way = match mode {
        Mode::Dev => "bindgen",
        Mode::Release => "split",
    };
    run(helper
        .command(house)
        .arg(way)
        .arg(&wasm)
        .arg(&pkg)
        .arg("loopscope"))?;
    let style = style::join(&house.root.join("style/main.css"))?;
    let style = match mode {
        Mode::Dev => style,
        Mode::Release => style::squeeze(&style)?,
    };
    fs::write(pkg.join("loopscope.css"), style)?;
    copy_tree(&house.root.join("public"), &site)?;
    if mode != Mode::Dev {
        shrink(house, &pkg)?;
        house.stage("site: compress");
        run(helper.command(house).arg("compress").arg(&site))?;
    }
    Ok(())
}

/// Compiles a browser half and returns the raw wasm file. A release of the pages is prepared for being split; the viewer
/// stays whole, for hosts that know nothing of its parts.
pub(crate) fn compile_wasm(house: &House, mode: Mode, package: &str) -> anyhow::Result<PathBuf> {
    house.stage("browser: compile to wasm");
    let is_split = mode == Mode::Release && package == FRONTEND;
    let mut cargo = house.cargo([if is_split { "rustc" } else { "build" }]);
    cargo.args(["--package", package, "--lib", "--target", WASM_TARGET]);
    let profile = match mode {
        Mode::Dev => {
            cargo.args(WASM_DEV);
            "debug"
        }
        Mode::Release if is_split => {
            cargo.args(WASM_SPLIT);
            "wasm-release"
        }
        Mode::Release => {
            cargo.args(["--profile", "wasm-release"]);
            "wasm-release"
        }
    };
    run(&mut cargo)?;
    Ok(house
        .target
        .join(WASM_TARGET)
        .join(profile)
        .join(package.replace('-', "_") + ".wasm"))
}

/// Runs wasm-opt from npm's binaryen where it was installed (`npm ci` in `end2end/`); smaller, not needed.
pub(crate) fn shrink(house: &House, pkg: &Path) -> anyhow::Result<()> {
    let tool = house.root.join("end2end/node_modules/.bin/wasm-opt");
    if !tool.exists() {
        house.stage(
            "browser: wasm-opt is not installed (npm ci in end2end/), leaving the wasm as it is",
        );
        return Ok(());
    }
    house.stage("browser: shrink with wasm-opt");
    for entry in fs::read_dir(pkg).with_context(|| format!("cannot read {}", pkg.display()))? {
        let wasm = entry?.path();
        if wasm.extension().is_some_and(|ext| ext == "wasm") {
            let mut shrink = house.tool(&tool);
            run(shrink.args(WASM_OPT).arg(&wasm).arg("-o").arg(&wasm))?;
        }
    }
    Ok(())
}

/// Copies a folder's contents.
fn copy_tree(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| format!("cannot read {}", from.display()))? {
        let path = entry?.path();
        let Some(name) = path.file_name() else {
            continue;
        };
        let target = to.join(name);
        if path.is_dir() {
            copy_tree(&path, &target)?;
        } else {
            fs::copy(&path, &target).with_context(|| format!("cannot copy {}", path.display()))?;
        }
    }
    Ok(())
}
