//! The server under measure. In: the release binary. Out: a running one with a journal of its own, and what the
//! kernel says of its CPU time and memory.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use rustix::process::{Pid, Signal, kill_process};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use tempfile::TempDir;

/// A running server; dropping it stops it.
pub(crate) struct Server {
    child: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// From the start of the process to its first answered page.
    pub(crate) started_in: Duration,
    binary: PathBuf,
    journal: TempDir,
}

/// Which cores the server may use.
#[derive(Clone, Copy)]
pub(crate) enum Cores {
    /// All.
    All,
    /// The first only; this process keeps to the second.
    One,
}

impl Server {
    /// Starts it on a free port and waits until it listens.
    pub(crate) fn start(binary: &Path, cores: Cores) -> anyhow::Result<Self> {
        let journal = tempfile::tempdir().context("cannot make a temporary folder")?;
        let began = Instant::now();
        let (child, address) = spawn(binary, cores, 0, journal.path())?;
        Ok(Self {
            child,
            address,
            started_in: began.elapsed(),
            binary: binary.to_owned(),
            journal,
        })
    }

    /// Ends it without a warning, and starts it again where it was, on the same journal.
    pub(crate) fn kill_and_start_again(&mut self) -> anyhow::Result<()> {
        self.child.kill().context("cannot kill the server")?;
        self.child.wait()?;
        let port = self.address.port();
        (self.child, self.address) = spawn(&self.binary, Cores::All, port, self.journal.path())?;
        Ok(())
    }

    /// User and system time so far.
    pub(crate) fn cpu(&self) -> anyhow::Result<Duration> {
        cpu_of(self.child.id())
    }

    /// Resident memory in bytes.
    pub(crate) fn rss(&self) -> anyhow::Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .context("no VmRSS")?;
        let kib: u64 = line
            .trim()
            .trim_end_matches("kB")
            .trim()
            .parse()
            .context("a strange VmRSS")?;
        Ok(kib * 1024)
    }
}

impl Server {
    /// Asks it to stop and waits; how long that took, an error when it had to be killed or ended badly.
    pub(crate) fn stop(mut self) -> anyhow::Result<Duration> {
        let began = Instant::now();
        self.end();
        match self.child.try_wait()? {
            Some(status) if status.success() => Ok(began.elapsed()),
            ended => bail!("the server did not end well: {ended:?}"),
        }
    }

    fn end(&mut self) {
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // It may be gone already; then there is nothing to stop.
            let _ = kill_process(pid, Signal::TERM);
        }
        let deadline = Instant::now() + Duration::from_secs(15);
        while Instant::now() < deadline {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        eprintln!("bench: the server did not stop within 15 s, killing it");
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}

/// Starts the binary on a port, 0 for any that is free, and waits until it answers its first page.
fn spawn(
    binary: &Path,
    cores: Cores,
    port: u16,
    journal: &Path,
) -> anyhow::Result<(Child, SocketAddr)> {
    let mut command = match cores {
        Cores::All => Command::new(binary),
        Cores::One => {
            pin_self_off(0)?;
            let mut command = Command::new("taskset");
            command.args(["--cpu-list", "0"]).arg(binary);
            command
        }
    };
    let mut child = command
        .current_dir(journal)
        .env("DASHBOARD_HOST", "127.0.0.1")
        .env("DASHBOARD_PORT", port.to_string())
        .env("DASHBOARD_DB_PATH", journal.join("loopscope.db"))
        .env("CONVERGENCE_WS_URL", "none")
        .env("LOOPSCOPE_LIMIT_COMMANDS_PER_SECOND", "0")
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("cannot start {}", binary.display()))?;
    let output = child.stdout.take().context("a server without output")?;
    let mut lines = BufReader::new(output).lines();
    let address = loop {
        let Some(line) = lines.next() else {
            bail!("the server ended before it listened")
        };
        if let Some((_, rest)) = line?.split_once("listening on http://") {
            let text = rest
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .trim_end_matches('/');
            break text
                .parse()
                .with_context(|| format!("a strange address: {text}"))?;
        }
    };
    // Whatever else it prints must not fill the pipe.
    thread::spawn(move || lines.for_each(drop));
    first_page(address)?;
    Ok((child, address))
}

/// A process's user and system time so far.
pub(crate) fn cpu_of(pid: u32) -> anyhow::Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let after_name = stat.rsplit_once(')').context("a strange stat line")?.1;
    let fields: Vec<&str> = after_name.split_whitespace().collect();
    let times = fields.get(11..13).context("a short stat line")?;
    let ticks: u64 = times
        .iter()
        .filter_map(|text| text.parse::<u64>().ok())
        .sum();
    // Linux shows these in hundredths of a second on every platform that Rust runs on.
    Ok(Duration::from_millis(ticks * 10))
}

/// Asks for the first page until it is answered.
fn first_page(address: SocketAddr) -> anyhow::Result<()> {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(address).context("cannot connect")?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    write!(
        stream,
        "GET / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    if !answer.starts_with(b"HTTP/1.1 200") {
        bail!(
            "the first page: {}",
            String::from_utf8_lossy(&answer[..answer.len().min(100)])
        );
    }
    Ok(())
}

/// Keeps this thread, and those it starts, off a core.
fn pin_self_off(core: usize) -> anyhow::Result<()> {
    let mut cores: CpuSet = sched_getaffinity(None).context("cannot read the affinity")?;
    cores.unset(core);
    if cores.count() == 0 {
        bail!("this line needs two cores: one for the server, one for the load");
    }
    sched_setaffinity(None, &cores).context("cannot pin to a core")
}
