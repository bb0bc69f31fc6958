//! A program that runs beside us until we stop it.
//!
//! In: a command. Out: a child in a process group of its own, so that Ctrl-C reaches it once, through us; stopped
//! by its own process id, first politely, then not.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::house::line;

/// How long a child may take to stop before it is killed.
const PATIENCE: Duration = Duration::from_secs(12);

/// A running child; dropping it stops it.
pub(crate) struct Beside {
    name: String,
    child: Child,
    ended: Option<ExitStatus>,
}

impl Beside {
    /// Starts the command.
    pub(crate) fn start(name: &str, command: &mut Command) -> anyhow::Result<Self> {
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start {}", line(command)))?;
        Ok(Self {
            name: name.to_owned(),
            child,
            ended: None,
        })
    }

    /// Its process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> anyhow::Result<Option<ExitStatus>> {
        if self.ended.is_none() {
            self.ended = self
                .child
                .try_wait()
                .with_context(|| format!("cannot wait for {}", self.name))?;
        }
        Ok(self.ended)
    }

    /// Asks it to stop (SIGTERM) and waits; kills it when it does not.
    pub(crate) fn stop(&mut self) -> anyhow::Result<ExitStatus> {
        if let Some(status) = self.ended()? {
            return Ok(status);
        }
        signal(self.pid(), "TERM");
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            thread::sleep(Duration::from_millis(20));
        }
        eprintln!(
            "xtask: {} (process {}) did not stop, killing it",
            self.name,
            self.pid()
        );
        self.child.kill()?;
        let status = self.child.wait()?;
        self.ended = Some(status);
        Ok(status)
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            eprintln!("xtask: {error:#}");
        }
    }
}

/// Sends a signal by the shell's own `kill`, which every machine has.
fn signal(pid: u32, name: &str) {
    let sent = Command::new("sh")
        .args(["-c", &format!("kill -{name} {pid}")])
        .status();
    if !sent.is_ok_and(|status| status.success()) {
        eprintln!("xtask: cannot send SIG{name} to process {pid}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_stopped_by_its_own_id() {
        let mut child = Beside::start("sleep", Command::new("sleep").arg("600")).unwrap();
        assert!(child.ended().unwrap().is_none());
        assert!(!child.stop().unwrap().success());
        assert!(child.ended().unwrap().is_some());
    }
}
