//! A server with a temporary database, a small HTTP client, and a WebSocket client.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use loopscope::config::{Layers, resolve};
use loopscope::{Running, serve};
use serde_json::Value;
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
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Self::start_in(
            tempfile::tempdir().unwrap(),
            settings.iter().map(owned).collect(),
        )
        .await
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

    pub(crate) async fn stop(self) {
        self.running.stop().await.unwrap();
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.running.address()
    }

    /// The token that the first start made.
    pub(crate) fn token(&self) -> &str {
        self.running.first_token().expect("no token was made")
    }

    /// GET.
    pub(crate) async fn ask(&self, path: &str) -> Answer {
        get(self.address(), path, "").await
    }

    /// GET of JSON that must be there.
    pub(crate) async fn read(&self, path: &str) -> Value {
        let answer = self.ask(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    /// POST of a body.
    pub(crate) async fn post(&self, path: &str, body: impl AsRef<[u8]>) -> Answer {
        self.post_as(path, "application/json", body).await
    }

    /// POST of a body of a media type.
    pub(crate) async fn post_as(&self, path: &str, media: &str, body: impl AsRef<[u8]>) -> Answer {
        let body = body.as_ref();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: {media}\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        exchange(self.address(), &[head.as_bytes(), body].concat()).await
    }

    /// A WebSocket.
    pub(crate) async fn socket(&self, path: &str) -> Socket {
        Socket::open(self.address(), path).await
    }

    /// Asks again and again until the answer meets the condition.
    pub(crate) async fn eventually(&self, path: &str, condition: impl Fn(&Value) -> bool) -> Value {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let answer = self.ask(path).await;
            if answer.status == 200 && condition(&answer.json()) {
                return answer.json();
            }
            let late = tokio::time::Instant::now() >= deadline;
            assert!(!late, "{path} stays {}", answer.text());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

/// GET with further header lines.
pub(crate) async fn get(address: SocketAddr, path: &str, headers: &str) -> Answer {
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n");
    exchange(address, request.as_bytes()).await
}

/// One raw request on a connection of its own.
pub(crate) async fn exchange(address: SocketAddr, request: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let (mut read, mut write) = stream.split();
    let mut bytes = Vec::new();
    // A server may refuse a body before it has read all of it.
    let (_, _) = tokio::join!(write.write_all(request), read.read_to_end(&mut bytes));
    Answer::parse(&bytes)
}

/// An HTTP answer.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    body: Vec<u8>,
}

impl Answer {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        let end = end.unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Self {
            status,
            head: head.to_lowercase(),
            body: bytes[end + 4..].to_vec(),
        }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{}\n{}", self.head, self.text()))
    }
}

/// A port that is free now.
pub(crate) async fn free_port() -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// A WebSocket client.
pub(crate) struct Socket(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub(crate) async fn open(address: SocketAddr, path: &str) -> Self {
        let url = format!("ws://{address}{path}");
        let (stream, _) = connect_async(url).await.unwrap();
        Self(stream)
    }

    pub(crate) async fn send(&mut self, text: impl Into<String>) {
        self.0.send(Message::text(text.into())).await.unwrap();
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
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}
