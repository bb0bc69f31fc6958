//! A viewer: subscribes on `/ws/v1` and counts what it gets.
//!
//! In: the server's address. Out: how many events arrived, whether their order and number were right, and how long
//! each frame's oldest event had taken. It looks at bytes instead of parsing, so that the load stays cheap; the
//! first viewer of a crowd parses everything and vouches for the others, who count the same bytes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context as _, bail};

use crate::events::{SENT, now_us};
use crate::http::find;
use crate::ws::{Message, Reader, Writer, connect};

/// What stands in each event once: the server's own number of it.
const OFFSET: &[u8] = b"\"offset\":";

/// How many bytes of an event may stand between its start and its time.
const EVENT_BYTES: usize = 2048;

/// A subscribed connection.
pub(crate) struct Viewer {
    reader: Reader,
    writer: Writer,
}

/// What a crowd of viewers has seen so far, for whoever waits for it.
#[derive(Default)]
pub(crate) struct Seen {
    /// Events over all viewers.
    pub(crate) events: AtomicU64,
}

impl Viewer {
    /// Connects and subscribes to everything from now on.
    pub(crate) async fn subscribe(address: SocketAddr, batch: bool) -> anyhow::Result<Self> {
        Self::subscribe_with(
            address,
            &format!("{{\"type\":\"subscribe\",\"batch\":{batch}}}"),
        )
        .await
    }

    /// Connects and subscribes as the frame says.
    pub(crate) async fn subscribe_with(address: SocketAddr, frame: &str) -> anyhow::Result<Self> {
        let (mut reader, mut writer) = connect(address, "/ws/v1").await?;
        writer.text(frame).await?;
        loop {
            match reader.next().await? {
                Message::Text(text) if text.starts_with(b"{\"type\":\"subscribed\"") => break,
                Message::Text(text) if text.starts_with(b"{\"type\":\"error\"") => {
                    bail!("subscribe: {}", String::from_utf8_lossy(text))
                }
                Message::Text(_) => {}
                Message::Ping(payload) => writer.pong(&payload).await?,
                Message::Close => bail!("the server closed the socket"),
            }
        }
        Ok(Self { reader, writer })
    }

    /// Takes in `expected` events; the latencies in microseconds, one a frame (that of its oldest event).
    pub(crate) async fn watch(
        &mut self,
        expected: u64,
        seen: Arc<Seen>,
    ) -> anyhow::Result<Vec<u32>> {
        let mut latencies = Vec::new();
        let mut got = 0;
        while got < expected {
            match self.reader.next().await? {
                Message::Text(text) => {
                    let events = count(text, OFFSET);
                    if events > 0 {
                        got += events;
                        seen.events.fetch_add(events, Ordering::Relaxed);
                        latencies.push(oldest_latency(text)?);
                    } else if text.starts_with(b"{\"type\":\"reset\"") {
                        bail!("a reset: {}", String::from_utf8_lossy(text));
                    }
                }
                Message::Ping(payload) => self.writer.pong(&payload).await?,
                Message::Close => bail!("the server closed the socket"),
            }
        }
        if got != expected {
            bail!("{got} events where {expected} were sent");
        }
        Ok(latencies)
    }

    /// Answers pings for ever.
    pub(crate) async fn idle(mut self) -> anyhow::Result<()> {
        loop {
            match self.reader.next().await? {
                Message::Ping(payload) => self.writer.pong(&payload).await?,
                Message::Text(_) => {}
                Message::Close => return Ok(()),
            }
        }
    }
}

/// How long the first event of a frame took.
pub(crate) fn oldest_latency(frame: &[u8]) -> anyhow::Result<u32> {
    let head = &frame[..frame.len().min(EVENT_BYTES)];
    let at = find(head, SENT).context("a frame without a time")? + SENT.len();
    let digits = frame[at..].iter().take_while(|byte| byte.is_ascii_digit());
    let sent = digits.fold(0_u64, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    Ok(u32::try_from(now_us().saturating_sub(sent)).unwrap_or(u32::MAX))
}

/// How often `needle`, which begins with a quotation mark and a letter, stands in `haystack`.
fn count(haystack: &[u8], needle: &[u8]) -> u64 {
    memchr::memmem::find_iter(haystack, needle).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_counted_and_the_oldest_is_timed() {
        let sent = now_us();
        let frame = format!(
            r#"{{"type":"events","events":[{{"offset":1,"data":{{"sent_us":{sent}}}}},{{"offset":2,"data":{{"sent_us":9}}}}],"cursor":"1-2"}}"#
        );
        assert_eq!(count(frame.as_bytes(), OFFSET), 2);
        assert!(oldest_latency(frame.as_bytes()).unwrap() < 10_000_000);
        assert!(oldest_latency(b"{}").is_err());
    }
}
