//! `cargo xtask fuzz [seconds] [target …]`: libFuzzer on everything that reads what producers send.
//!
//! In: `crates/dialects/fuzz`: targets, seeds written by hand, and the kept corpus. Out: the corpus, smaller and better;
//! an error where an input broke what must hold, with where it lies.

mod inputs;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::house::{House, run};

/// The targets, as `crates/dialects/fuzz/targets` has them.
const TARGETS: [&str; 5] = [
    "convergence",
    "orchestrator",
    "agents",
    "training",
    "looking",
];

/// How long each target runs unless told otherwise.
const SECONDS: u32 = 60;

/// How much of a target's corpus is kept, in bytes.
const KEPT: usize = 16 * 1024;

/// The longest input, in bytes.
const LONGEST: &str = "-max_len=4096";

/// Runs the named targets, all where none is named, one after the other.
pub(crate) fn run_all(house: &House, args: &[&str]) -> anyhow::Result<()> {
    let (seconds, names) = match args {
        [first, rest @ ..] if first.parse::<u32>().is_ok() => (first.parse()?, rest),
        _ => (SECONDS, args),
    };
    if let Some(unknown) = names.iter().find(|name| !TARGETS.contains(name)) {
        bail!(
            "there is no target {unknown}; there are {}",
            TARGETS.join(", ")
        );
    }
    run(&mut house.cargo(["fuzz", "--version"]))
        .context("fuzzing needs cargo-fuzz: cargo install cargo-fuzz --locked")?;
    for target in TARGETS {
        if names.is_empty() || names.contains(&target) {
            Target::new(house, target).run(seconds)?;
        }
    }
    Ok(())
}

/// A target and its folders.
struct Target<'a> {
    house: &'a House,
    name: &'static str,
    /// The crate.
    home: PathBuf,
    /// Inputs as libFuzzer wants them, one a file.
    work: PathBuf,
}

impl<'a> Target<'a> {
    fn new(house: &'a House, name: &'static str) -> Self {
        Self {
            house,
            name,
            home: house.root.join("crates/dialects/fuzz"),
            work: house.target.join("fuzz").join(name),
        }
    }

    fn run(&self, seconds: u32) -> anyhow::Result<()> {
        self.house
            .stage(&format!("fuzz {}: {seconds} s", self.name));
        let (inputs, fewest) = (self.work.join("inputs"), self.work.join("fewest"));
        for list in [self.list("seeds"), self.list("corpus")] {
            inputs::unpack(&list, &inputs)?;
        }
        let dictionary = format!("-dict={}", self.home.join("dictionary.txt").display());
        let time = format!("-max_total_time={seconds}");
        let flags = [
            &*time,
            &*dictionary,
            LONGEST,
            "-timeout=10",
            "-print_final_stats=1",
        ];
        self.fuzz(&[&inputs], &flags)?;
        if fewest.exists() {
            fs::remove_dir_all(&fewest)?;
        }
        fs::create_dir_all(&fewest)?;
        self.fuzz(
            &[&fewest, &inputs],
            &["-set_cover_merge=1", LONGEST, "-timeout=10"],
        )?;
        let kept = inputs::pack(&fewest, &self.list("corpus"), self.name, KEPT)?;
        self.house
            .stage(&format!("fuzz {}: {kept} inputs kept", self.name));
        Ok(())
    }

    /// One run of the fuzzer. Without a sanitizer it needs no nightly compiler, and the house has no unsafe code for
    /// one to watch.
    fn fuzz(&self, folders: &[&Path], flags: &[&str]) -> anyhow::Result<()> {
        let mut command = self
            .house
            .cargo(["fuzz", "run", "--sanitizer", "none", "--fuzz-dir"]);
        command.arg(&self.home).arg(self.name).args(folders);
        let command = command.arg("--").args(flags).env("RUSTC_BOOTSTRAP", "1");
        run(command).with_context(|| {
            let found = self.home.join("artifacts").join(self.name);
            format!(
                "an input broke what must hold; it lies in {}",
                found.display()
            )
        })
    }

    fn list(&self, folder: &str) -> PathBuf {
        self.home.join(folder).join(format!("{}.txt", self.name))
    }
}
