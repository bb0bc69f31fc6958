//! The optional webhook. In: the bus. Out: POSTs of batches, every five seconds and once more at the end; a batch
//! that is not answered with 2xx is sent again, the same events with the newer ones behind them.

use std::collections::VecDeque;
use std::time::Duration;

use anyhow::{Context, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::time::{interval, timeout};

use crate::bus::Frame;

/// The contract's `emit_interval`.
const EVERY: Duration = Duration::from_secs(5);
/// The contract's `buffer_size`, in events; beyond it the oldest are dropped.
const BUFFER: usize = 1_000;
/// The contract's limit for one request.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most bytes of an answer that are read.
const MAX_ANSWER_BYTES: u64 = 64 * 1_024;

/// Where to post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Host and port, for the `Host` header.
    host: String,
    /// What to connect to.
    peer: String,
    /// Path and query.
    path: String,
}

impl Address {
    /// Reads `http://host[:port][/path]`.
    pub fn parse(url: &str) -> anyhow::Result<Self> {
        let rest = url
            .strip_prefix("http://")
            .with_context(|| format!("{url:?}: only http:// is spoken"))?;
        let path_at = rest.find('/').unwrap_or(rest.len());
        let (host, path) = rest.split_at(path_at);
        let unusual = |letter: char| letter.is_whitespace() || letter.is_control();
        if host.is_empty() || host.contains('@') || rest.contains(unusual) {
            bail!("{url:?} is no address to post to");
        }
        let port_at = host.rfind(']').unwrap_or(0);
        let has_port = host.get(port_at..).is_some_and(|tail| tail.contains(':'));
        Ok(Self {
            host: host.to_owned(),
            peer: if has_port {
                host.to_owned()
            } else {
                format!("{host}:80")
            },
            path: if path.is_empty() {
                "/".to_owned()
            } else {
                path.to_owned()
            },
        })
    }
}

/// Delivers until the bus is gone, then what is left, once.
pub async fn deliver(address: Address, mut frames: broadcast::Receiver<Frame>) {
    let mut waiting = VecDeque::new();
    let mut tick = interval(EVERY);
    loop {
        tokio::select! {
            frame = frames.recv() => match frame {
                Ok(frame) => {
                    waiting.push_back(frame);
                    if waiting.len() > BUFFER {
                        waiting.pop_front();
                    }
                }
                Err(RecvError::Lagged(lost)) => eprintln!("warning: the webhook lost {lost} events"),
                Err(RecvError::Closed) => break,
            },
            _ = tick.tick() => flush(&address, &mut waiting).await,
        }
    }
    flush(&address, &mut waiting).await;
}

/// Posts everything that waits, a request for each session; keeps what was not accepted.
async fn flush(address: &Address, waiting: &mut VecDeque<Frame>) {
    while let Some(first) = waiting.front() {
        let session_id = first.session_id.clone();
        let events: Vec<&str> = waiting
            .iter()
            .take_while(|frame| frame.session_id == session_id)
            .map(|frame| frame.text.as_str())
            .collect();
        let body = format!(
            r#"{{"session_id":{},"events":[{}]}}"#,
            serde_json::Value::from(&*session_id),
            events.join(",")
        );
        let count = events.len();
        let answer = timeout(PATIENCE, post(address, &body)).await;
        match answer.unwrap_or_else(|_| Err(anyhow::anyhow!("no answer in time"))) {
            Ok(200..=299) => drop(waiting.drain(..count)),
            Ok(status) => {
                eprintln!("warning: the webhook answered {status}; {count} events are kept");
                return;
            }
            Err(error) => {
                eprintln!(
                    "warning: the webhook cannot be reached ({error:#}); {count} events are kept"
                );
                return;
            }
        }
    }
}

/// Posts JSON; gives the status.
async fn post(address: &Address, body: &str) -> anyhow::Result<u16> {
    let mut stream = TcpStream::connect(&address.peer).await?;
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        address.path,
        address.host,
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    let mut answer = Vec::new();
    stream
        .take(MAX_ANSWER_BYTES)
        .read_to_end(&mut answer)
        .await?;
    status(&answer).context("the answer is no HTTP")
}

fn status(answer: &[u8]) -> Option<u16> {
    let line = answer.split(|byte| *byte == b'\r').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    words.next()?.starts_with("HTTP/1.").then_some(())?;
    words.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_read() {
        let rows = [
            (
                "http://localhost:8766/events",
                Some(("localhost:8766", "localhost:8766", "/events")),
            ),
            (
                "http://example.org",
                Some(("example.org", "example.org:80", "/")),
            ),
            ("http://[::1]/a?b", Some(("[::1]", "[::1]:80", "/a?b"))),
            ("http://[::1]:99/a", Some(("[::1]:99", "[::1]:99", "/a"))),
            ("https://example.org/", None),
            ("http:///events", None),
            ("http://me:secret@example.org/", None),
            ("http://example.org/a\r\nX: y", None),
            ("example.org", None),
        ];
        for (url, wanted) in rows {
            let read = Address::parse(url).ok();
            let read = read
                .as_ref()
                .map(|a| (a.host.as_str(), a.peer.as_str(), a.path.as_str()));
            assert_eq!(read, wanted, "{url}");
        }
    }

    #[test]
    fn statuses_read() {
        let rows: &[(&[u8], Option<u16>)] = &[
            (b"HTTP/1.1 200 OK\r\n\r\n", Some(200)),
            (b"HTTP/1.0 503 Busy\r\n", Some(503)),
            (b"HTTP/1.1 204\r\n", Some(204)),
            (b"HTTP/2 200\r\n", None),
            (b"hello", None),
            (b"", None),
        ];
        for (answer, wanted) in rows {
            assert_eq!(status(answer), *wanted);
        }
    }

    /// Answers each request with the next status; gives the bodies.
    async fn server(
        statuses: &[u16],
    ) -> (Address, tokio::task::JoinHandle<Vec<serde_json::Value>>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/events", listener.local_addr().unwrap());
        let statuses = statuses.to_vec();
        let task = tokio::spawn(async move {
            let mut bodies = Vec::new();
            for status in statuses {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut request = Vec::new();
                let body = loop {
                    stream.read_buf(&mut request).await.unwrap();
                    let text = String::from_utf8_lossy(&request).into_owned();
                    let Some((_, body)) = text.split_once("\r\n\r\n") else {
                        continue;
                    };
                    if let Ok(body) = serde_json::from_str(body) {
                        break body;
                    }
                };
                let answer = format!("HTTP/1.1 {status} Word\r\nContent-Length: 0\r\n\r\n");
                stream.write_all(answer.as_bytes()).await.unwrap();
                bodies.push(body);
            }
            bodies
        });
        (Address::parse(&url).unwrap(), task)
    }

    fn frame(session_id: &str, number: u32) -> Frame {
        Frame {
            session_id: session_id.into(),
            text: format!(r#"{{"event_id":"{number}"}}"#).into(),
        }
    }

    fn ids(body: &serde_json::Value) -> Vec<&str> {
        let events = body["events"].as_array().unwrap();
        events
            .iter()
            .map(|event| event["event_id"].as_str().unwrap())
            .collect()
    }

    #[tokio::test]
    async fn a_refused_batch_is_sent_again_with_newer_events_behind() {
        let (address, task) = server(&[503, 200, 200]).await;
        let mut waiting = VecDeque::from([frame("a", 1), frame("a", 2)]);
        flush(&address, &mut waiting).await;
        waiting.extend([frame("a", 3), frame("b", 4)]);
        flush(&address, &mut waiting).await;
        assert!(waiting.is_empty());
        let bodies = task.await.unwrap();
        assert_eq!(ids(&bodies[0]), ["1", "2"]);
        assert_eq!(ids(&bodies[1]), ["1", "2", "3"]);
        assert_eq!(
            (bodies[2]["session_id"].as_str(), ids(&bodies[2])),
            (Some("b"), vec!["4"])
        );
    }
}
