//! What the command line asks a running server: sessions, events, commands, widgets. In: a server's address and a question.
//! Out: a table for people, or the server's own JSON, on standard output; an error that says what to do.

mod command;
mod replay;
mod send;
mod sessions;
mod show;
mod table;
mod watch;
mod widgets;

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use loopscope_protocol::percent_encode;
use serde_json::Value;
use tokio::time::timeout;

use crate::http::{Answer, Client};

pub use command::{Order, command};
pub use replay::{Rhythm, replay};
pub use send::{Note, send};
pub use sessions::{Listing, sessions};
pub use show::show;
pub use watch::{Stream, watch};
pub use widgets::{Figures, arrange, declare_widget, delete_widget, show_widget, widgets};

/// How long a server may take to answer what needs no waiting.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server, and how to tell what it says.
pub struct Server {
    client: Client,
    address: String,
    /// The server's own JSON, not a table.
    json: bool,
}

/// Why a question has no answer.
#[derive(Debug)]
pub enum Refusal {
    /// Nobody is there, or nobody who speaks as Loopscope does.
    Unreachable(String),
    /// The server said no: its status, its words, and the field at fault.
    Refused(u16, String),
    /// What was asked for went wrong.
    Failed(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(words) | Self::Refused(_, words) | Self::Failed(words) => {
                f.write_str(words)
            }
        }
    }
}

impl std::error::Error for Refusal {}

impl Server {
    /// The server at an address such as `http://localhost:8766`.
    pub fn new(address: &str, token: Option<String>, json: bool) -> Result<Self, Refusal> {
        let client = Client::new(address, token)
            .map_err(|why| Refusal::Failed(format!("{address} is not a server address: {why}")))?;
        Ok(Self {
            client,
            address: address.to_owned(),
            json,
        })
    }

    /// Asks for a path below `/api/v1`.
    async fn get(&self, path: &str, patience: Duration) -> Result<Value, Refusal> {
        let asked = format!("/api/v1/{path}");
        let answer = timeout(patience, self.client.get(&asked)).await;
        self.read(answer.unwrap_or_else(|_| Err("no answer in time".to_owned())))
    }

    /// Sends JSON to a path below `/api/v1`.
    async fn post(&self, path: &str, body: &Value) -> Result<Value, Refusal> {
        self.post_as(path, "application/json", Bytes::from(body.to_string()))
            .await
    }

    async fn post_as(&self, path: &str, media: &str, body: Bytes) -> Result<Value, Refusal> {
        let asked = format!("/api/v1/{path}");
        let answer = timeout(PATIENCE, self.client.post(&asked, media, body)).await;
        self.read(answer.unwrap_or_else(|_| Err("no answer in time".to_owned())))
    }

    async fn put_as(&self, path: &str, media: &str, body: Bytes) -> Result<Value, Refusal> {
        let asked = format!("/api/v1/{path}");
        let answer = timeout(PATIENCE, self.client.put(&asked, media, body)).await;
        self.read(answer.unwrap_or_else(|_| Err("no answer in time".to_owned())))
    }

    async fn delete(&self, path: &str) -> Result<Value, Refusal> {
        let asked = format!("/api/v1/{path}");
        let answer = timeout(PATIENCE, self.client.delete(&asked)).await;
        self.read(answer.unwrap_or_else(|_| Err("no answer in time".to_owned())))
    }

    fn read(&self, answer: Result<Answer, String>) -> Result<Value, Refusal> {
        let Answer { status, body } = answer.map_err(|why| {
            let address = &self.address;
            Refusal::Unreachable(format!(
                "no answer from {address} ({why}); is the server running? --server sets another address"
            ))
        })?;
        if status == 204 {
            return Ok(Value::Null);
        }
        let value: Value = serde_json::from_slice(&body).map_err(|_| {
            let address = &self.address;
            Refusal::Unreachable(format!(
                "{address} does not answer like a Loopscope server (status {status}); check the address"
            ))
        })?;
        // An answer with receipts says for each event what became of it.
        if status < 300 || value.get("receipts").is_some() {
            return Ok(value);
        }
        let said = said(&value["error"]);
        let advice = match status {
            401 => "; give a token with --access-token or LOOPSCOPE_TOKEN",
            403 => "; a token with another role may be allowed to",
            _ => "",
        };
        Err(Refusal::Refused(status, format!("{said}{advice}")))
    }
}

/// What a server says of what it refuses: the field at fault, why, and the bound that was crossed.
fn said(error: &Value) -> String {
    let message = error["message"].as_str().unwrap_or("no reason given");
    let mut words = message.to_owned();
    if let Some(field) = error["field"].as_str()
        && !message.contains(&format!("`{field}`"))
    {
        words = format!("{field}: {words}");
    }
    if let Some(limit) = error["limit"].as_str() {
        words = format!("{words} (limit: {limit})");
    }
    words
}

/// `a=1&b=2` of pairs, percent-encoded.
fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        percent_encode(value, &mut text);
    }
    text
}

/// A part of a path.
fn part(text: &str) -> String {
    let mut encoded = String::new();
    percent_encode(text, &mut encoded);
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_stays_in_its_place() {
        assert_eq!(query([("q", "a&b=c d"), ("n", "1")]), "q=a%26b%3Dc%20d&n=1");
        assert_eq!(part("a/b"), "a%2Fb");
    }

    #[test]
    fn what_is_refused_names_the_field_and_the_bound_once() {
        let error = |text: &str| said(&serde_json::from_str(text).unwrap());
        assert_eq!(error("{}"), "no reason given");
        let told = error(r#"{"message": "it is too long", "field": "y", "limit": "256 bytes"}"#);
        assert_eq!(told, "y: it is too long (limit: 256 bytes)");
        let told = error(r#"{"message": "missing field `select`", "field": "select"}"#);
        assert_eq!(told, "missing field `select`");
    }
}
