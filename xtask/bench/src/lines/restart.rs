//! Ten thousand viewers of a server that is killed and started again: how long until all of them follow it once more, and
//! whether each of them has every event once.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::time::sleep;

use super::block_on;
use crate::Bench;
use crate::http::find;
use crate::producer::{Pace, run};
use crate::report::{Goal, Report};
use crate::server::{Cores, Server};
use crate::ws::{Message, connect};

const VIEWERS: u64 = 10_000;
/// Events before the cut, and again after it.
const EVENTS: u64 = 100;
const RATE: u64 = 200;
const PATIENCE: Duration = Duration::from_mins(2);

/// What stands before a cursor, and in each event once.
const CURSOR: &[u8] = b"\"cursor\":\"";
const OFFSET: &[u8] = b"\"offset\":";

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let mut server = Server::start(&bench.server, Cores::All)?;
    let (back_in, whole_in) = block_on(cut(&mut server))?;
    report.figure(
        "restart: 10,000 viewers follow again, after kill -9",
        back_in.as_secs_f64(),
        "s",
        Goal::AtMost(30.0),
    );
    report.figure(
        "restart: all of them have everything, once",
        whole_in.as_secs_f64(),
        "s",
        Goal::None,
    );
    Ok(())
}

/// How far the crowd is.
#[derive(Default)]
struct Crowd {
    subscribed: AtomicU64,
    whole: AtomicU64,
}

/// Answers how long after the kill the last viewer followed again, and how long until the last had everything.
async fn cut(server: &mut Server) -> anyhow::Result<(Duration, Duration)> {
    let crowd = Arc::new(Crowd::default());
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..VIEWERS {
        tasks.spawn(follow(server.address, number, Arc::clone(&crowd)));
        // A system takes so many connections at a time.
        while number >= crowd.subscribed.load(Ordering::Relaxed) + 100 {
            sleep(Duration::from_millis(1)).await;
        }
    }
    reached(&crowd.subscribed, VIEWERS).await?;
    run(server.address, "before", EVENTS, 1, Pace::Rate(RATE)).await?;
    let cut = Instant::now();
    server.kill_and_start_again()?;
    reached(&crowd.subscribed, 2 * VIEWERS).await?;
    let back_in = cut.elapsed();
    run(server.address, "after", EVENTS, 1, Pace::Rate(RATE)).await?;
    reached(&crowd.whole, VIEWERS).await?;
    let whole_in = cut.elapsed();
    while let Some(ended) = tasks.join_next().await {
        ended??;
    }
    Ok((back_in, whole_in))
}

async fn reached(count: &AtomicU64, wanted: u64) -> anyhow::Result<()> {
    let began = Instant::now();
    while count.load(Ordering::Relaxed) < wanted {
        if began.elapsed() > PATIENCE {
            bail!("{} of {wanted}", count.load(Ordering::Relaxed));
        }
        sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

/// One viewer: goes on from its cursor whenever it lost the server, until it has every event. An error where it was told
/// of a gap, or got more than there is.
async fn follow(address: SocketAddr, number: u64, crowd: Arc<Crowd>) -> anyhow::Result<()> {
    let (mut since, mut got, mut failures) = (None, 0, 0_u32);
    loop {
        if one_connection(address, &mut since, &mut got, &crowd).await? {
            crowd.whole.fetch_add(1, Ordering::Relaxed);
            return Ok(());
        }
        // As clients do: longer each time, and not all at once.
        failures += 1;
        let spread = number.wrapping_mul(7_919) % 500;
        sleep(Duration::from_millis((100 << failures.min(4)) / 2 + spread)).await;
    }
}

/// Whether everything came before the connection was lost.
async fn one_connection(
    address: SocketAddr,
    since: &mut Option<String>,
    got: &mut u64,
    crowd: &Crowd,
) -> anyhow::Result<bool> {
    let Ok((mut reader, mut writer)) = connect(address, "/ws/v1").await else {
        return Ok(false);
    };
    let cursor = since
        .as_ref()
        .map_or_else(String::new, |since| format!(",\"since\":\"{since}\""));
    let frame = format!("{{\"type\":\"subscribe\",\"batch\":true{cursor}}}");
    if writer.text(&frame).await.is_err() {
        return Ok(false);
    }
    while let Ok(message) = reader.next().await {
        let text = match message {
            Message::Text(text) => text,
            Message::Ping(payload) => {
                // Where it fails, so does the next read.
                let _ = writer.pong(&payload).await;
                continue;
            }
            Message::Close => return Ok(false),
        };
        if text.starts_with(b"{\"type\":\"reset\"") || text.starts_with(b"{\"type\":\"error\"") {
            bail!("{}", String::from_utf8_lossy(text));
        }
        let is_subscribed = text.starts_with(b"{\"type\":\"subscribed\"");
        if is_subscribed || text.starts_with(b"{\"type\":\"events\"") {
            *got += memchr::memmem::find_iter(text, OFFSET).count() as u64;
            *since = Some(cursor_of(text)?);
        }
        if is_subscribed {
            crowd.subscribed.fetch_add(1, Ordering::Relaxed);
        }
        if *got > 2 * EVENTS {
            bail!("{got} events where {} were sent", 2 * EVENTS);
        }
        if *got == 2 * EVENTS {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The cursor of a frame.
fn cursor_of(frame: &[u8]) -> anyhow::Result<String> {
    let at = find(frame, CURSOR).context("a frame without a cursor")? + CURSOR.len();
    let text = frame[at..].iter().take_while(|byte| **byte != b'"');
    String::from_utf8(text.copied().collect()).context("a strange cursor")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_tells_where_it_leaves_its_reader() {
        let frame = br#"{"type":"events","events":[{"offset":7}],"cursor":"1-7"}"#;
        assert_eq!(cursor_of(frame).unwrap(), "1-7");
        assert!(cursor_of(b"{}").is_err());
    }
}
