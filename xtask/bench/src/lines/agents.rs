//! The agents contract at the rate that it promises: 1,000 events a second to 100 viewers on `/agents/ws`. How long an
//! event takes from the producer's hand to a viewer's, and what a viewer costs in memory.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::bail;

use super::{block_on, ms};
use crate::Bench;
use crate::events::now_us;
use crate::report::{Goal, Report};
use crate::server::{Cores, Server};
use crate::stats::percentile;
use crate::viewer::oldest_latency;
use crate::ws::{Message, Reader, Writer, connect};

const VIEWERS: usize = 100;
const RATE: u64 = 1_000;
const SECONDS: u64 = 10;
/// What stands in each of the events that are counted.
const COUNTED: &[u8] = b"\"event_type\":\"agent_execution_completed\"";

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(&bench.server, Cores::All)?;
    let (mut latencies, viewer_bytes) = block_on(one_run(&server))?;
    report.figure(
        "agents, 1,000 ev/s to 100 viewers: latency p99",
        ms(percentile(&mut latencies, 0.99)),
        "ms",
        Goal::AtMost(5.0),
    );
    report.figure(
        "agents: memory a viewer",
        viewer_bytes / 1024.0,
        "KiB",
        Goal::AtMost(10.0),
    );
    Ok(())
}

/// Latencies in microseconds, and the bytes that a connected viewer takes.
async fn one_run(server: &Server) -> anyhow::Result<(Vec<u32>, f64)> {
    // What the first connections cost once is no cost of a viewer's.
    let warm = begin(server.address).await?;
    let before = server.rss()?;
    let mut crowd = Vec::new();
    for _ in 0..VIEWERS {
        crowd.push(begin(server.address).await?);
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let viewer_bytes = server.rss()?.saturating_sub(before) as f64 / VIEWERS as f64;
    drop(warm);
    let events = RATE * SECONDS;
    let watching: Vec<_> = crowd
        .into_iter()
        .map(|viewer| tokio::spawn(watch(viewer, events)))
        .collect();
    produce(server.address, events).await?;
    let mut latencies = Vec::new();
    for viewer in watching {
        latencies.extend(viewer.await??);
    }
    Ok((latencies, viewer_bytes))
}

/// A viewer that has been told what it begins with.
async fn begin(address: SocketAddr) -> anyhow::Result<(Reader, Writer)> {
    let (mut reader, writer) = connect(address, "/agents/ws").await?;
    loop {
        match reader.next().await? {
            Message::Text(text) if text.starts_with(b"{\"event_type\":\"metrics_updated\"") => {
                return Ok((reader, writer));
            }
            Message::Close => bail!("the server closed the socket"),
            _ => {}
        }
    }
}

async fn watch(
    (mut reader, mut writer): (Reader, Writer),
    expected: u64,
) -> anyhow::Result<Vec<u32>> {
    let mut latencies = Vec::new();
    while (latencies.len() as u64) < expected {
        match reader.next().await? {
            Message::Text(text) if memchr::memmem::find(text, COUNTED).is_some() => {
                latencies.push(oldest_latency(text)?);
            }
            Message::Text(_) => {}
            Message::Ping(payload) => writer.pong(&payload).await?,
            Message::Close => bail!("the server closed the socket"),
        }
    }
    Ok(latencies)
}

async fn produce(address: SocketAddr, events: u64) -> anyhow::Result<()> {
    let (_reader, mut writer) = connect(address, "/agents/ws?role=producer&system=bench").await?;
    let began = tokio::time::Instant::now();
    let mut text = String::new();
    for number in 0..events {
        let due = began + Duration::from_nanos(number * 1_000_000_000 / RATE);
        tokio::time::sleep_until(due).await;
        text.clear();
        write!(
            text,
            r#"{{"event_type":"agent_execution_completed","data":{{"sent_us":{},"agent_id":"a-{}","agent_name":"Scout","task_description":"measure","duration_ms":12.5,"success":true,"data_source":null,"quality_score":98.5}},"severity":"success"}}"#,
            now_us(),
            number % 50,
        )?;
        writer.text(&text).await?;
    }
    Ok(())
}
