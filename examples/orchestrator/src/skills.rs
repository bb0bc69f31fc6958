//! The skills. In: a [`Bench`]. Out: a [`Report`], with everything on the way told as it happens.
//!
//! A skill is made of pieces of work; [`Bench::piece`] stands before each of them, rests, and tells how far the skill
//! is. A skill that is dropped between or inside pieces leaves nothing running.

mod bench;
mod checks;
mod notes;
mod tools;

use serde_json::{Value, json};

pub use bench::{Bench, Choice};

/// The plan of a run unless told otherwise.
pub const PLAN: [&str; 7] = [
    "format", "lint", "build", "test", "try", "document", "measure",
];

/// What a skill is.
#[derive(Debug, Clone, Copy)]
pub struct Skill {
    /// What it is called.
    pub name: &'static str,
    /// Whether it goes file by file, so that it can be given one.
    pub by_file: bool,
    /// Whether the run ends where it fails.
    pub is_critical: bool,
}

const fn skill(name: &'static str, by_file: bool, is_critical: bool) -> Skill {
    Skill {
        name,
        by_file,
        is_critical,
    }
}

/// Every skill.
pub const ALL: &[Skill] = &[
    skill("format", true, false),
    skill("lint", false, false),
    skill("build", false, true),
    skill("test", false, false),
    skill("try", false, false),
    skill("document", true, false),
    skill("measure", true, false),
    skill("audit", true, false),
    skill("clean", false, false),
];

/// The skill of that name, in any letter case.
pub fn find(name: &str) -> Option<&'static Skill> {
    ALL.iter()
        .find(|skill| skill.name.eq_ignore_ascii_case(name.trim()))
}

/// What a skill came to.
#[derive(Debug, Clone)]
pub struct Report {
    /// What it has to say of it.
    pub result: Value,
    /// Why it failed, if it did.
    pub error: Option<String>,
    /// Whether the run ends here, because somebody decided so.
    pub stop: bool,
}

impl Report {
    /// It did its work.
    pub const fn good(result: Value) -> Self {
        Self {
            result,
            error: None,
            stop: false,
        }
    }

    /// It did not.
    pub fn bad(error: impl Into<String>) -> Self {
        Self {
            result: Value::Null,
            error: Some(error.into()),
            stop: false,
        }
    }

    /// Somebody decided that this is the end.
    pub fn stop() -> Self {
        Self {
            result: json!({"decided": "stop"}),
            error: None,
            stop: true,
        }
    }
}

/// Does a skill.
pub async fn run(bench: &Bench<'_>) -> anyhow::Result<Report> {
    match bench.name() {
        "format" => tools::format(bench).await,
        "lint" => tools::lint(bench).await,
        "build" => tools::build(bench).await,
        "test" => checks::test(bench).await,
        "try" => checks::try_out(bench).await,
        "document" => notes::document(bench).await,
        "measure" => notes::measure(bench).await,
        "audit" => notes::audit(bench).await,
        "clean" => notes::clean(bench).await,
        other => Ok(Report::bad(format!("there is no skill {other:?}"))),
    }
}
