//! Compression ahead of time. In: a folder. Out: `file.br` and `file.gz` beside each file that gains by it.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;

/// Below this a file fits one packet anyway.
const MIN_BYTES: usize = 1024;

/// Files that are worth it.
const EXTENSIONS: [&str; 6] = ["js", "wasm", "css", "svg", "json", "txt"];

/// Files that a release carries compressed only (`server/src/site.rs`).
const PACKED_ONLY: [&str; 3] = ["js", "wasm", "css"];

/// Compresses every file under `dir`.
pub(crate) fn tree(dir: &Path) -> anyhow::Result<()> {
    for entry in fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            tree(&path)?;
        } else if path
            .extension()
            .is_some_and(|ext| EXTENSIONS.iter().any(|known| ext == *known))
        {
            file(&path)?;
        }
    }
    Ok(())
}

/// Writes both compressed forms of one file, or neither when it does not shrink. What a release carries compressed only
/// has both in any case.
fn file(path: &Path) -> anyhow::Result<()> {
    let bytes = fs::read(path)?;
    let always = path
        .extension()
        .is_some_and(|ext| PACKED_ONLY.iter().any(|known| ext == *known));
    if bytes.len() < MIN_BYTES && !always {
        return Ok(());
    }
    for (suffix, packed) in [("br", brotli(&bytes)?), ("gz", gzip(&bytes)?)] {
        if always || packed.len() < bytes.len() {
            let mut name = path.as_os_str().to_owned();
            name.push(".");
            name.push(suffix);
            fs::write(name, packed)?;
        }
    }
    Ok(())
}

fn brotli(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut packed, 64 * 1024, 11, 24);
    writer.write_all(bytes)?;
    drop(writer);
    Ok(packed)
}

fn gzip(bytes: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    writer.write_all(bytes)?;
    Ok(writer.finish()?)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn both_forms_give_the_file_back() {
        let text = "loop ".repeat(1000).into_bytes();
        let mut back = Vec::new();
        flate2::read::GzDecoder::new(gzip(&text).unwrap().as_slice())
            .read_to_end(&mut back)
            .unwrap();
        assert_eq!(back, text);
        back.clear();
        brotli::Decompressor::new(brotli(&text).unwrap().as_slice(), 4096)
            .read_to_end(&mut back)
            .unwrap();
        assert_eq!(back, text);
    }
}
