//! `cargo xtask run`: from a bare clone to the dashboard with real programs feeding it: two that can be steered, and with
//! `--all` two more to watch.
//!
//! In: which programs, and arguments for the server. Out: the page's address once it answers; everything stopped on Ctrl-C.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Command, ExitCode};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::build::{self, Mode};
use crate::child::Beside;
use crate::house::{House, run};
use crate::setup;

/// Where the loop serves its events.
const LOOP_PORT: u16 = 8765;

/// Where the training run serves its events.
const TRAINING_PORT: u16 = 8767;

/// Where the dashboard stands unless told otherwise.
const PORT: u16 = 8766;

/// How long the server may take until its first page.
const START: Duration = Duration::from_mins(1);

/// Which programs run beside the dashboard.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Demos {
    /// The loop and the orchestrator, which can be steered.
    Steered,
    /// Also the crew of agents and the training run.
    All,
}

impl Demos {
    /// Their packages.
    const fn packages(self) -> &'static [&'static str] {
        match self {
            Self::Steered => &["convergence-loop", "orchestrator"],
            Self::All => &["convergence-loop", "orchestrator", "survey-crew", "graft"],
        }
    }
}

/// Builds, starts all programs, and waits for Ctrl-C.
pub(crate) fn run_all(house: &House, demos: Demos, args: &[&str]) -> anyhow::Result<ExitCode> {
    let port = port(args, std::env::var("DASHBOARD_PORT").ok().as_deref())?;
    check_free(
        port,
        "the dashboard",
        "choose another one: cargo xtask run -- --port 8770",
    )?;
    check_free(
        LOOP_PORT,
        "the demo loop",
        "stop the program that holds it, perhaps a loop of your own",
    )?;
    if demos == Demos::All {
        check_free(
            TRAINING_PORT,
            "the training run",
            "stop the program that holds it, perhaps a trainer of your own",
        )?;
    }
    setup::wasm_target(house)?;
    house.stage("server, demos and helper: compile (the first time takes minutes)");
    let mut cargo = house.cargo(["build", "-p", "loopscope", "-p", "xtask-bindgen"]);
    for package in demos.packages() {
        cargo.args(["-p", package]);
    }
    run(&mut cargo)?;
    build::site(house, Mode::Dev, &build::Helper::Built)?;

    let mut signals =
        Signals::new([SIGINT, SIGTERM, SIGHUP]).context("cannot listen for Ctrl-C")?;
    house.stage("demo loop: start");
    let demo = Beside::start("the demo loop", &mut demo_loop(house))?;
    house.stage("server: start");
    let mut server = house.tool(build::server(house, Mode::Dev));
    if demos == Demos::All {
        let url = format!("ws://localhost:{TRAINING_PORT}");
        server.args(["--training-url", &url]);
    }
    let server = Beside::start("the server", server.args(args))?;
    let second = Beside::start("the demo orchestrator", &mut demo_orchestrator(house, port))?;
    let mut all = All {
        server,
        demos: vec![Demo::new("loop", demo), Demo::new("orchestrator", second)],
    };
    if demos == Demos::All {
        let crew = Beside::start("the demo crew", &mut demo_crew(house, port))?;
        all.demos.push(Demo::new("crew", crew));
        let training = Beside::start("the demo training", &mut demo_training(house))?;
        all.demos.push(Demo::new("training", training));
    }
    all.wait_for_page(house, port, &mut signals)?
        .map_or_else(|| all.watch(house, &mut signals), Ok)
}

/// The programs.
struct All {
    server: Beside,
    demos: Vec<Demo>,
}

/// A program beside the dashboard, which goes on without it.
struct Demo {
    name: &'static str,
    program: Beside,
    is_told: bool,
}

impl Demo {
    const fn new(name: &'static str, program: Beside) -> Self {
        Self {
            name,
            program,
            is_told: false,
        }
    }
}

impl All {
    /// Waits until the first page is answered, then says where; a code when it ends before that.
    fn wait_for_page(
        &mut self,
        house: &House,
        port: u16,
        signals: &mut Signals,
    ) -> anyhow::Result<Option<ExitCode>> {
        let deadline = Instant::now() + START;
        while !answers(port) {
            if let Some(code) = self.turn(signals)? {
                return Ok(Some(code));
            }
            if Instant::now() > deadline {
                bail!("the server runs, but http://localhost:{port} does not answer");
            }
            thread::sleep(Duration::from_millis(50));
        }
        house.stage(&format!(
            "Loopscope is at http://localhost:{port} (Ctrl-C stops it)"
        ));
        Ok(None)
    }

    /// Waits until Ctrl-C or the server's end.
    fn watch(&mut self, house: &House, signals: &mut Signals) -> anyhow::Result<ExitCode> {
        loop {
            if let Some(code) = self.turn(signals)? {
                house.stage("stopped");
                return Ok(code);
            }
            thread::sleep(Duration::from_millis(100));
        }
    }

    /// Looks once at signals and children; a code when it is time to end.
    fn turn(&mut self, signals: &mut Signals) -> anyhow::Result<Option<ExitCode>> {
        if signals.pending().next().is_some() {
            eprintln!();
            self.stop_demos()?;
            let status = self.server.stop()?;
            return Ok(Some(if status.success() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }));
        }
        if let Some(status) = self.server.ended()? {
            self.stop_demos()?;
            bail!("the server ended with {status}");
        }
        for demo in &mut self.demos {
            if let Some(status) = demo.program.ended()?
                && !demo.is_told
            {
                let name = demo.name;
                eprintln!(
                    "xtask: the demo {name} ended with {status}; the rest goes on without it"
                );
                demo.is_told = true;
            }
        }
        Ok(None)
    }

    fn stop_demos(&mut self) -> anyhow::Result<()> {
        for demo in &mut self.demos {
            demo.program.stop()?;
        }
        Ok(())
    }
}

/// The demo loop, as it runs beside the dashboard.
fn demo_loop(house: &House) -> Command {
    let mut command = house.tool(house.target.join("debug/convergence-loop"));
    // It waits for the dashboard, so that the first run is seen from its first event.
    command.args([
        "--listen",
        &format!("127.0.0.1:{LOOP_PORT}"),
        "--wait",
        "30s",
    ]);
    command
}

/// The demo orchestrator, as it runs beside the dashboard. Its folder outlives it, so that a run that was killed goes
/// on.
fn demo_orchestrator(house: &House, port: u16) -> Command {
    let mut command = house.tool(house.target.join("debug/orchestrator"));
    command
        .args(["--server", &format!("http://127.0.0.1:{port}")])
        .args(["--wait", "30s", "--state"])
        .arg(house.target.join("demo-orchestrator"));
    command
}

/// The demo crew, as it runs beside the dashboard: it reads this project.
fn demo_crew(house: &House, port: u16) -> Command {
    let mut command = house.tool(house.target.join("debug/survey-crew"));
    let url = format!("ws://127.0.0.1:{port}/agents/ws");
    command
        .arg(&house.root)
        .args(["--url", &url, "--wait", "30s"])
        .args(["--every", "60s", "--pace", "5ms"]);
    command
}

/// The demo training, as it runs beside the dashboard.
fn demo_training(house: &House) -> Command {
    let mut command = house.tool(house.target.join("debug/graft"));
    let port = TRAINING_PORT.to_string();
    command.args(["--port", &port, "--wait", "30s", "--pace", "100ms"]);
    command
}

/// The port that the server will take: its flag, its environment, the default.
fn port(args: &[&str], environment: Option<&str>) -> anyhow::Result<u16> {
    let flag = args.iter().enumerate().find_map(|(index, arg)| match *arg {
        "--port" => args.get(index + 1).copied(),
        arg => arg.strip_prefix("--port="),
    });
    match flag.or(environment) {
        Some(text) => text
            .parse()
            .with_context(|| format!("{text} is not a port")),
        None => Ok(PORT),
    }
}

/// An error, before any minute is spent on building, when a port is taken.
fn check_free(port: u16, whose: &str, advice: &str) -> anyhow::Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) => {
            bail!("port {port}, where {whose} would stand, cannot be had ({error}); {advice}")
        }
    }
}

/// Whether the first page is answered.
fn answers(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let second = Duration::from_secs(1);
    let ask = || -> std::io::Result<bool> {
        let mut stream = TcpStream::connect_timeout(&address, second)?;
        stream.set_read_timeout(Some(5 * second))?;
        write!(
            stream,
            "GET / HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\n\r\n"
        )?;
        let mut start = [0_u8; 8];
        stream.read_exact(&mut start)?;
        Ok(start.starts_with(b"HTTP/1.1"))
    };
    ask().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_comes_from_flag_then_environment_then_default() {
        assert_eq!(port(&["--mock"], None).unwrap(), 8766);
        assert_eq!(port(&["--mock"], Some("9000")).unwrap(), 9000);
        assert_eq!(port(&["--port", "9001"], Some("9000")).unwrap(), 9001);
        assert_eq!(port(&["--port=9002"], None).unwrap(), 9002);
        assert!(port(&["--port", "many"], None).is_err());
    }

    #[test]
    fn a_taken_port_is_an_error_that_says_what_to_do() {
        let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = held.local_addr().unwrap().port();
        let error = check_free(port, "the page", "do this")
            .unwrap_err()
            .to_string();
        assert!(
            error.contains(&port.to_string()) && error.contains("do this"),
            "{error}"
        );
        drop(held);
    }
}
