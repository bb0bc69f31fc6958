//! The most that one core delivers: viewers that asked for batches, the journal on, the rate raised until the 99th
//! percentile passes 100 ms. The load keeps to the other core.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::bail;

use super::{block_on, ms};
use crate::Bench;
use crate::producer::{Pace, run};
use crate::report::{Goal, Report};
use crate::server::{Cores, Server, cpu_of};
use crate::stats::percentile;
use crate::viewer::{Seen, Viewer};

const SECONDS: u64 = 4;
const P99_GOAL_MS: f64 = 100.0;

/// Viewers, deliveries a second to start from, the goal.
const CROWDS: [(u64, u64, f64); 2] = [(100, 500_000, 2.2e6), (1000, 1_000_000, 3.0e6)];

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    for (viewers, start, goal) in CROWDS {
        let mut wanted = start;
        let mut best = try_rate(bench, viewers, wanted)?;
        if best.is_some() {
            while let Some(reached) = try_rate(bench, viewers, wanted * 5 / 4)? {
                wanted = wanted * 5 / 4;
                best = Some(reached);
            }
        } else {
            while best.is_none() && wanted > start / 16 {
                wanted = wanted * 3 / 4;
                best = try_rate(bench, viewers, wanted)?;
            }
        }
        let Some(Reached { deliveries, p99_ms }) = best else {
            bail!("{viewers} viewers: not even {wanted} deliveries/s keep to {P99_GOAL_MS} ms");
        };
        let what = format!("fan-out to {viewers} viewers, one core");
        report.figure(&what, deliveries, "deliveries/s", Goal::AtLeast(goal));
        let what = format!("fan-out to {viewers} viewers: p99 then");
        report.figure(&what, p99_ms, "ms", Goal::AtMost(P99_GOAL_MS));
    }
    Ok(())
}

/// What a rate came to.
struct Reached {
    deliveries: f64,
    p99_ms: f64,
}

/// Tries a rate on a fresh server; nothing when it does not keep to the goal.
fn try_rate(bench: &Bench, viewers: u64, wanted: u64) -> anyhow::Result<Option<Reached>> {
    let server = Server::start(&bench.server, Cores::One)?;
    let (began, server_cpu, own_cpu) = (Instant::now(), server.cpu()?, cpu_of(std::process::id())?);
    let outcome = block_on(one_run(&server, viewers, wanted / viewers));
    let seconds = began.elapsed().as_secs_f64();
    let share = |cpu: Duration, before: Duration| {
        100.0 * cpu.saturating_sub(before).as_secs_f64() / seconds
    };
    let shares = format!(
        "server {:.0} % of its core, load {:.0} %",
        share(server.cpu()?, server_cpu),
        share(cpu_of(std::process::id())?, own_cpu)
    );
    match outcome {
        Ok((deliveries, p99_ms)) => {
            eprintln!(
                "bench:   {viewers} viewers, {wanted} deliveries/s wanted: {deliveries:.0}/s, p99 {p99_ms:.1} ms ({shares})"
            );
            Ok((p99_ms <= P99_GOAL_MS).then_some(Reached { deliveries, p99_ms }))
        }
        Err(error) => {
            eprintln!(
                "bench:   {viewers} viewers, {wanted} deliveries/s wanted: {error:#} ({shares})"
            );
            Ok(None)
        }
    }
}

/// One rate; deliveries a second, and the 99th percentile of latency in milliseconds.
async fn one_run(server: &Server, viewers: u64, rate: u64) -> anyhow::Result<(f64, f64)> {
    // One frame a hundredth of a second: a producer that gathers, as a real one does at such rates.
    let batch = (rate / 100).max(1);
    let frames = rate * SECONDS / batch;
    let events = frames * batch;
    let seen = Arc::new(Seen::default());
    let mut crowd = Vec::new();
    for _ in 0..viewers {
        let mut viewer = Viewer::subscribe(server.address, true).await?;
        let seen = Arc::clone(&seen);
        crowd.push(tokio::spawn(
            async move { viewer.watch(events, seen).await },
        ));
    }
    let began = Instant::now();
    run(server.address, "fan", frames, batch, Pace::Rate(rate)).await?;
    let mut latencies = Vec::new();
    for viewer in crowd {
        let Ok(watched) = tokio::time::timeout(Duration::from_secs(30), viewer).await else {
            bail!("a viewer did not get everything within 30 s");
        };
        latencies.extend(watched??);
    }
    let took = began.elapsed().as_secs_f64();
    Ok((
        (events * viewers) as f64 / took,
        ms(percentile(&mut latencies, 0.99)),
    ))
}
