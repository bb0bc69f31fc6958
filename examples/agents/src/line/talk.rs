//! One connection. In: a socket and the outbox. Out: events, each with a number to acknowledge, until it breaks or the
//! line is closed.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use anyhow::bail;
use serde_json::{Value, json};
use tungstenite::{Error, Message};

use super::Line;
use super::dial::Socket;

/// The most events on their way at once.
const WINDOW: usize = 256;
/// How often a quiet line is asked whether it stands.
const PING: Duration = Duration::from_secs(20);
/// A line on which nothing came for so long is given up.
const SILENCE: Duration = Duration::from_secs(50);
/// An acknowledgement that did not come for so long never will.
const OVERDUE: Duration = Duration::from_secs(15);

impl Line {
    /// Talks; returns when the line is closed and all is said.
    pub(super) fn talk(&self, mut socket: Socket) -> anyhow::Result<()> {
        let mut last_sent = 0;
        let (mut heard, mut acknowledged, mut pinged) =
            (Instant::now(), Instant::now(), Instant::now());
        loop {
            let frames = self.due(last_sent);
            if last_sent == 0 || self.outbox().events.is_empty() {
                acknowledged = Instant::now();
            }
            for (number, text) in frames {
                socket.write(Message::text(text))?;
                last_sent = number;
            }
            if pinged.elapsed() > PING {
                socket.write(Message::Ping(Vec::new().into()))?;
                pinged = Instant::now();
            }
            socket.flush()?;
            match socket.read() {
                Ok(message) => {
                    heard = Instant::now();
                    if let Message::Text(text) = message
                        && self.hear(&text)
                    {
                        acknowledged = Instant::now();
                    }
                }
                Err(Error::Io(error))
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => return Err(error.into()),
            }
            if heard.elapsed() > SILENCE {
                bail!("nothing was heard for {SILENCE:?}");
            }
            if acknowledged.elapsed() > OVERDUE {
                bail!("nothing was acknowledged for {OVERDUE:?}");
            }
            if self.outbox().is_over() {
                // It goes either way.
                let _ = socket.close(None);
                let _ = socket.flush();
                return Ok(());
            }
        }
    }

    /// The frames that are to go out now, after that number.
    fn due(&self, last_sent: u64) -> Vec<(u64, String)> {
        let mut outbox = self.outbox();
        outbox.tell_dropped();
        let window = outbox.events.iter().take(WINDOW);
        window
            .filter(|(number, _)| *number > last_sent)
            .map(|(number, event)| {
                let mut frame = event.clone();
                frame.insert("ack".to_owned(), json!(number));
                (*number, Value::Object(frame).to_string())
            })
            .collect()
    }

    /// Takes an acknowledgement; whether it was one.
    fn hear(&self, text: &str) -> bool {
        let Ok(frame) = serde_json::from_str::<Value>(text) else {
            return false;
        };
        let Some(number) = frame["ack"].as_u64() else {
            if frame.get("error").is_some() {
                eprintln!("the dashboard says: {text}");
            }
            return false;
        };
        let is_accepted = frame["accepted"].as_u64() != Some(0);
        if !is_accepted {
            eprintln!("an event was refused: {text}");
        }
        self.outbox().acknowledge(number, is_accepted);
        true
    }
}
