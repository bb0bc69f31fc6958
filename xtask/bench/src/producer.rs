//! A producer on `/ws/v1`: publishes events and takes their receipts.
//!
//! In: how many events a frame, and either how many frames may be unanswered (as fast as it goes) or how many
//! events a second (on time, whatever the server does). Out: how long each receipt took, measured from the moment
//! the frame was due, so that a stalled server cannot hide its stall.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context as _, anyhow, bail};
use tokio::sync::Semaphore;

use crate::events::publish;
use crate::http::find;
use crate::ws::{Message, Reader, Writer, connect};

/// What a run of a producer came to.
pub(crate) struct Published {
    /// Events with a receipt.
    pub(crate) events: u64,
    /// From the first frame to the last receipt.
    pub(crate) took: Duration,
    /// One a frame, in microseconds.
    pub(crate) ack_us: Vec<u32>,
}

/// When frames go out.
#[derive(Clone, Copy)]
pub(crate) enum Pace {
    /// As soon as fewer than this many are unanswered.
    Window(usize),
    /// So many events a second.
    Rate(u64),
}

/// Publishes `frames` frames of `batch` events each.
pub(crate) async fn run(
    address: SocketAddr,
    name: &str,
    frames: u64,
    batch: u64,
    pace: Pace,
) -> anyhow::Result<Published> {
    let (mut reader, mut writer) = connect(address, "/ws/v1").await?;
    let due: Mutex<HashMap<u64, Instant>> = Mutex::new(HashMap::new());
    let room = Semaphore::new(match pace {
        Pace::Window(frames) => frames,
        Pace::Rate(_) => 0,
    });
    let began = Instant::now();
    let sending = send(&mut writer, name, frames, batch, pace, &due, &room);
    let receiving = receive(&mut reader, frames, batch, &due, &room);
    let ((), ack_us) = tokio::try_join!(sending, receiving)?;
    Ok(Published {
        events: frames * batch,
        took: began.elapsed(),
        ack_us,
    })
}

async fn send(
    writer: &mut Writer,
    name: &str,
    frames: u64,
    batch: u64,
    pace: Pace,
    due: &Mutex<HashMap<u64, Instant>>,
    room: &Semaphore,
) -> anyhow::Result<()> {
    let began = tokio::time::Instant::now();
    let mut text = String::new();
    for frame in 0..frames {
        let first = frame * batch;
        let moment = match pace {
            Pace::Window(_) => {
                room.acquire().await?.forget();
                Instant::now()
            }
            Pace::Rate(rate) => {
                let at = began + Duration::from_nanos(first * 1_000_000_000 / rate);
                tokio::time::sleep_until(at).await;
                at.into_std()
            }
        };
        publish(&mut text, name, first, batch);
        due.lock()
            .map_err(|_| anyhow!("poisoned"))?
            .insert(first, moment);
        writer.text(&text).await?;
    }
    Ok(())
}

async fn receive(
    reader: &mut Reader,
    frames: u64,
    batch: u64,
    due: &Mutex<HashMap<u64, Instant>>,
    room: &Semaphore,
) -> anyhow::Result<Vec<u32>> {
    let mut ack_us = Vec::new();
    while (ack_us.len() as u64) < frames {
        let Message::Text(text) = reader.next().await? else {
            continue;
        };
        if text.starts_with(b"{\"type\":\"hello\"") {
            continue;
        }
        let id = number_after(text, b"\"id\":\"");
        let accepted = number_after(text, b"\"accepted\":");
        let (Some(id), Some(accepted)) = (id, accepted) else {
            bail!(
                "not a receipt: {}",
                String::from_utf8_lossy(&text[..text.len().min(300)])
            );
        };
        if accepted != batch {
            bail!(
                "{accepted} of {batch} events were taken: {}",
                String::from_utf8_lossy(&text[..text.len().min(300)])
            );
        }
        let moment = due
            .lock()
            .map_err(|_| anyhow!("poisoned"))?
            .remove(&id)
            .context("a receipt for nothing")?;
        ack_us.push(u32::try_from(moment.elapsed().as_micros()).unwrap_or(u32::MAX));
        room.add_permits(1);
    }
    Ok(ack_us)
}

/// The digits behind `mark`, within the first bytes of a frame.
fn number_after(text: &[u8], mark: &[u8]) -> Option<u64> {
    let head = &text[..text.len().min(512)];
    let at = find(head, mark)? + mark.len();
    let digits: &[u8] = &head[at..];
    let length = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .count();
    std::str::from_utf8(&digits[..length]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receipt_is_read() {
        let text = br#"{"type":"ack","id":"1024","accepted":512,"duplicates":0,"rejected":0,"receipts":[]}"#;
        assert_eq!(number_after(text, b"\"id\":\""), Some(1024));
        assert_eq!(number_after(text, b"\"accepted\":"), Some(512));
        assert_eq!(number_after(b"{}", b"\"id\":\""), None);
    }
}
