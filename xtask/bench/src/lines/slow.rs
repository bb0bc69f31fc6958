//! Ten viewers that stop reading among a thousand: what the others notice, what the server holds for them, and
//! whether they have everything once they wake.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;

use super::{block_on, ms};
use crate::Bench;
use crate::producer::{Pace, run};
use crate::report::{Goal, Report};
use crate::server::{Cores, Server};
use crate::stats::percentile;
use crate::viewer::{Seen, Viewer};

const VIEWERS: usize = 1000;
const STALLED: usize = 10;
const RATE: u64 = 300;
const SECONDS: u64 = 10;

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let calm = block_on(one_run(&Server::start(&bench.server, Cores::All)?, 0))?;
    let stalled = block_on(one_run(&Server::start(&bench.server, Cores::All)?, STALLED))?;
    let ratio = stalled.p99_ms / calm.p99_ms;
    eprintln!(
        "bench:   the others' p99: {:.1} ms without, {:.1} ms with",
        calm.p99_ms, stalled.p99_ms
    );
    report.figure(
        "slow readers, 10 of 1,000: the others' p99",
        ratio,
        "times",
        Goal::AtMost(1.1),
    );
    let grown = (stalled.rss as f64 - calm.rss as f64) / 1e6;
    report.figure(
        "slow readers: memory on top",
        grown,
        "MB",
        Goal::AtMost(10.0),
    );
    // One that misses an event, or gets one twice, ends its run with an error.
    report.figure(
        "slow readers: woken, missing nothing",
        STALLED as f64,
        "of 10",
        Goal::AtLeast(10.0),
    );
    Ok(())
}

/// What one run showed.
struct Shown {
    p99_ms: f64,
    rss: u64,
}

async fn one_run(server: &Server, stalled: usize) -> anyhow::Result<Shown> {
    let events = RATE * SECONDS;
    let seen = Arc::new(Seen::default());
    let (wake, asleep) = tokio::sync::watch::channel(false);
    let (mut others, mut sleepers) = (Vec::new(), Vec::new());
    for number in 0..VIEWERS {
        let mut viewer = Viewer::subscribe(server.address, true).await?;
        let seen = Arc::clone(&seen);
        if number < stalled {
            let mut asleep = asleep.clone();
            sleepers.push(tokio::spawn(async move {
                asleep
                    .wait_for(|awake| *awake)
                    .await
                    .context("nobody woke it")?;
                viewer.watch(events, seen).await
            }));
        } else {
            others.push(tokio::spawn(
                async move { viewer.watch(events, seen).await },
            ));
        }
    }
    run(server.address, "slow", events, 1, Pace::Rate(RATE)).await?;
    let mut latencies = Vec::new();
    for viewer in others {
        latencies.extend(viewer.await??);
    }
    let rss = server.rss()?;
    wake.send(true)?;
    for sleeper in sleepers {
        tokio::time::timeout(Duration::from_secs(30), sleeper)
            .await
            .context("a woken viewer misses events")???;
    }
    Ok(Shown {
        p99_ms: ms(percentile(&mut latencies, 0.99)),
        rss,
    })
}
