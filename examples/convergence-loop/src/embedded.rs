//! The crate and the catalogue, carried inside the program so that it runs anywhere.

macro_rules! embedded {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../", $path)))),*]
    };
}

/// Every file of the crate that the loop works on, below `gatehouse/`, with its text.
pub const CRATE: &[(&str, &str)] = embedded![
    "gatehouse/Cargo.lock",
    "gatehouse/Cargo.toml",
    "gatehouse/examples/attack/hostile.rs",
    "gatehouse/examples/attack/main.rs",
    "gatehouse/examples/attack/properties.rs",
    "gatehouse/src/address.rs",
    "gatehouse/src/base64.rs",
    "gatehouse/src/csv.rs",
    "gatehouse/src/duration.rs",
    "gatehouse/src/glob.rs",
    "gatehouse/src/header.rs",
    "gatehouse/src/hex.rs",
    "gatehouse/src/html.rs",
    "gatehouse/src/lib.rs",
    "gatehouse/src/path.rs",
    "gatehouse/src/percent.rs",
    "gatehouse/src/query.rs",
    "gatehouse/src/range.rs",
    "gatehouse/src/recent.rs",
    "gatehouse/src/stats.rs",
    "gatehouse/src/text.rs",
    "gatehouse/src/token.rs",
    "gatehouse/src/varint.rs",
    "gatehouse/src/version.rs",
];

/// The catalogue of defects, a file for each module of the crate.
pub const DEFECTS: &[(&str, &str)] = embedded![
    "defects/address.txt",
    "defects/base64.txt",
    "defects/csv.txt",
    "defects/duration.txt",
    "defects/glob.txt",
    "defects/header.txt",
    "defects/hex.txt",
    "defects/html.txt",
    "defects/path.txt",
    "defects/percent.txt",
    "defects/query.txt",
    "defects/range.txt",
    "defects/recent.txt",
    "defects/stats.txt",
    "defects/text.txt",
    "defects/token.txt",
    "defects/varint.txt",
    "defects/version.txt",
];

/// The crate's files by their path inside it, with their text.
pub fn crate_files() -> impl Iterator<Item = (&'static str, &'static str)> {
    CRATE
        .iter()
        .filter_map(|(path, text)| Some((path.strip_prefix("gatehouse/")?, *text)))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// A file that was added to the folder and not to the list would silently be missing from the copy.
    #[test]
    fn every_file_of_the_folders_is_carried() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut found = Vec::new();
        let mut folders = vec![root.join("gatehouse"), root.join("defects")];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.ends_with("target") {
                    continue; // somebody built the crate in place
                }
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(
                        path.strip_prefix(root)
                            .unwrap()
                            .to_str()
                            .unwrap()
                            .to_owned(),
                    );
                }
            }
        }
        found.sort();
        let mut carried: Vec<&str> = CRATE.iter().chain(DEFECTS).map(|(path, _)| *path).collect();
        carried.sort_unstable();
        assert_eq!(found, carried);
    }
}
