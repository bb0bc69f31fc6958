//! A server with a temporary database, a small HTTP client, and a WebSocket client.

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
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long anything may take before a test gives up on it.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A running server and its folder.
pub(crate) struct Server {
    pub(crate) running: Running,
    folder: TempDir,
    settings: Vec<(String, String)>,
}

/// An HTTP answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Lower case.
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
}

impl Server {
    /// A server with settings by their environment variables' names.
    pub(crate) async fn start(settings: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let settings = settings.iter().map(owned).collect();
        Self::start_in(tempfile::tempdir().unwrap(), settings).await
    }

    pub(crate) async fn start_in(folder: TempDir, settings: Vec<(String, String)>) -> Self {
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
        self.running.stop().await.unwrap();
        Self::start_in(self.folder, self.settings).await
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.folder.path().join("journal.db")
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.running.address()
    }

    /// One request on a connection of its own. `head` is its lines after the first, each ended by `\r\n`.
    pub(crate) async fn request(&self, line: &str, head: &str, body: &[u8]) -> Answer {
        request(self.address(), line, head, body).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.request(&format!("GET {path}"), "", b"").await
    }

    /// GET of what must be there.
    pub(crate) async fn read(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    pub(crate) async fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Answer {
        let head = "Content-Type: application/json\r\n";
        self.request(&format!("POST {path}"), head, body.as_ref())
            .await
    }

    /// Stores events; all must be new.
    pub(crate) async fn tell(&self, events: &[Value]) {
        let answer = self.post("/api/v1/events", json!(events).to_string()).await;
        assert_eq!(answer.json()["accepted"], events.len(), "{}", answer.text());
    }

    /// Asks again and again until the answer meets the condition.
    pub(crate) async fn eventually(&self, path: &str, condition: impl Fn(&Value) -> bool) -> Value {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let value = self.read(path).await;
            if condition(&value) {
                return value;
            }
            assert!(
                tokio::time::Instant::now() < deadline,
                "{path} stays {value}"
            );
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }

    /// A socket on `/ws/v1`, its `hello` taken.
    pub(crate) async fn socket(&self) -> Socket {
        let mut socket = self.socket_with(&[]).await.unwrap();
        assert_eq!(socket.next().await["type"], "hello");
        socket
    }

    /// A socket with headers of its own; the status where it is refused.
    pub(crate) async fn socket_with(
        &self,
        headers: &[(&'static str, &str)],
    ) -> Result<Socket, u16> {
        self.socket_at("/ws/v1", headers).await
    }

    /// A socket at an address of its own; the status where it is refused.
    pub(crate) async fn socket_at(
        &self,
        path: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Socket, u16> {
        use tokio_tungstenite::tungstenite::Error;
        let mut request = format!("ws://{}{path}", self.address())
            .into_client_request()
            .unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((stream, _)) => Ok(Socket(stream)),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }
}

/// One request to a server wherever it is; see [`Server::request`].
pub(crate) async fn request(address: SocketAddr, line: &str, head: &str, body: &[u8]) -> Answer {
    let host = if head.to_lowercase().contains("host:") {
        ""
    } else {
        "Host: localhost\r\n"
    };
    let length = body.len();
    let head = format!(
        "{line} HTTP/1.1\r\n{host}Connection: close\r\nContent-Length: {length}\r\n{head}\r\n"
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (mut read, mut write) = stream.split();
    let request = [head.as_bytes(), body].concat();
    let mut bytes = Vec::new();
    // A server may refuse a body before it has read all of it.
    let (_, _) = tokio::join!(write.write_all(&request), read.read_to_end(&mut bytes));
    Answer::parse(&bytes)
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
        let body = bytes[end + 4..].to_vec();
        Self { status, head, body }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{}: {}", self.head, self.text()))
    }

    /// The body, put together where it came in chunks.
    pub(crate) fn content(&self) -> Vec<u8> {
        if self.header("transfer-encoding") != Some("chunked") {
            return self.body.clone();
        }
        let (mut rest, mut content) = (self.body.as_slice(), Vec::new());
        loop {
            let end = rest
                .windows(2)
                .position(|window| window == b"\r\n")
                .unwrap();
            let size = std::str::from_utf8(&rest[..end]).unwrap();
            let size = usize::from_str_radix(size, 16).unwrap();
            if size == 0 {
                return content;
            }
            content.extend_from_slice(&rest[end + 2..end + 2 + size]);
            rest = &rest[end + 2 + size + 2..];
        }
    }

    /// The value of a header, in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }

    /// The code of an error in our shape.
    pub(crate) fn code(&self) -> (u16, String) {
        let code = self.json()["error"]["code"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        (self.status, code)
    }
}

/// A WebSocket client.
pub(crate) struct Socket(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub(crate) async fn send(&mut self, message: Value) {
        self.send_raw(Message::text(message.to_string())).await;
    }

    pub(crate) async fn send_raw(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    /// The next text frame; `None` when the server closed, with the code.
    pub(crate) async fn next_or_close(&mut self) -> Result<Value, Option<u16>> {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.0.next()).await;
            match next.expect("no frame came") {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => {
                    return Err(frame.map(|frame| frame.code.into()));
                }
                None | Some(Err(_)) => return Err(None),
                Some(Ok(_)) => {}
            }
        }
    }

    /// The next text frame.
    pub(crate) async fn next(&mut self) -> Value {
        self.next_or_close().await.expect("the server closed")
    }

    pub(crate) async fn ask(&mut self, message: Value) -> Value {
        self.send(message).await;
        self.next().await
    }

    /// The next events of a stream without a name, one by one or gathered, as `(offset, name)`.
    pub(crate) async fn events(&mut self, count: usize) -> Vec<Value> {
        let mut events = Vec::new();
        while events.len() < count {
            let mut frame = self.next().await;
            match frame["type"].as_str() {
                Some("event") => events.push(frame["event"].take()),
                Some("events") => events.extend(frame["events"].as_array().unwrap().clone()),
                Some("cursor") => {}
                _ => panic!("not an event: {frame}"),
            }
        }
        events
    }
}

/// An event of a session.
pub(crate) fn event(session: &str, n: usize, name: &str) -> Value {
    json!({
        "event_id": format!("{session}-{n}"),
        "timestamp": "2026-01-05T10:00:00.000000Z",
        "session_id": session,
        "iteration": 1,
        "event_type": name,
        "data": {"n": n},
    })
}

/// So many events of a session.
pub(crate) fn some(session: &str, numbers: std::ops::Range<usize>) -> Vec<Value> {
    numbers.map(|n| event(session, n, "METRICS")).collect()
}

/// The numbers in the payloads of [`event`]s.
pub(crate) fn numbers(events: &[Value]) -> Vec<u64> {
    events
        .iter()
        .map(|event| event["data"]["n"].as_u64().unwrap())
        .collect()
}
