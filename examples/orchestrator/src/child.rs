//! Tools: started in groups of their own, so that they can stand still, go on and be ended with all that they started.
//!
//! In: a command line. Out: what it printed, line by line, and how it ended. A tool whose future is dropped is ended.

use std::cell::RefCell;
use std::os::unix::process::ExitStatusExt as _;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use common::tasks::{Place, command, lines};
use rustix::process::{Pid, Signal, kill_process_group, setpriority_process};
use tokio::time::sleep;

/// How much nicer than the rest of the machine the tools are.
const NICENESS: i32 = 10;
/// How often a tool's time is counted.
const TICK: Duration = Duration::from_millis(200);
/// The tools that run now.
#[derive(Debug)]
pub struct Children {
    running: RefCell<Vec<Pid>>,
    /// How long a tool may work.
    limit: Duration,
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
        self.children
            .running
            .borrow_mut()
            .retain(|pid| *pid != self.pid);
        if !self.is_over {
            // It may be gone already; then there is nothing to end.
            let _ = kill_process_group(self.pid, Signal::KILL);
        }
    }
}

impl Children {
    /// None runs yet; each may work so long.
    pub const fn new(limit: Duration) -> Self {
        let running = RefCell::new(Vec::new());
        Self { running, limit }
    }

    /// All running tools stand still.
    pub fn stop(&self) {
        self.signal(Signal::STOP);
    }

    /// All running tools go on.
    pub fn go_on(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        for pid in self.running.borrow().iter() {
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
        self.running.borrow_mut().push(pid);
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
        let mut left = self.limit;
        tokio::pin!(work);
        let (stdout, stderr, status) = loop {
            tokio::select! {
                biased;
                done = &mut work => break done,
                () = sleep(TICK) => {
                    left = left.saturating_sub(TICK);
                    if left.is_zero() {
                        bail!("{} worked longer than {:?}", said(), self.limit);
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
