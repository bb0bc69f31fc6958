//! A million points of one metric: what writing them costs, how long the answer takes that opens them, and its size.
//!
//! The points are sent as one producer's metric events. The cost of keeping them as series is the server's CPU time
//! from the last receipt until they are on disk, a point; the time to open is from the request to the last byte.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::bail;

use super::block_on;
use crate::Bench;
use crate::http::Http;
use crate::report::{Goal, Report};
use crate::server::{Cores, Server};

const POINTS: u64 = 1_000_000;

/// Events a request, of one point each.
const BATCH: u64 = 5_000;

/// The point that no zoom may hide.
const SPIKE: u64 = 654_321;

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(&bench.server, Cores::All)?;
    let began = server.cpu()?;
    block_on(send(&server))?;
    let sent = server.cpu()?;
    let path = "/api/v1/sessions/bench-series/series?name=loss&columns=800";
    // The first answer waits for whatever is not taken in yet.
    block_on(open(&server, path))?;
    let kept = server.cpu()?;
    let mut best = Duration::MAX;
    let mut bytes = 0;
    for _ in 0..5 {
        let (took, body) = block_on(open(&server, path))?;
        best = best.min(took);
        bytes = body.len();
        if !String::from_utf8_lossy(&body).contains("-77777") {
            bail!("the spike is not in the answer");
        }
    }
    let (from, to) = (SPIKE - 2_000, SPIKE + 2_000);
    let (zoomed, body) = block_on(open(&server, &format!("{path}&from={from}&to={to}")))?;
    if !String::from_utf8_lossy(&body).contains("-77777") {
        bail!("the spike is not in the zoomed answer");
    }
    let each = |time: Duration| time.as_secs_f64() * 1e6 / POINTS as f64;
    report.figure(
        "series: 1 M points, server CPU an event, intake and all",
        each(kept.saturating_sub(began)),
        "µs",
        Goal::None,
    );
    report.figure(
        "series: of that after the last receipt",
        each(kept.saturating_sub(sent)),
        "µs",
        Goal::None,
    );
    let ms = |time: Duration| time.as_secs_f64() * 1e3;
    report.figure(
        "series: 1 M points open",
        ms(best),
        "ms",
        Goal::AtMost(300.0),
    );
    report.figure(
        "series: a stretch of them",
        ms(zoomed),
        "ms",
        Goal::AtMost(300.0),
    );
    report.figure("series: the answer", bytes as f64 / 1e3, "KB", Goal::None);
    server.stop()?;
    Ok(())
}

async fn send(server: &Server) -> anyhow::Result<()> {
    let mut http = Http::connect(server.address).await?;
    let mut text = String::new();
    for first in (0..POINTS).step_by(BATCH as usize) {
        text.clear();
        for n in first..first + BATCH {
            let value = if n == SPIKE {
                -77_777.0
            } else {
                (n as f64 / 7_000.0).sin() + (n % 13) as f64 / 50.0
            };
            // Writing to a String cannot fail.
            let _ = writeln!(
                text,
                "{{\"event_id\":\"series-{n:012}\",\"timestamp\":\"2026-01-05T10:00:00.000000Z\",\
                 \"session_id\":\"bench-series\",\"iteration\":0,\"event_type\":\"METRICS\",\
                 \"data\":{{\"step\":{n},\"metrics\":{{\"loss\":{value}}}}}}}"
            );
        }
        let (status, answer) = http.post_ndjson("/api/v1/events", text.as_bytes()).await?;
        if status >= 300 {
            bail!("{status}: {}", String::from_utf8_lossy(&answer));
        }
    }
    Ok(())
}

/// One answer and how long it took.
async fn open(server: &Server, path: &str) -> anyhow::Result<(Duration, Vec<u8>)> {
    let mut http = Http::connect(server.address).await?;
    let began = Instant::now();
    let (status, body) = http.get(path).await?;
    if status != 200 {
        bail!("{status}: {}", String::from_utf8_lossy(&body));
    }
    Ok((began.elapsed(), body))
}
