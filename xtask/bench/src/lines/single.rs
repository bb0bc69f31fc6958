//! What the binary alone shows: its size, how soon it answers, what it holds in memory when idle.

use std::fs;
use std::thread;
use std::time::Duration;

use crate::Bench;
use crate::report::{Goal, Report};
use crate::server::{Cores, Server};

/// How often the server is started; the median counts.
const STARTS: usize = 9;

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let bytes = fs::metadata(&bench.server)?.len();
    report.figure(
        "install: the one file",
        bytes as f64 / 1e6,
        "MB",
        Goal::AtMost(25.0),
    );

    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(Server::start(&bench.server, Cores::All)?.started_in);
    }
    starts.sort_unstable();
    let median = starts[STARTS / 2].as_secs_f64() * 1000.0;
    report.figure(
        "start: binary to first answered page",
        median,
        "ms",
        Goal::AtMost(200.0),
    );

    let server = Server::start(&bench.server, Cores::All)?;
    thread::sleep(Duration::from_secs(3));
    report.figure(
        "memory: idle, empty journal",
        server.rss()? as f64 / 1e6,
        "MB RSS",
        Goal::AtMost(30.0),
    );
    Ok(())
}
