//! The heavy half of the build, apart from `xtask` so that nobody waits for it before it is needed.
//!
//! In: `bindgen WASM OUT_DIR NAME`, `split WASM OUT_DIR NAME` or `compress DIR`. Out: `NAME.js` and `NAME_bg.wasm` in
//! `OUT_DIR`; the same with a file for each page and `split.json`, which tells the files of each; or a `.br` and a
//! `.gz` beside every file of `DIR` that gets smaller by it.

mod compress;
mod split;

use std::path::Path;

use anyhow::{Context as _, bail};
use wasm_bindgen_cli_support::Bindgen;

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["bindgen", wasm, out_dir, name] => bindgen(Path::new(wasm), Path::new(out_dir), name),
        ["split", wasm, out_dir, name] => split::split(Path::new(wasm), Path::new(out_dir), name),
        ["compress", dir] => compress::tree(Path::new(dir)),
        _ => bail!("usage: xtask-bindgen bindgen|split WASM OUT_DIR NAME | compress DIR"),
    }
}

/// Writes the browser module for a compiled wasm file.
fn bindgen(wasm: &Path, out_dir: &Path, name: &str) -> anyhow::Result<()> {
    Bindgen::new()
        .input_path(wasm)
        .out_name(name)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(out_dir)
        .with_context(|| format!("wasm-bindgen failed on {}", wasm.display()))
}
