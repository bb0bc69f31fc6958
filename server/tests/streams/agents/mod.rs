//! The agents contract.

mod access;
mod connect;
mod input;
mod load;
mod produce;
mod rest;

use serde_json::{Value, json};

use crate::support::{Server, Socket};

/// An event of the contract.
pub(crate) fn event(id: &str, name: &str, data: &Value) -> Value {
    json!({
        "event_id": id,
        "event_type": name,
        "timestamp": "2026-01-05T10:00:02.250000",
        "data": data,
        "severity": "info",
    })
}

/// A numbered event that only says its number.
pub(crate) fn numbered(number: usize) -> Value {
    event(
        &format!("n-{number}"),
        "metrics_updated",
        &json!({"n": number, "description": "a number"}),
    )
}

/// Posts events, which must all be taken.
pub(crate) async fn tell(server: &Server, path: &str, events: &[Value]) {
    let answer = server.post(path, json!(events).to_string()).await;
    assert_eq!(answer.status, 202, "{}", answer.text());
    assert_eq!(answer.json()["rejected"], 0);
}

/// A viewer and everything up to the numbers that it begins with.
pub(crate) struct Begun {
    pub(crate) socket: Socket,
    pub(crate) greeting: Value,
    pub(crate) history: Vec<Value>,
    pub(crate) stats: Value,
}

impl Begun {
    pub(crate) async fn at(server: &Server, path: &str) -> Self {
        Self::of(server.socket(path).await).await
    }

    pub(crate) async fn of(mut socket: Socket) -> Self {
        let greeting = socket.next().await;
        let mut history = Vec::new();
        loop {
            let frame = socket.next().await;
            if frame["event_type"] == "metrics_updated" && frame.get("event_id").is_none() {
                return Self {
                    socket,
                    greeting,
                    history,
                    stats: frame,
                };
            }
            history.push(frame);
        }
    }
}
