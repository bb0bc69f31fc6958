//! Runs cargo on the copy of the crate: gently (low priority, one job), offline, and never longer than allowed.
//! In: arguments. Out: what it printed, line by line and as a whole, and how long it took.

use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use common::tasks::{Place, command, lines, toolchain};
use rustix::process::{Pid, Signal, kill_process_group, setpriority_process};
use tokio::process::Command;
use tokio::time::timeout;

/// How much nicer than the rest of the machine the tools are.
const NICENESS: i32 = 10;
/// Cargo, set up for one crate.
#[derive(Debug, Clone)]
pub struct Cargo {
    crate_folder: PathBuf,
    build_folder: PathBuf,
    toolchain: Option<String>,
    limit: Duration,
}

/// What a run of cargo came to.
#[derive(Debug, Clone)]
pub struct Output {
    /// Whether it ended well.
    pub success: bool,
    /// Its exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it said beside.
    pub stderr: String,
    /// How long it took.
    pub elapsed: Duration,
}

impl Output {
    /// How long it took, in whole milliseconds.
    pub fn millis(&self) -> u64 {
        u64::try_from(self.elapsed.as_millis()).unwrap_or(u64::MAX)
    }

    /// The end of what it said, for an error message.
    pub fn last_words(&self) -> String {
        let lines: Vec<&str> = self
            .stderr
            .lines()
            .filter(|line| !line.trim().is_empty())
            .collect();
        lines[lines.len().saturating_sub(5)..].join("; ")
    }
}

/// Ends a tool and all that it started when it goes out of scope.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(pid) = self.0 {
            // It may be gone already; then there is nothing to end.
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

impl Cargo {
    /// Cargo for a crate; fails when cargo or clippy is missing.
    pub async fn find(
        crate_folder: PathBuf,
        build_folder: PathBuf,
        limit: Duration,
    ) -> anyhow::Result<Self> {
        let cargo = Self {
            crate_folder,
            build_folder,
            toolchain: toolchain().await,
            limit,
        };
        let version = cargo.run(&["clippy", "--version"], |_| {}).await?;
        if !version.success {
            bail!(
                "cargo clippy is needed; `rustup component add clippy` installs it ({})",
                version.last_words()
            );
        }
        Ok(cargo)
    }

    /// Runs cargo in the crate's folder, and gives each line that it prints to `on_line` at once. An error when it
    /// cannot be started or takes too long; an unhappy end is no error. Dropping the future ends the tool.
    pub async fn run(
        &self,
        args: &[&str],
        mut on_line: impl FnMut(&str),
    ) -> anyhow::Result<Output> {
        let started = Instant::now();
        let mut child = self.command(args).spawn().context("cannot start cargo")?;
        let pid = child
            .id()
            .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let mut group = Group(pid);
        if let Some(pid) = pid {
            // Not being allowed to be nice is no reason to fail.
            let _ = setpriority_process(Some(pid), NICENESS);
        }
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let work = async {
            tokio::join!(
                lines(stdout, &mut on_line),
                lines(stderr, |_| {}),
                child.wait()
            )
        };
        let (stdout, stderr, status) = timeout(self.limit, work).await.with_context(|| {
            format!("cargo {} took longer than {:?}", args.join(" "), self.limit)
        })?;
        group.0 = None;
        let status = status?;
        if let Some(signal) = status.signal() {
            bail!("cargo {} was ended by signal {signal}", args.join(" "));
        }
        Ok(Output {
            success: status.success(),
            code: status.code(),
            stdout,
            stderr,
            elapsed: started.elapsed(),
        })
    }

    fn command(&self, args: &[&str]) -> Command {
        let place = Place {
            folder: if self.crate_folder.exists() {
                &self.crate_folder
            } else {
                &self.build_folder
            },
            build: &self.build_folder,
            toolchain: self.toolchain.as_deref(),
        };
        let mut command = command(place, "cargo", args);
        command
            .env("CARGO_INCREMENTAL", "1")
            .env("RUST_TEST_THREADS", "1");
        command
    }
}
