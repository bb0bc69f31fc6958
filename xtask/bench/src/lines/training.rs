//! A trainer in bursts: 20,000 events as fast as its socket takes them. How fast it gets rid of them, when they are
//! acknowledged, and when a viewer has them all.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use super::{block_on, ms};
use crate::Bench;
use crate::events::now_us;
use crate::http::find;
use crate::report::{Goal, Report};
use crate::server::{Cores, Server};
use crate::stats::percentile;
use crate::viewer::oldest_latency;
use crate::ws::{Message, Reader, connect};

/// Events a burst, and bursts.
const BURST: u64 = 20_000;
const BURSTS: u64 = 5;
/// Every so many events one asks for an acknowledgement.
const ACK_EVERY: u64 = 1_000;
const COUNTED: &[u8] = b"\"event_type\":\"EPOCH_COMPLETED\"";

/// What one burst came to.
struct Burst {
    /// Until the last event was in the socket.
    sent: Duration,
    /// Until the last acknowledgement.
    acknowledged: Duration,
    /// Events that were acknowledged.
    accepted: u64,
}

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(&bench.server, Cores::All)?;
    let (bursts, mut latencies) = block_on(one_run(server.address))?;
    let worst = |time: fn(&Burst) -> Duration| bursts.iter().map(time).max().unwrap_or_default();
    let sent = worst(|burst| burst.sent).as_secs_f64();
    report.figure(
        "training, burst of 20,000: the trainer's own rate",
        BURST as f64 / sent,
        "ev/s",
        Goal::AtLeast(20_000.0),
    );
    let acknowledged = worst(|burst| burst.acknowledged).as_secs_f64();
    report.figure(
        "training, burst of 20,000: on the disk after",
        acknowledged * 1_000.0,
        "ms",
        Goal::AtMost(1_000.0),
    );
    let accepted: u64 = bursts.iter().map(|burst| burst.accepted).sum();
    if accepted != BURSTS * BURST {
        bail!("{accepted} of {} events were acknowledged", BURSTS * BURST);
    }
    report.figure(
        "training, burst of 20,000: viewer latency p99",
        ms(percentile(&mut latencies, 0.99)),
        "ms",
        Goal::None,
    );
    Ok(())
}

async fn one_run(address: SocketAddr) -> anyhow::Result<(Vec<Burst>, Vec<u32>)> {
    let (mut viewer, mut answers) = connect(address, "/training/ws").await?;
    let watching = tokio::spawn(async move {
        let mut latencies = Vec::new();
        while (latencies.len() as u64) < BURSTS * BURST {
            match viewer.next().await? {
                Message::Text(text) if memchr::memmem::find(text, COUNTED).is_some() => {
                    latencies.push(oldest_latency(text)?);
                }
                Message::Text(_) => {}
                Message::Ping(payload) => answers.pong(&payload).await?,
                Message::Close => bail!("the server closed the socket"),
            }
        }
        Ok(latencies)
    });
    let mut bursts = Vec::new();
    for _ in 0..BURSTS {
        bursts.push(burst(address).await?);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok((bursts, watching.await??))
}

async fn burst(address: SocketAddr) -> anyhow::Result<Burst> {
    let (mut reader, mut writer) =
        connect(address, "/training/ws?role=producer&source=bench").await?;
    let began = Instant::now();
    let receiving = receive(&mut reader, began);
    let sending = async {
        let mut text = String::new();
        for first in (0..BURST).step_by(ACK_EVERY as usize) {
            // A frame that asks says how many there are up to it: the others count as its own.
            for number in first..first + ACK_EVERY {
                text.clear();
                let is_last = number + 1 == first + ACK_EVERY;
                let ack = if is_last {
                    format!(r#""ack":{number},"#)
                } else {
                    String::new()
                };
                write!(
                    text,
                    r#"{{{ack}"event_type":"EPOCH_COMPLETED","epoch":{number},"severity":"info","message":"","data":{{"sent_us":{},"env_id":{},"val_accuracy":75.5,"val_loss":0.31,"train_loss":0.28,"train_accuracy":78.25,"inner_epoch":{number},"seeds":{{"r0c0":{{"stage":"TRAINING","alpha":0.5,"accuracy_delta":0.25}}}}}}}}"#,
                    now_us(),
                    number % 8,
                )?;
                writer.text(&text).await?;
            }
        }
        anyhow::Ok(began.elapsed())
    };
    let (sent, (acknowledged, accepted)) = tokio::try_join!(sending, receiving)?;
    Ok(Burst {
        sent,
        acknowledged,
        accepted,
    })
}

/// When the last acknowledgement came, and how many events they stand for.
async fn receive(reader: &mut Reader, began: Instant) -> anyhow::Result<(Duration, u64)> {
    let mut accepted = 0;
    while accepted < BURST {
        match reader.next().await? {
            Message::Text(text) => {
                find(text, b"\"accepted\":1").context("a frame was not taken")?;
                accepted += ACK_EVERY;
            }
            Message::Ping(_) => {}
            Message::Close => bail!("the server closed the socket"),
        }
    }
    Ok((began.elapsed(), accepted))
}
