//! Where things lie, what time it is, and how a tool is called.
//!
//! In: the place xtask was compiled at. Out: paths, stage lines with elapsed time, commands that run to their
//! end with their output shown.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use anyhow::{Context as _, bail};

/// The workspace and the clock that this run started with.
pub(crate) struct House {
    /// The workspace's folder.
    pub(crate) root: PathBuf,
    /// Cargo's output.
    pub(crate) target: PathBuf,
    started: Instant,
}

impl House {
    /// Finds the workspace that this xtask belongs to.
    pub(crate) fn find() -> anyhow::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("xtask has no parent folder")?
            .to_owned();
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(dir) => root.join(dir),
            None => root.join("target"),
        };
        Ok(Self {
            root,
            target,
            started: Instant::now(),
        })
    }

    /// The folder that the server serves files from.
    pub(crate) fn site(&self) -> PathBuf {
        self.root.join("target/site")
    }

    /// Says what is done now, with the time since the start.
    pub(crate) fn stage(&self, what: &str) {
        let elapsed = self.started.elapsed().as_secs_f64();
        eprintln!("[{elapsed:6.1} s] {what}");
    }

    /// A cargo command in the workspace.
    pub(crate) fn cargo<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = self.tool(cargo);
        command.args(args);
        command
    }

    /// Any program, run in the workspace's folder.
    pub(crate) fn tool(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }
}

/// Runs a command to its end; an error names it and how it ended.
pub(crate) fn run(command: &mut Command) -> anyhow::Result<()> {
    let status = command
        .status()
        .with_context(|| format!("cannot start {}", name(command)))?;
    if !status.success() {
        bail!("{} ended with {status}", line(command));
    }
    Ok(())
}

/// The program's name.
fn name(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

/// The command as one would type it.
pub(crate) fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut line = program
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    for arg in command.get_args() {
        line.push(' ');
        line.push_str(&arg.to_string_lossy());
    }
    line
}
