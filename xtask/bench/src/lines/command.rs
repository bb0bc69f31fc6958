//! Steering: how long a press takes to reach the program, and its receipt to reach a screen that watches. Every step
//! is on the disk before anyone is answered.

use anyhow::{Context as _, bail};

use super::{block_on, ms};
use crate::Bench;
use crate::events::now_us;
use crate::http::find;
use crate::report::{Goal, Report};
use crate::server::{Cores, Server};
use crate::stats::percentile;
use crate::ws::{Message, Reader, Writer, connect};

const PRESSES: usize = 500;

pub(crate) fn measure(bench: &Bench, report: &mut Report) -> anyhow::Result<()> {
    let server = Server::start(&bench.server, Cores::All)?;
    let (mut reached, mut seen) = block_on(presses(&server))?;
    for (what, samples) in [
        ("command: press to program", &mut reached),
        ("command: press to receipt on screen", &mut seen),
    ] {
        let p50 = percentile(samples, 0.5);
        report.figure(&format!("{what}, p50"), ms(p50), "ms", Goal::None);
        let p99 = percentile(samples, 0.99);
        report.figure(&format!("{what}, p99"), ms(p99), "ms", Goal::AtMost(50.0));
    }
    Ok(())
}

/// One side of the talk.
struct Side {
    reader: Reader,
    writer: Writer,
}

impl Side {
    async fn open(server: &Server) -> anyhow::Result<Self> {
        let (reader, writer) = connect(server.address, "/ws/v1").await?;
        Ok(Self { reader, writer })
    }

    /// Reads on to the next message that holds the text.
    async fn until(&mut self, wanted: &str) -> anyhow::Result<Vec<u8>> {
        loop {
            let ping = match self.reader.next().await? {
                Message::Text(text) if find(text, wanted.as_bytes()).is_some() => {
                    return Ok(text.to_vec());
                }
                Message::Text(text) if find(text, b"\"type\":\"error\"").is_some() => {
                    bail!("refused: {}", String::from_utf8_lossy(text))
                }
                Message::Text(_) => continue,
                Message::Ping(payload) => payload,
                Message::Close => bail!("the server closed"),
            };
            self.writer.pong(&ping).await?;
        }
    }
}

/// The microseconds from each press to the program, and to its receipt on the watching side.
async fn presses(server: &Server) -> anyhow::Result<(Vec<u32>, Vec<u32>)> {
    let mut person = Side::open(server).await?;
    let mut program = Side::open(server).await?;
    let mut screen = Side::open(server).await?;
    let session =
        r#"{"type":"publish","events":[{"event_type":"SESSION_STARTED","session_id":"s"}]}"#;
    program.writer.text(session).await?;
    program.until("\"type\":\"ack\"").await?;
    let attach = r#"{"type":"attach","session_id":"s","name":"bench"}"#;
    program.writer.text(attach).await?;
    program.until("\"type\":\"attached\"").await?;
    let watch = r#"{"type":"subscribe","session":"s","names":["command:*"]}"#;
    screen.writer.text(watch).await?;
    screen.until("\"type\":\"subscribed\"").await?;

    let (mut reached, mut seen) = (Vec::new(), Vec::new());
    for _ in 0..PRESSES {
        let pressed = now_us();
        let since = |pressed: u64| u32::try_from(now_us() - pressed).unwrap_or(u32::MAX);
        let press = r#"{"type":"command","session_id":"s","command":{"type":"HALT"}}"#;
        person.writer.text(press).await?;
        let frame = program.until("\"type\":\"command\"").await?;
        reached.push(since(pressed));
        let id = id_of(&frame).context("a command without an id")?;
        let receipt = format!(
            r#"{{"type":"receipt","session_id":"s","command_id":"{id}","status":"succeeded"}}"#
        );
        program.writer.text(&receipt).await?;
        screen.until("command:succeeded").await?;
        seen.push(since(pressed));
        person.until("command_taken").await?;
        program.until("receipt_taken").await?;
    }
    Ok((reached, seen))
}

fn id_of(frame: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(frame).ok()?;
    let (_, rest) = text.split_once("\"command_id\":\"")?;
    Some(rest.split_once('"')?.0.to_owned())
}
