//! Words of a million events: how long they take to be kept behind the intake, how long a question takes from the
//! request to the last byte of the answer, and how far behind the words are at a thousand events a second.

use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::{block_on, ms, replay};
use crate::Bench;
use crate::http::Http;
use crate::report::{Goal, Report};
use crate::server::{Cores, Server};
use crate::stats::percentile;

/// So often each question is asked.
const TIMES: usize = 5;

/// Words that are rare, in every event, and together in few.
const WHOLE: [&str; 4] = ["part_9", "metrics", "step+progress", "finding+1499"];

/// Beginnings of words, and words that are never together.
const WIDE: [&str; 3] = ["prog*", "metrics+progress", "nothing+here"];

/// The steady stream: so many events a request, so many requests a second, so many seconds.
const EACH: u64 = 100;
const REQUESTS: u64 = 10;
const SECONDS: u64 = 10;

/// So long words may be missing.
const PATIENCE: Duration = Duration::from_mins(6);

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(&bench.server, Cores::All)?;
    block_on(replay::send(&server))?;
    let sent = Instant::now();
    let began = server.cpu()?;
    let left = block_on(behind(&server))?;
    while block_on(behind(&server))? > 0 {
        if sent.elapsed() > PATIENCE {
            bail!("words were not kept in time");
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let (kept, used) = (sent.elapsed(), server.cpu()?.saturating_sub(began));
    report.figure(
        "search: events behind at the last receipt of 1 M",
        left as f64,
        "",
        Goal::None,
    );
    report.figure(
        "search: their words kept after",
        kept.as_secs_f64(),
        "s",
        Goal::None,
    );
    report.figure(
        "search: server CPU of that, an event",
        used.as_secs_f64() * 1e6 / left.max(1) as f64,
        "µs",
        Goal::None,
    );
    for (name, path, questions, goal) in [
        ("whole words", "/api/v1/search?q=", &WHOLE[..], 100.0),
        ("beginnings of words", "/api/v1/search?q=", &WIDE, 300.0),
        ("sessions by words", "/api/v1/sessions?q=", &WHOLE, 300.0),
    ] {
        let slowest = block_on(slowest(&server, path, questions))?;
        report.figure(
            &format!("search: 1 M events, {name}, slowest"),
            ms(slowest),
            "ms",
            Goal::AtMost(goal),
        );
    }
    let mut late = block_on(stream(&server))?;
    report.figure(
        "search: events behind at 1,000 ev/s, p99",
        f64::from(percentile(&mut late, 0.99)),
        "",
        Goal::AtMost(1_000.0),
    );
    server.stop()?;
    Ok(())
}

async fn behind(server: &Server) -> anyhow::Result<u64> {
    let mut http = Http::connect(server.address).await?;
    let (status, body) = http.get("/api/v1/search?q=").await?;
    if status != 200 {
        bail!("{status}: {}", String::from_utf8_lossy(&body));
    }
    let answer: serde_json::Value = serde_json::from_slice(&body)?;
    answer["behind"].as_u64().context("no `behind`")
}

/// The slowest answer, in microseconds.
async fn slowest(server: &Server, path: &str, questions: &[&str]) -> anyhow::Result<u32> {
    let mut http = Http::connect(server.address).await?;
    let mut slowest = 0;
    for question in questions {
        let mut taken = Vec::with_capacity(TIMES);
        for _ in 0..TIMES {
            let began = Instant::now();
            let (status, body) = http.get(&format!("{path}{question}")).await?;
            if status != 200 {
                bail!("{question}: {status}: {}", String::from_utf8_lossy(&body));
            }
            taken.push(began.elapsed().as_micros().try_into().unwrap_or(u32::MAX));
        }
        let middle = percentile(&mut taken, 0.5);
        eprintln!("bench: {path}{question}: {} ms", ms(middle));
        slowest = slowest.max(middle);
    }
    Ok(slowest)
}

/// Sends steadily, and tells how many events were behind each time.
async fn stream(server: &Server) -> anyhow::Result<Vec<u32>> {
    let mut http = Http::connect(server.address).await?;
    let mut late = Vec::new();
    let began = Instant::now();
    for request in 0..REQUESTS * SECONDS {
        let mut text = String::new();
        for n in 0..EACH {
            crate::events::write_event(&mut text, "bench-stream", request * EACH + n);
            text.push('\n');
        }
        let (status, answer) = http.post_ndjson("/api/v1/events", text.as_bytes()).await?;
        if status >= 300 {
            bail!("{status}: {}", String::from_utf8_lossy(&answer));
        }
        late.push(behind(server).await?.try_into().unwrap_or(u32::MAX));
        let next = began + Duration::from_millis(1_000 / REQUESTS) * (request as u32 + 1);
        tokio::time::sleep_until(next.into()).await;
    }
    Ok(late)
}
