//! The line to the server, `/ws/v1`: events out with acknowledgements, commands in with receipts.
//!
//! In: what the store has to send. Out: orders for the engine. It comes back by itself; what was not acknowledged goes
//! out again under the same ids, and a command that comes again finds its entry in the ledger.

use std::collections::HashSet;
use std::time::Duration;

use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::{Instant, interval, sleep, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::house::House;
use crate::order::{self, Ordered};

/// Events in one message.
const BATCH: usize = 200;
/// The first and the longest rest before dialling again.
const REST: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(3));
/// Time for a connection to stand.
const DIAL: Duration = Duration::from_secs(5);
/// How often the line is looked after.
const TICK: Duration = Duration::from_secs(1);
/// A line on which nothing came for so long is given up.
const SILENCE: Duration = Duration::from_mins(1);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Keeps a line to the server, for ever.
pub async fn serve(house: &House, orders: &UnboundedSender<Ordered>) -> anyhow::Result<()> {
    let url = address(&house.options.server)?;
    let mut rest = REST.0;
    let mut last_said = String::new();
    loop {
        let why = match dial(&url, house.options.token.as_deref()).await {
            Ok(socket) => {
                rest = REST.0;
                Line::new(house, orders, socket).talk().await
            }
            Err(error) => Err(error),
        };
        house.is_attached.set(false);
        house.sent.notify_waiters();
        let why = why
            .err()
            .map_or_else(|| "closed".to_owned(), |error| format!("{error:#}"));
        if why != last_said {
            eprintln!("no line to {url}: {why}; events are kept until there is one");
            last_said = why;
        }
        sleep(rest).await;
        rest = (rest * 2).min(REST.1);
    }
}

/// The WebSocket's address of a server.
pub fn address(server: &str) -> anyhow::Result<String> {
    let server = server.trim_end_matches('/');
    if let Some(host) = server
        .strip_prefix("http://")
        .or(server.strip_prefix("ws://"))
    {
        return Ok(format!("ws://{host}/ws/v1"));
    }
    bail!("{server}: give an address that begins with http://")
}

async fn dial(url: &str, token: Option<&str>) -> anyhow::Result<Socket> {
    let mut request = url.into_client_request()?;
    if let Some(token) = token {
        let value = HeaderValue::from_str(&format!("Bearer {token}"))?;
        request.headers_mut().insert("authorization", value);
    }
    let dialled = timeout(DIAL, connect_async(request)).await;
    Ok(dialled.context("no answer in time")??.0)
}

/// One connection.
struct Line<'a> {
    house: &'a House,
    orders: &'a UnboundedSender<Ordered>,
    socket: Socket,
    /// The session that was asked for last.
    asked: Option<String>,
    /// Whether that was answered, well or not.
    is_answered: bool,
    /// Events on their way.
    under_way: usize,
    /// Nothing is published before.
    not_before: Instant,
    /// Commands whose last receipt is not on record at the server.
    open: HashSet<String>,
    /// Those of them whose last receipt is on its way.
    receipted: HashSet<String>,
}

impl<'a> Line<'a> {
    fn new(house: &'a House, orders: &'a UnboundedSender<Ordered>, socket: Socket) -> Self {
        Self {
            house,
            orders,
            socket,
            asked: None,
            is_answered: false,
            under_way: 0,
            not_before: Instant::now(),
            open: HashSet::new(),
            receipted: HashSet::new(),
        }
    }

    /// Talks until the connection ends.
    async fn talk(mut self) -> anyhow::Result<()> {
        let mut ticks = interval(TICK);
        let mut heard = Instant::now();
        loop {
            tokio::select! {
                message = self.socket.next() => {
                    heard = Instant::now();
                    match message {
                        Some(Ok(Message::Text(text))) => self.hear(&text).await?,
                        Some(Ok(Message::Close(_))) | None => return Ok(()),
                        Some(Ok(_)) => {}
                        Some(Err(error)) => return Err(error.into()),
                    }
                }
                () = self.house.to_send.notified() => {}
                _ = ticks.tick() => {
                    if heard.elapsed() > SILENCE {
                        bail!("nothing was heard for {SILENCE:?}");
                    }
                    self.socket.send(Message::Ping(Bytes::new())).await?;
                }
            }
            self.pump().await?;
        }
    }

    /// Sends what there is to send.
    async fn pump(&mut self) -> anyhow::Result<()> {
        let session = self.house.run.borrow().session_id.clone();
        if self.asked.as_ref() != Some(&session) {
            let name = format!("orchestrator, process {}", std::process::id());
            let attach = json!({"type": "attach", "id": "attach", "session_id": session,
                                "name": name, "commands": order::declared(), "take_over": true});
            self.asked = Some(session.clone());
            self.is_answered = false;
            self.house.is_attached.set(false);
            return self.send(attach).await;
        }
        let over: Vec<Value> = {
            let store = self.house.store.borrow();
            let ids = self.open.iter().filter(|id| !self.receipted.contains(*id));
            let entries = ids.filter_map(|id| store.ledger.get(id));
            let over = entries.filter(|entry| entry.is_over());
            over.map(|entry| {
                let mut receipt = json!({"type": "receipt", "id": "over", "session_id": session,
                                         "command_id": entry.command_id, "status": entry.status});
                if let Some(result) = &entry.result {
                    receipt["result"] = result.clone();
                }
                if let Some(error) = &entry.error {
                    receipt["error"] = json!(error);
                }
                receipt
            })
            .collect()
        };
        for receipt in over {
            let id = receipt["command_id"]
                .as_str()
                .unwrap_or_default()
                .to_owned();
            self.receipted.insert(id);
            self.send(receipt).await?;
        }
        self.publish().await
    }

    async fn publish(&mut self) -> anyhow::Result<()> {
        if !self.is_answered || self.under_way > 0 || Instant::now() < self.not_before {
            return Ok(());
        }
        let events: Vec<Value> = {
            let store = self.house.store.borrow();
            store.unsent.iter().take(BATCH).cloned().collect()
        };
        if events.is_empty() {
            return Ok(());
        }
        self.under_way = events.len();
        let frame =
            json!({"type": "publish", "id": "events", "dialect": "orchestrator", "events": events});
        self.send(frame).await
    }

    async fn send(&mut self, frame: Value) -> anyhow::Result<()> {
        let text = Message::text(frame.to_string());
        timeout(SILENCE, self.socket.send(text)).await??;
        Ok(())
    }

    async fn hear(&mut self, text: &str) -> anyhow::Result<()> {
        let frame: Value = serde_json::from_str(text).context("the server sent no JSON")?;
        match frame["type"].as_str().unwrap_or_default() {
            "attached" => {
                self.is_answered = true;
                self.house.is_attached.set(true);
                self.house.sent.notify_waiters();
            }
            // Of the session before, it comes late.
            "detached" if frame["session_id"].as_str() == self.asked.as_deref() => {
                self.house.is_attached.set(false);
                eprintln!("detached: {}", frame["reason"]);
            }
            "ack" => {
                let refused = frame["receipts"].as_array().into_iter().flatten();
                for receipt in refused.filter(|receipt| receipt["status"] == "rejected") {
                    eprintln!("an event was refused: {receipt}");
                }
                let taken = std::mem::take(&mut self.under_way);
                self.house.store.borrow_mut().taken(taken)?;
                self.house.sent.notify_waiters();
            }
            "command" => self.command(&frame["command"]).await?,
            "receipt_taken" => self.receipt_taken(&frame),
            "command_cancelled" => {
                let id = frame["command_id"].as_str().unwrap_or_default();
                self.open.remove(id);
            }
            "error" => self.refused(&frame),
            "closing" => bail!("the server goes: {}", frame["reason"]),
            _ => {}
        }
        Ok(())
    }

    /// A command came, perhaps again. It is not begun before the server has it on record that it is in our hands.
    async fn command(&mut self, command: &Value) -> anyhow::Result<()> {
        let id = command["command_id"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        self.open.insert(id.clone());
        self.receipted.remove(&id);
        let entry = self.house.store.borrow().ledger.get(&id).cloned();
        if entry.is_some() {
            // Begun before: its last receipt goes out when there is one.
            return Ok(());
        }
        self.send(
            json!({"type": "receipt", "id": "begin", "session_id": command["session_id"],
                   "command_id": id, "status": "acknowledged"}),
        )
        .await
    }

    fn receipt_taken(&mut self, frame: &Value) {
        let command = &frame["command"];
        let id = command["command_id"].as_str().unwrap_or_default();
        match command["state"].as_str().unwrap_or_default() {
            "acknowledged" if frame["id"] == "begin" => {
                let text = |field: &str| command[field].as_str().map(str::to_owned);
                // An error says that the engine is gone, and the program with it.
                let _ = self.orders.send(Ordered {
                    command_id: id.to_owned(),
                    session_id: text("session_id").unwrap_or_default(),
                    kind: text("type").unwrap_or_default(),
                    parameters: command["parameters"].clone(),
                    by: text("by").unwrap_or_else(|| "somebody".to_owned()),
                    reason: text("reason"),
                });
            }
            "queued" | "delivered" | "acknowledged" => {}
            _ => {
                self.open.remove(id);
                self.receipted.remove(id);
                self.house.sent.notify_waiters();
            }
        }
    }

    fn refused(&mut self, frame: &Value) {
        eprintln!("the server refused: {}", frame["error"]);
        match frame["id"].as_str().unwrap_or_default() {
            "attach" => self.is_answered = true,
            "events" => {
                self.under_way = 0;
                self.not_before = Instant::now() + TICK;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sockets_address_is_made_from_the_servers() {
        for (server, wanted) in [
            ("http://localhost:8766", Some("ws://localhost:8766/ws/v1")),
            ("http://localhost:8766/", Some("ws://localhost:8766/ws/v1")),
            ("ws://10.0.0.1:1", Some("ws://10.0.0.1:1/ws/v1")),
            ("https://example.org", None),
            ("localhost:8766", None),
        ] {
            assert_eq!(address(server).ok().as_deref(), wanted, "{server}");
        }
    }
}
