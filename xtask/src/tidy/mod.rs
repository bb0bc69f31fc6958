//! The house rules that the compiler does not know: who may import whom, and how a file looks.
//!
//! In: the workspace as it lies on disk, and `cargo metadata`. Out: one line a breach, `place: rule`.

mod imports;
mod metadata;
mod source;
mod walk;

use std::fmt;
use std::fs;

use anyhow::Context as _;

use crate::house::House;

/// One breach of one rule.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The file (with line) or the package.
    place: String,
    /// The rule, as a sentence that says what to do.
    rule: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.rule)
    }
}

/// Checks every rule and returns all breaches.
pub(crate) fn problems(house: &House) -> anyhow::Result<Vec<Problem>> {
    let packages = metadata::packages(house)?;
    let mut problems = imports::check(&packages);
    for path in walk::rust_files(&packages)? {
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        problems.extend(source::check_rust(&walk::relative(house, &path), &text));
    }
    for path in walk::other_files(house)? {
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        problems.extend(source::check_length(&walk::relative(house, &path), &text));
    }
    Ok(problems)
}

/// Prints the breaches; true when there are none.
pub(crate) fn report(house: &House) -> anyhow::Result<bool> {
    let problems = problems(house)?;
    for problem in &problems {
        println!("{problem}");
    }
    if problems.is_empty() {
        println!("tidy: every rule is kept");
    } else {
        println!("tidy: {} breaches", problems.len());
    }
    Ok(problems.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_house_keeps_its_rules() {
        let problems = problems(&House::find().unwrap()).unwrap();
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert!(lines.is_empty(), "\n{}", lines.join("\n"));
    }
}
