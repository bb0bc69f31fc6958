//! The crate that is worked on, carried inside the program so that it runs anywhere, and what is wrong with it.
//!
//! In: the number of a run. Out: the files of the crate, some of them flawed.

macro_rules! carried {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../morse/", $path)))),*]
    };
}

/// Every file of the crate, with its text as it is right.
pub const FILES: &[(&str, &str)] = carried![
    "Cargo.lock",
    "Cargo.toml",
    "clippy.toml",
    "rustfmt.toml",
    "src/decode.rs",
    "src/encode.rs",
    "src/lib.rs",
    "src/main.rs",
    "src/table.rs",
    "src/timing.rs",
];

/// Something that can be wrong.
#[derive(Debug, Clone, Copy)]
pub struct Flaw {
    /// Where.
    pub file: &'static str,
    /// The text as it is right.
    pub right: &'static str,
    /// As it is wrong.
    pub wrong: &'static str,
    /// Every how many runs it is there; the number of the run decides.
    every: u64,
}

const fn flaw(file: &'static str, right: &'static str, wrong: &'static str, every: u64) -> Flaw {
    Flaw {
        file,
        right,
        wrong,
        every,
    }
}

/// What rustfmt puts right.
const FORMAT: &[Flaw] = &[
    flaw(
        "src/encode.rs",
        "        words.push(encode_word(word)?);",
        "      words.push( encode_word( word )? ) ;",
        1,
    ),
    flaw(
        "src/timing.rs",
        "signs.iter().sum::<u32>() + 3 * gaps",
        "signs.iter().sum::<u32>()+3*gaps",
        1,
    ),
    flaw(
        "src/main.rs",
        "use morse::{decode::decode, encode::encode};",
        "use morse::{encode::encode,decode::decode};",
        2,
    ),
];

/// What clippy finds.
const LINT: &[Flaw] = &[
    flaw(
        "src/decode.rs",
        "if !text.is_empty() {",
        "if text.len() > 0 {",
        1,
    ),
    flaw(
        "src/encode.rs",
        "    Ok(words.join(\" / \"))",
        "    return Ok(words.join(\" / \"));",
        1,
    ),
    flaw(
        "src/timing.rs",
        ".map(word_units)",
        ".map(|word| word_units(word))",
        2,
    ),
];

/// What the tests find.
const TEST: &[Flaw] = &[
    flaw("src/table.rs", "('X', \"-..-\")", "('X', \"-.--\")", 2),
    flaw("src/timing.rs", "+ 7 * gaps", "+ 5 * gaps", 3),
];

/// The flaws of a run, the first being run 1.
pub fn flaws(run: u64) -> Vec<Flaw> {
    let all = [FORMAT, LINT, TEST].concat();
    all.into_iter()
        .filter(|flaw| run.is_multiple_of(flaw.every))
        .collect()
}

/// The flaws of a run that break tests.
pub fn broken(run: u64) -> Vec<Flaw> {
    let here = |flaw: &&Flaw| run.is_multiple_of(flaw.every);
    TEST.iter().filter(here).copied().collect()
}

/// The crate's files as a run finds them.
pub fn files(run: u64) -> Vec<(&'static str, String)> {
    let flaws = flaws(run);
    FILES
        .iter()
        .map(|(path, text)| {
            let here = flaws.iter().filter(|flaw| flaw.file == *path);
            let text = here.fold((*text).to_owned(), |text, flaw| {
                text.replacen(flaw.right, flaw.wrong, 1)
            });
            (*path, text)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flaw_applies_beside_all_others_and_can_be_taken_back() {
        let flawed = files(6);
        for flaw in flaws(6) {
            let text = &flawed
                .iter()
                .find(|(path, _)| *path == flaw.file)
                .unwrap()
                .1;
            assert!(text.contains(flaw.wrong), "{flaw:?}");
        }
        assert_eq!(flaws(6).len(), FORMAT.len() + LINT.len() + TEST.len());
        assert!(broken(1).is_empty());
        assert_eq!(flaws(1).len(), 4);
    }
}
