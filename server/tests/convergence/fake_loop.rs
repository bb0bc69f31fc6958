//! The upstream side of the contract: it serves a WebSocket and broadcasts, and misbehaves where a test says so.

use futures_util::SinkExt as _;
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{PATIENCE, Server};

/// A loop that dashboards dial.
pub(crate) struct FakeLoop {
    listener: TcpListener,
}

/// One connection of a dashboard to it.
pub(crate) struct Link(pub(crate) WebSocketStream<TcpStream>);

impl FakeLoop {
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

    pub(crate) fn url(&self) -> String {
        format!("ws://{}", self.address())
    }

    /// Takes the next connection and greets it.
    pub(crate) async fn accept(&self) -> Link {
        let taken = tokio::time::timeout(PATIENCE, self.listener.accept()).await;
        let (stream, _) = taken.expect("the bridge does not dial").unwrap();
        let mut link = Link(tokio_tungstenite::accept_async(stream).await.unwrap());
        link.send(json!({"type": "connected", "timestamp": "2026-01-05T10:00:00.123456"}))
            .await;
        link
    }
}

impl Link {
    pub(crate) async fn send(&mut self, message: Value) {
        self.send_raw(Message::text(message.to_string())).await;
    }

    pub(crate) async fn send_raw(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }
}

/// A server that dials these addresses.
pub(crate) async fn server_for(urls: &[String]) -> Server {
    Server::start(&[("CONVERGENCE_WS_URL", &urls.join(","))]).await
}
