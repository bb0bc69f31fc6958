//! The static viewer: the same pages over exported files, as a folder for any static host.
//!
//! In: the sources. Out: `target/viewer/{index.html, start.js, loopscope-viewer.js, loopscope-viewer_bg.wasm, …}`. The
//! same comes out of `trunk build` (Trunk.toml), for those who have trunk.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;

use crate::build::{self, Helper, Mode};
use crate::house::{House, run};
use crate::{setup, style};

/// Files that are served as they are.
const FILES: [&str; 2] = ["start.js", "address.js"];

/// Builds it; answers where it is.
pub(crate) fn build(house: &House, mode: Mode, helper: &Helper) -> anyhow::Result<PathBuf> {
    setup::wasm_target(house)?;
    let wasm = build::compile_wasm(house, mode, "loopscope-viewer")?;
    let out = house.target.join("viewer");
    if out.exists() {
        fs::remove_dir_all(&out).with_context(|| format!("cannot clear {}", out.display()))?;
    }
    fs::create_dir_all(out.join("style"))?;
    house.stage("viewer: bind to JavaScript");
    run(helper
        .command(house)
        .arg("bindgen")
        .arg(&wasm)
        .arg(&out)
        .arg("loopscope-viewer"))?;
    if mode != Mode::Dev {
        build::shrink(house, &out)?;
    }
    let from = house.root.join("viewer");
    let page = fs::read_to_string(from.join("index.html"))?;
    fs::write(out.join("index.html"), without_trunk(&page))?;
    for file in FILES {
        fs::copy(from.join(file), out.join(file)).with_context(|| format!("cannot copy {file}"))?;
    }
    let joined = style::join(&house.root.join("style/main.css"))?;
    fs::write(out.join("style/main.css"), joined)?;
    let icon = "favicon.svg";
    fs::copy(house.root.join("public").join(icon), out.join(icon))?;
    house.stage(&format!("built {}", out.display()));
    Ok(out)
}

/// The page without the lines that are meant for trunk.
fn without_trunk(page: &str) -> String {
    let lines = page.lines().filter(|line| !line.contains("data-trunk"));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_for_trunk_are_left_out() {
        assert_eq!(without_trunk("a\n<link data-trunk>\nb"), "a\nb\n");
    }
}
