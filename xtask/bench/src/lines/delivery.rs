//! Live delivery at an everyday rate: 1,000 events a second to 100 viewers with the journal on. How long an event
//! takes from the producer's hand to a viewer's, and what a delivery costs the server.

use std::sync::Arc;

use super::{bare, block_on, ms};
use crate::Bench;
use crate::producer::{Pace, run};
use crate::report::{Goal, Report};
use crate::server::{Cores, Server};
use crate::stats::percentile;
use crate::viewer::{Seen, Viewer};

const VIEWERS: usize = 100;
const RATE: u64 = 1000;
const SECONDS: u64 = 10;

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    // The goal, and what a bare socket loop cost on the machine that it was set on.
    for (batch, how, goal_us, mark_us, gather) in [
        (false, "one frame an event", 3.2, 2.8, 1),
        (true, "batches", 1.0, 1.0, 5),
    ] {
        let server = Server::start(&bench.server, Cores::All)?;
        let mut latencies = Vec::new();
        let cpu_us = block_on(one_run(&server, batch, &mut latencies))?;
        let what = format!("live latency, {how}: p50");
        report.figure(&what, ms(percentile(&mut latencies, 0.5)), "ms", Goal::None);
        let p99_ms = ms(percentile(&mut latencies, 0.99));
        let what = format!("live latency, {how}: p99");
        report.figure(&what, p99_ms, "ms", Goal::AtMost(5.0));
        let what = format!("fan-out cost, {how}");
        report.figure(&what, cpu_us, "µs CPU a delivery", Goal::AtMost(goal_us));
        let mut floor = bare::measure(VIEWERS, (RATE * SECONDS) as usize, gather)?;
        let what = format!("live latency, a bare socket loop here, {how}: p99");
        let bare_ms = ms(percentile(&mut floor.latencies, 0.99));
        report.figure(&what, bare_ms, "ms", Goal::None);
        let what = format!("fan-out cost, a bare socket loop here, {how}");
        report.figure(&what, floor.cost_us, "µs CPU a delivery", Goal::None);
        let what = format!("fan-out cost beside that loop, {how}");
        report.figure(
            &what,
            cpu_us / floor.cost_us,
            "×",
            Goal::AtMost(goal_us / mark_us),
        );
    }
    Ok(())
}

/// One run; the server's CPU microseconds a delivery.
async fn one_run(server: &Server, batch: bool, latencies: &mut Vec<u32>) -> anyhow::Result<f64> {
    let events = RATE * SECONDS;
    let seen = Arc::new(Seen::default());
    let mut crowd = Vec::new();
    for _ in 0..VIEWERS {
        let mut viewer = Viewer::subscribe(server.address, batch).await?;
        let seen = Arc::clone(&seen);
        crowd.push(tokio::spawn(
            async move { viewer.watch(events, seen).await },
        ));
    }
    let before = server.cpu()?;
    run(server.address, "live", events, 1, Pace::Rate(RATE)).await?;
    for viewer in crowd {
        latencies.extend(viewer.await??);
    }
    let cpu = server.cpu()?.saturating_sub(before);
    Ok(cpu.as_secs_f64() * 1e6 / (events as f64 * VIEWERS as f64))
}
