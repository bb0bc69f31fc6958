//! The browser half parted into files: what every page needs, and what only some need.
//!
//! In: a wasm file compiled with the marks of `wasm_split_helpers` and linked with `--emit-relocs`. Out: `NAME.js` and
//! `NAME_bg.wasm` as ever; `split.js`, which loads the rest; a wasm file for each page (`split_PAGE.wasm`) and for each
//! set of pages that share something (`chunk_N.wasm`); and `split.json`, the files of each page.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::{Options, transform};

/// The script that loads a page's files.
const LOADER: &str = "split.js";

/// Parts the file, and writes the browser module for its main part.
pub(crate) fn split(wasm: &Path, out_dir: &Path, name: &str) -> anyhow::Result<()> {
    let whole = fs::read(wasm).with_context(|| format!("cannot read {}", wasm.display()))?;
    let main = wasm.with_extension("main.wasm");
    let (loader, module) = (format!("./{LOADER}"), format!("./{name}.js"));
    let mut options = Options::new(&whole);
    options.output_dir = out_dir;
    options.main_out_path = &main;
    options.link_name = &loader;
    options.main_module = &module;
    let parts = transform(options)
        .map_err(|error| anyhow!("{} cannot be parted: {error:#}", wasm.display()))?;
    Bindgen::new()
        .input_path(&main)
        .out_name(name)
        .web(true)?
        .typescript(false)
        // What the parts take from the main file must keep its name.
        .keep_lld_exports(true)
        .demangle(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(out_dir)
        .with_context(|| format!("wasm-bindgen failed on {}", main.display()))?;
    // In the order of their names: the same sources make the same files.
    let lists: BTreeMap<String, Vec<String>> = parts
        .prefetch_map
        .into_iter()
        .map(|(page, mut files)| {
            files.sort();
            let files = files.into_iter().map(|stem| format!("{stem}.wasm"));
            (
                page,
                std::iter::once(LOADER.to_owned()).chain(files).collect(),
            )
        })
        .collect();
    fs::write(
        out_dir.join("split.json"),
        serde_json::to_vec_pretty(&lists)?,
    )?;
    Ok(())
}
