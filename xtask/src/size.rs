//! How much a browser downloads: each file of a release's `pkg/`, and the first load of the Overview.
//!
//! In: `target/site` as a release build left it, and `xtask/size.json`, the sizes that were noted last. Out: a table
//! of both; an error where something grew by more than a tenth without being noted.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde_json::{Map, Value, json};

use crate::build::{self, Helper, Mode};
use crate::house::House;
use crate::setup;

/// What may be added to a sum before it must be noted, in percent.
const MOST_GROWTH_PERCENT: u64 = 10;
/// The sums by their names in the note.
const FIRST_LOAD: &str = "first load of the Overview";
const ALL: &str = "all files";
/// The page whose first load is summed, and what every page loads.
const PAGE: &str = "overview";
const ALWAYS: [&str; 3] = ["loopscope.js", "loopscope_bg.wasm", "loopscope.css"];

/// A size in bytes: as it is, and packed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Size {
    raw: u64,
    gzip: u64,
    brotli: u64,
}

/// Sizes by the names of files and sums.
type Sizes = BTreeMap<String, Size>;

/// What is done with what was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Note {
    /// It is compared with the note.
    Compare,
    /// It is the new note.
    Keep,
}

/// Builds the browser half as a release has it, and measures it.
pub(crate) fn build_and_report(house: &House, note: Note) -> anyhow::Result<()> {
    setup::wasm_target(house)?;
    build::site(house, Mode::Release, &Helper::Compile)?;
    report(house, note)
}

/// Measures a release's site.
pub(crate) fn report(house: &House, note: Note) -> anyhow::Result<()> {
    let path = house.root.join("xtask/size.json");
    let now = measure(&house.site().join("pkg"))?;
    let last = match fs::read_to_string(&path) {
        Ok(text) => read(&serde_json::from_str(&text)?),
        Err(_) => Sizes::new(),
    };
    print!("{}", table(&now, &last));
    if note == Note::Keep {
        fs::write(&path, format!("{:#}\n", write(&now)))?;
        return Ok(());
    }
    let grown = grown(&now, &last);
    if !grown.is_empty() {
        bail!(
            "grew by more than {MOST_GROWTH_PERCENT} %: {}; make it smaller, or note it with `cargo xtask size --keep`",
            grown.join(", ")
        );
    }
    Ok(())
}

/// The files of a folder that have packed forms beside them, and the sums.
fn measure(pkg: &Path) -> anyhow::Result<Sizes> {
    let mut sizes = Sizes::new();
    let entries = fs::read_dir(pkg).with_context(|| format!("cannot read {}", pkg.display()))?;
    for entry in entries {
        let path = entry?.path();
        let beside = |suffix: &str| {
            let mut name = path.clone().into_os_string();
            name.push(suffix);
            fs::metadata(PathBuf::from(name)).map(|data| data.len())
        };
        if let (Ok(gzip), Ok(brotli)) = (beside(".gz"), beside(".br")) {
            let raw = fs::metadata(&path)?.len();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            sizes.insert(name.into_owned(), Size { raw, gzip, brotli });
        }
    }
    if sizes.is_empty() {
        bail!("{} is not from a release build", pkg.display());
    }
    let list = fs::read_to_string(pkg.join("split.json")).context("no list of the pages' files")?;
    let list: Value = serde_json::from_str(&list)?;
    let own = list[PAGE].as_array().context("the Overview has no files")?;
    let first: BTreeSet<&str> = ALWAYS
        .into_iter()
        .chain(own.iter().filter_map(Value::as_str))
        .collect();
    let first = sum(sizes
        .iter()
        .filter(|(name, _)| first.contains(name.as_str())));
    let all = sum(sizes.iter());
    sizes.insert(FIRST_LOAD.to_owned(), first);
    sizes.insert(ALL.to_owned(), all);
    Ok(sizes)
}

fn sum<'a>(sizes: impl Iterator<Item = (&'a String, &'a Size)>) -> Size {
    sizes.fold(Size::default(), |sum, (_, size)| Size {
        raw: sum.raw + size.raw,
        gzip: sum.gzip + size.gzip,
        brotli: sum.brotli + size.brotli,
    })
}

/// The sums that grew too much.
fn grown(now: &Sizes, last: &Sizes) -> Vec<String> {
    let mut grown = Vec::new();
    for name in [FIRST_LOAD, ALL] {
        let (Some(now), Some(last)) = (now.get(name), last.get(name)) else {
            continue;
        };
        if now.brotli * 100 > last.brotli * (100 + MOST_GROWTH_PERCENT) {
            let (now, last) = (kilobytes(now.brotli), kilobytes(last.brotli));
            grown.push(format!("{name} from {last} to {now} kB"));
        }
    }
    grown
}

/// A line a file, the largest first, then the sums.
fn table(now: &Sizes, last: &Sizes) -> String {
    let mut files: Vec<_> = now.iter().collect();
    files.sort_by_key(|(name, size)| (is_sum(name), std::cmp::Reverse(size.brotli)));
    let mut text = format!(
        "{:>10} {:>10} {:>10} {:>10}  kB, and brotli when it was noted last\n",
        "raw", "gzip", "brotli", "last"
    );
    for (name, size) in files {
        let was = last
            .get(name)
            .map_or_else(|| "–".to_owned(), |size: &Size| kilobytes(size.brotli));
        let figures = [size.raw, size.gzip, size.brotli].map(kilobytes);
        let [raw, gzip, brotli] = figures;
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{raw:>10} {gzip:>10} {brotli:>10} {was:>10}  {name}");
    }
    text
}

fn is_sum(name: &str) -> bool {
    [FIRST_LOAD, ALL].contains(&name)
}

fn kilobytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1000.0)
}

fn read(note: &Value) -> Sizes {
    let field = |size: &Value, name: &str| size[name].as_u64().unwrap_or_default();
    note.as_object()
        .into_iter()
        .flatten()
        .map(|(name, size)| {
            let size = Size {
                raw: field(size, "raw"),
                gzip: field(size, "gzip"),
                brotli: field(size, "brotli"),
            };
            (name.clone(), size)
        })
        .collect()
}

fn write(sizes: &Sizes) -> Value {
    let fields = sizes.iter().map(|(name, size)| {
        let Size { raw, gzip, brotli } = size;
        (
            name.clone(),
            json!({"raw": raw, "gzip": gzip, "brotli": brotli}),
        )
    });
    Value::Object(fields.collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        let files = [
            ("loopscope.js", 10),
            ("loopscope_bg.wasm", 100),
            ("loopscope.css", 20),
            ("split_overview.wasm", 30),
            ("split_session.wasm", 400),
        ];
        for (name, bytes) in files {
            for (suffix, bytes) in [("", bytes * 4), (".gz", bytes * 2), (".br", bytes)] {
                fs::write(dir.path().join(format!("{name}{suffix}")), vec![0; bytes]).unwrap();
            }
        }
        let list = r#"{"overview": ["split_overview.wasm"], "session": ["split_session.wasm"]}"#;
        fs::write(dir.path().join("split.json"), list).unwrap();
        dir
    }

    #[test]
    fn a_first_load_is_what_every_page_needs_and_what_the_overview_does() {
        let sizes = measure(folder().path()).unwrap();
        let first = Size {
            raw: 640,
            gzip: 320,
            brotli: 160,
        };
        assert_eq!(sizes[FIRST_LOAD], first);
        assert_eq!(sizes[ALL].brotli, 560);
        assert_eq!(read(&write(&sizes)), sizes);
    }

    #[test]
    fn a_tenth_is_let_pass_and_more_is_not() {
        let at = |brotli| {
            let size = Size {
                brotli,
                ..Size::default()
            };
            Sizes::from([(FIRST_LOAD.to_owned(), size), (ALL.to_owned(), size)])
        };
        assert!(grown(&at(1100), &at(1000)).is_empty());
        assert_eq!(grown(&at(1101), &at(1000)).len(), 2);
        assert!(grown(&at(1101), &Sizes::new()).is_empty());
    }
}
