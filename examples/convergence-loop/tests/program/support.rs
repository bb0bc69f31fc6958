//! The program as a process, and a plain client that collects what it sends.

use std::process::Stdio;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A test that hangs is ended after this; nothing is expected to be quick.
const PATIENCE: Duration = Duration::from_mins(5);

pub(crate) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What a client saw.
#[derive(Debug, Default)]
pub(crate) struct Feed {
    pub(crate) greeting: Value,
    pub(crate) events: Vec<Value>,
    pub(crate) close_code: Option<u16>,
}

/// The program under way, with a folder for temporary files of its own.
pub(crate) struct Program {
    child: Child,
    pub(crate) url: String,
    scratch: TempDir,
}

impl Program {
    /// Starts it on a port of the system's choice. The first run waits for the client.
    pub(crate) async fn start(flags: &[&str]) -> Self {
        let scratch = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_convergence-loop"))
            .args(["--listen", "127.0.0.1:0", "--wait", "60s"])
            .args(flags)
            .env("TMPDIR", scratch.path())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let line = timeout(PATIENCE, lines.next_line())
            .await
            .unwrap()
            .unwrap()
            .unwrap();
        let url = line.strip_prefix("listening on ").unwrap().to_owned();
        Self {
            child,
            url,
            scratch,
        }
    }

    /// Connects a client.
    pub(crate) async fn connect(&self) -> Socket {
        connect_async(&self.url).await.unwrap().0
    }

    /// Connects a client and collects everything until the program closes.
    pub(crate) async fn follow(&self) -> Feed {
        rest(self.connect().await).await
    }

    /// Sends a signal to the program alone.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id().unwrap()).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
    }

    /// Waits for its end.
    pub(crate) async fn exit_code(&mut self) -> Option<i32> {
        timeout(PATIENCE, self.child.wait())
            .await
            .unwrap()
            .unwrap()
            .code()
    }

    /// The names in its folder for temporary files.
    pub(crate) fn left_behind(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.scratch.path()).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect()
    }
}

/// Everything that comes until the end.
pub(crate) async fn rest(mut socket: Socket) -> Feed {
    let mut feed = Feed::default();
    while let Some(Ok(message)) = timeout(PATIENCE, socket.next()).await.unwrap() {
        match message {
            Message::Text(text) => {
                let frame: Value = serde_json::from_str(&text).unwrap();
                if frame["type"] == "connected" {
                    feed.greeting = frame;
                } else {
                    feed.events.push(frame);
                }
            }
            Message::Close(frame) => feed.close_code = frame.map(|frame| frame.code.into()),
            _ => {}
        }
    }
    feed
}

/// Reads until a frame is as wanted; gives that one.
pub(crate) async fn until(socket: &mut Socket, mut wanted: impl FnMut(&Value) -> bool) -> Value {
    loop {
        let message = timeout(PATIENCE, socket.next())
            .await
            .unwrap()
            .unwrap()
            .unwrap();
        if let Message::Text(text) = message {
            let frame: Value = serde_json::from_str(&text).unwrap();
            if wanted(&frame) {
                return frame;
            }
        }
    }
}

/// Sends messages; gives the first frame that is neither an event nor the greeting.
pub(crate) async fn ask(socket: &mut Socket, messages: impl IntoIterator<Item = Message>) -> Value {
    for message in messages {
        socket.send(message).await.unwrap();
    }
    until(socket, |frame| {
        frame["event_type"].is_null() && frame["type"] != "connected"
    })
    .await
}

/// The events' types, in order.
pub(crate) fn event_types(events: &[Value]) -> Vec<&str> {
    events
        .iter()
        .map(|event| event["event_type"].as_str().unwrap())
        .collect()
}
