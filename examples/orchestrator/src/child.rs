//! Tools: started in groups of their own, so that they can stand still, go on and be ended with all that they started.
//!
//! In: a command line. Out: what it printed, line by line, and how it ended. A tool whose future is dropped is ended.

use std::cell::RefCell;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process_group, setpriority_process};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::Command;
use tokio::time::sleep;

/// How much nicer than the rest of the machine the tools are.
const NICENESS: i32 = 10;
/// How often a tool's time is counted.
const TICK: Duration = Duration::from_millis(200);
/// The variables of a surrounding cargo that would change what the tools do.
const STRANGERS: &[&str] = &[
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CLIPPY_ARGS",
    "CLIPPY_CONF_DIR",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTFLAGS",
];

/// The tools that run now.
#[derive(Debug, Default)]
pub struct Children(RefCell<Vec<Pid>>);

/// Where and how tools run.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// In which folder.
    pub folder: &'a Path,
    /// Where cargo builds.
    pub build: &'a Path,
    /// The toolchain in force where the program was started.
    pub toolchain: Option<&'a str>,
    /// How long a tool may work.
    pub limit: Duration,
}

/// What a tool came to.
#[derive(Debug, Clone, Default)]
pub struct Output {
    /// Its exit code; 0 is good.
    pub code: i32,
    /// What it printed.
    pub stdout: String,
    /// What it said beside.
    pub stderr: String,
    /// How long it took, standing still included.
    pub elapsed: Duration,
}

impl Output {
    /// Whether it ended well.
    pub const fn is_good(&self) -> bool {
        self.code == 0
    }
}

/// Ends a tool's group when it goes out of scope, and takes it off the list.
struct Group<'a> {
    children: &'a Children,
    pid: Pid,
    is_over: bool,
}

impl Drop for Group<'_> {
    fn drop(&mut self) {
        self.children.0.borrow_mut().retain(|pid| *pid != self.pid);
        if !self.is_over {
            // It may be gone already; then there is nothing to end.
            let _ = kill_process_group(self.pid, Signal::KILL);
        }
    }
}

impl Children {
    /// All running tools stand still.
    pub fn stop(&self) {
        self.signal(Signal::STOP);
    }

    /// All running tools go on.
    pub fn go_on(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        for pid in self.0.borrow().iter() {
            // Gone by itself meanwhile: nothing to do.
            let _ = kill_process_group(*pid, signal);
        }
    }

    /// Runs a tool to its end; each line is given to `on_line` at once, with whether it is of stderr. An unhappy end
    /// is no error; not starting, a signal, or working too long is. Time in which nobody polls is not counted.
    pub async fn run(
        &self,
        place: Place<'_>,
        program: &str,
        args: &[&str],
        on_line: &dyn Fn(&str, bool),
    ) -> anyhow::Result<Output> {
        let started = Instant::now();
        let said = || format!("{program} {}", args.join(" "));
        let mut child = command(place, program, args)
            .spawn()
            .with_context(|| format!("cannot start {}", said()))?;
        let pid = child
            .id()
            .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        let pid = pid.with_context(|| format!("{} has no process id", said()))?;
        // Not being allowed to be nice is no reason to fail.
        let _ = setpriority_process(Some(pid), NICENESS);
        self.0.borrow_mut().push(pid);
        let mut group = Group {
            children: self,
            pid,
            is_over: false,
        };
        let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
        let work = async {
            tokio::join!(
                lines(stdout, |line| on_line(line, false)),
                lines(stderr, |line| on_line(line, true)),
                child.wait()
            )
        };
        let mut left = place.limit;
        tokio::pin!(work);
        let (stdout, stderr, status) = loop {
            tokio::select! {
                biased;
                done = &mut work => break done,
                () = sleep(TICK) => {
                    left = left.saturating_sub(TICK);
                    if left.is_zero() {
                        bail!("{} worked longer than {:?}", said(), place.limit);
                    }
                }
            }
        };
        group.is_over = true;
        let status = status?;
        let Some(code) = status.code() else {
            let signal = status.signal().unwrap_or_default();
            bail!("{} was ended by signal {signal}", said());
        };
        Ok(Output {
            code,
            stdout,
            stderr,
            elapsed: started.elapsed(),
        })
    }
}

fn command(place: Place<'_>, program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(args)
        .current_dir(place.folder)
        .env("CARGO_TARGET_DIR", place.build)
        .env("CARGO_BUILD_JOBS", "1")
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TERM_COLOR", "never")
        .env("RUSTC_WRAPPER", "")
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    for name in STRANGERS {
        command.env_remove(name);
    }
    if let Some(toolchain) = place.toolchain {
        command.env("RUSTUP_TOOLCHAIN", toolchain);
    }
    command
}

/// Reads lines to the end, whatever bytes they are made of.
async fn lines(source: Option<impl AsyncRead + Unpin>, on_line: impl Fn(&str)) -> String {
    let mut all = String::new();
    let Some(source) = source else { return all };
    let mut source = BufReader::new(source);
    let mut line = Vec::new();
    while let Ok(1..) = source.read_until(b'\n', &mut line).await {
        let text = String::from_utf8_lossy(&line);
        on_line(text.trim_end_matches(['\r', '\n']));
        all.push_str(&text);
        line.clear();
    }
    all
}

/// The toolchain in force where the program was started: the crate lies elsewhere, where another might be.
pub async fn toolchain() -> Option<String> {
    if std::env::var_os("RUSTUP_TOOLCHAIN").is_some() {
        return None;
    }
    let shown = Command::new("rustup")
        .args(["show", "active-toolchain"])
        .output()
        .await
        .ok()?;
    let text = String::from_utf8(shown.stdout).ok()?;
    text.split_whitespace().next().map(str::to_owned)
}
