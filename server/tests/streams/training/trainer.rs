//! A training process as dashboards dial it: it serves a WebSocket, greets, and broadcasts.

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{PATIENCE, Server};

pub(crate) struct Trainer {
    listener: TcpListener,
}

/// One connection of a dashboard to it.
pub(crate) struct Link(pub(crate) WebSocketStream<TcpStream>);

impl Trainer {
    pub(crate) async fn new() -> Self {
        Self::at("127.0.0.1:0").await
    }

    pub(crate) async fn at(address: &str) -> Self {
        let listener = TcpListener::bind(address).await.unwrap();
        Self { listener }
    }

    pub(crate) fn address(&self) -> String {
        self.listener.local_addr().unwrap().to_string()
    }

    /// A server that dials it.
    pub(crate) async fn server(&self) -> Server {
        let url = format!("ws://{}", self.address());
        Server::start(&[("LOOPSCOPE_TRAINING_URLS", &url)]).await
    }

    /// Takes the next connection and greets it.
    pub(crate) async fn accept(&self) -> Link {
        let taken = tokio::time::timeout(PATIENCE, self.listener.accept()).await;
        let (stream, _) = taken.expect("nobody dials").unwrap();
        let mut link = Link(tokio_tungstenite::accept_async(stream).await.unwrap());
        let greeting = r#"{"type":"connected","message":"Connected to Karn telemetry stream"}"#;
        link.send_text(greeting).await;
        link
    }
}

impl Link {
    pub(crate) async fn send(&mut self, event: &Value) {
        self.send_text(&event.to_string()).await;
    }

    pub(crate) async fn send_text(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    /// Says goodbye, and waits until everything before it was read.
    pub(crate) async fn close(mut self) {
        self.0.close(None).await.unwrap();
        while self.0.next().await.is_some_and(|message| message.is_ok()) {}
    }
}
