//! A server with a temporary database, a small HTTP client, a WebSocket client, and events as a loop sends them.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use loopscope::config::{Layers, resolve};
use loopscope::{Running, serve};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long anything may take before a test gives up on it.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A running server and its folder.
pub(crate) struct Server {
    running: Running,
    folder: TempDir,
    settings: Vec<(String, String)>,
}

impl Server {
    /// A server with settings by their environment variables' names.
    pub(crate) async fn start(settings: &[(&str, &str)]) -> Self {
        let settings = settings
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Self::start_in(tempfile::tempdir().unwrap(), settings).await
    }

    async fn start_in(folder: TempDir, settings: Vec<(String, String)>) -> Self {
        let path = folder.path().join("journal.db").display().to_string();
        let mut env: HashMap<String, String> = [
            ("DASHBOARD_HOST", "127.0.0.1"),
            ("DASHBOARD_PORT", "0"),
            ("DASHBOARD_DB_PATH", &path),
            ("CONVERGENCE_WS_URL", "none"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        env.extend(settings.iter().cloned());
        let layers = Layers {
            env,
            ..Layers::default()
        };
        let running = serve(resolve(&layers).unwrap()).await.unwrap();
        Self {
            running,
            folder,
            settings,
        }
    }

    /// The same server again, on the same database and another port.
    pub(crate) async fn restart(self) -> Self {
        let (folder, settings) = (self.folder, self.settings);
        self.running.stop().await.unwrap();
        Self::start_in(folder, settings).await
    }

    /// Stops it and hands its folder out.
    pub(crate) async fn stop(self) -> TempDir {
        self.running.stop().await.unwrap();
        self.folder
    }

    /// Where the database of a folder is.
    pub(crate) fn database(folder: &TempDir) -> PathBuf {
        folder.path().join("journal.db")
    }

    /// Where its own database is.
    pub(crate) fn database_path(&self) -> PathBuf {
        Self::database(&self.folder)
    }

    /// The token that the first start made.
    pub(crate) fn first_token(&self) -> &str {
        self.running.first_token().expect("no token was made")
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.running.address()
    }

    /// GET: status and JSON.
    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let answer = self.exchange(request.into_bytes()).await;
        (answer.status, answer.json())
    }

    /// GET of what must be there.
    pub(crate) async fn read(&self, path: &str) -> Value {
        let (status, value) = self.get(path).await;
        assert_eq!(status, 200, "{path}: {value}");
        value
    }

    /// POST of a JSON body: status and JSON.
    pub(crate) async fn post(&self, path: &str, body: impl AsRef<[u8]>) -> (u16, Value) {
        let body = body.as_ref();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        let answer = self.exchange([head.as_bytes(), body].concat()).await;
        (answer.status, answer.json())
    }

    /// Posts events as the loop's webhook does; all must be new.
    pub(crate) async fn tell(&self, events: &[Value]) {
        let body = json!({"session_id": "ignored", "events": events}).to_string();
        let (status, answer) = self.post("/events", body).await;
        let expected = json!({"accepted": events.len(), "duplicates": 0});
        assert_eq!((status, answer), (200, expected));
    }

    /// One raw request on a connection of its own.
    pub(crate) async fn exchange(&self, request: Vec<u8>) -> Answer {
        exchange_with(self.address(), request).await
    }

    /// A WebSocket.
    pub(crate) async fn socket(&self, path: &str) -> Socket {
        let url = format!("ws://{}{path}", self.address());
        let (stream, _) = connect_async(url).await.unwrap();
        Socket(stream)
    }

    /// Asks again and again until the answer meets the condition.
    pub(crate) async fn eventually(&self, path: &str, condition: impl Fn(&Value) -> bool) -> Value {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let (_, value) = self.get(path).await;
            if condition(&value) {
                return value;
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "{path} stays {value}"
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// One raw request to whoever listens there, on a connection of its own.
pub(crate) async fn exchange_with(address: SocketAddr, request: Vec<u8>) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (mut read, mut write) = stream.split();
    let mut bytes = Vec::new();
    // A server may refuse a body before it has read all of it.
    let (_, _) = tokio::join!(write.write_all(&request), read.read_to_end(&mut bytes));
    Answer::parse(&bytes)
}

/// An HTTP answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .unwrap();
        let head = String::from_utf8(bytes[..end].to_vec())
            .unwrap()
            .to_lowercase();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let body = &bytes[end + 4..];
        let body = if head.contains("transfer-encoding: chunked") {
            joined(body)
        } else {
            body.to_vec()
        };
        Self { status, head, body }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| {
            panic!("{}: {}", self.head, String::from_utf8_lossy(&self.body));
        })
    }
}

/// The pieces of a body that came in several, joined.
fn joined(mut body: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let end = body.windows(2).position(|pair| pair == b"\r\n").unwrap();
        let size = std::str::from_utf8(&body[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            return whole;
        }
        whole.extend_from_slice(&body[end + 2..end + 2 + size]);
        body = &body[end + 4 + size..];
    }
}

/// Waits until our own events in a session have these names. The contract's routes leave them out, our own do not.
pub(crate) async fn until_marks(server: &Server, session: &str, names: &[&str]) {
    let path = format!("/api/v1/events?since=0&dialect=loopscope&session={session}");
    let is = |value: &Value| {
        let marks = value["events"].as_array().unwrap().iter();
        marks.map(|event| &event["name"]).eq(names)
    };
    server.eventually(&path, is).await;
}

/// A WebSocket client.
pub(crate) struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub(crate) async fn send(&mut self, message: Value) {
        self.send_raw(Message::text(message.to_string())).await;
    }

    pub(crate) async fn send_raw(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    /// The next text frame as it came; `None` when the server closed.
    pub(crate) async fn next_text(&mut self) -> Option<String> {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.0.next()).await;
            match next.expect("no frame came")? {
                Ok(Message::Text(text)) => return Some(text.as_str().to_owned()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// The next text frame.
    pub(crate) async fn next(&mut self) -> Value {
        let text = self.next_text().await.expect("the server closed");
        serde_json::from_str(&text).unwrap()
    }

    pub(crate) async fn ask(&mut self, message: Value) -> Value {
        self.send(message).await;
        self.next().await
    }

    /// Everything sent before is handled once the pong is here.
    pub(crate) async fn settle(&mut self) {
        assert_eq!(self.ask(json!({"action": "ping"})).await["type"], "pong");
    }
}

/// An event of a session in second `n` of its life.
pub(crate) fn event(
    session: &str,
    n: u32,
    event_type: &str,
    iteration: u32,
    data: &Value,
) -> Value {
    json!({
        "event_id": format!("{session}-{n}"),
        "timestamp": format!("2026-01-05T10:{:02}:{:02}.250000+00:00", n / 60, n % 60),
        "session_id": session,
        "iteration": iteration,
        "state": "IDLE",
        "event_type": event_type,
        "data": data,
    })
}
