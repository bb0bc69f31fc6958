//! Durable intake: one producer connection, batches, receipts after the fsync.
//!
//! The batch and the number of unanswered frames decide between throughput and waiting; the line tries a few and
//! takes the fastest whose receipts keep to the goal.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::{block_on, ms};
use crate::Bench;
use crate::events::write_events;
use crate::http::Http;
use crate::producer::{Pace, Published, run};
use crate::report::{Goal, Report};
use crate::server::{Cores, Server};
use crate::stats::percentile;

/// Events a frame, frames unanswered.
const TRIES: [(u64, usize); 6] = [(128, 2), (128, 4), (256, 2), (256, 4), (512, 2), (512, 4)];

/// Events a try.
const EVENTS: u64 = 200_000;

/// The longest that 99 of 100 receipts may take.
const ACK_GOAL_MS: f64 = 30.0;

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let mut best: Option<(f64, f64)> = None;
    for (batch, window) in TRIES {
        let server = Server::start(&bench.server, Cores::All)?;
        let frames = EVENTS / batch;
        let warm = block_on(run(server.address, "warm", 50, batch, Pace::Window(window)))?;
        let Published {
            events,
            took,
            mut ack_us,
        } = block_on(run(
            server.address,
            "intake",
            frames,
            batch,
            Pace::Window(window),
        ))?;
        let rate = events as f64 / took.as_secs_f64();
        let p99 = ms(percentile(&mut ack_us, 0.99));
        eprintln!(
            "bench:   batches of {batch}, {window} unanswered: {rate:.0} ev/s, receipts p99 {p99:.1} ms (warm-up {:.0} ms)",
            warm.took.as_secs_f64() * 1000.0
        );
        let better = match best {
            None => true,
            Some((_, best_p99)) if best_p99 > ACK_GOAL_MS => p99 < best_p99,
            Some((best_rate, _)) => p99 <= ACK_GOAL_MS && rate > best_rate,
        };
        if better {
            best = Some((rate, p99));
        }
    }
    let (rate, p99) = best.context("no try")?;
    report.figure(
        "durable intake: WebSocket publish",
        rate,
        "ev/s",
        Goal::AtLeast(30_000.0),
    );
    report.figure(
        "durable intake: receipt p99",
        p99,
        "ms",
        Goal::AtMost(ACK_GOAL_MS),
    );

    let server = Server::start(&bench.server, Cores::All)?;
    let (rate, mut us) = block_on(ndjson(server.address, 512, 100_000))?;
    report.figure(
        "durable intake: HTTP, NDJSON of 512, one at a time",
        rate,
        "ev/s",
        Goal::None,
    );
    report.figure(
        "durable intake: HTTP answer p99",
        ms(percentile(&mut us, 0.99)),
        "ms",
        Goal::None,
    );
    Ok(())
}

/// Posts batches one after the other; events a second, and how long each answer took.
async fn ndjson(
    address: std::net::SocketAddr,
    batch: u64,
    events: u64,
) -> anyhow::Result<(f64, Vec<u32>)> {
    let mut http = Http::connect(address).await?;
    let mut body = String::new();
    let mut answers = Vec::new();
    let began = Instant::now();
    for first in (0..events).step_by(usize::try_from(batch)?) {
        body.clear();
        write_events(&mut body, "http", first, batch, '\n');
        let asked = Instant::now();
        let (status, answer) = http.post_ndjson("/api/v1/events", body.as_bytes()).await?;
        answers.push(u32::try_from(asked.elapsed().as_micros()).unwrap_or(u32::MAX));
        let answer: serde_json::Value =
            serde_json::from_slice(&answer).context("the answer is not JSON")?;
        if status != 200 || answer["accepted"] != batch {
            bail!(
                "status {status}: {}",
                answer.to_string().chars().take(300).collect::<String>()
            );
        }
    }
    let took: Duration = began.elapsed();
    let sent = answers.len() as f64 * batch as f64;
    Ok((sent / took.as_secs_f64(), answers))
}
