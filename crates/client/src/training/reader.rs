//! A client of a stream. In: the address of a trainer, or of a dashboard. Out: its greeting and events as they come, over
//! any number of connections; where one broke it says so, because the stream replays nothing.

use std::time::Duration;

use futures_util::StreamExt as _;
use tokio::runtime::Runtime;
use tokio::sync::mpsc;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::handshake::client::Request;
use tokio_tungstenite::tungstenite::{self, Message};

use super::{TelemetryEvent, lenient};
use crate::Error;
use crate::wait::Backoff;

/// How many frames may wait for the program; a slow program reads on later.
const FRAMES: usize = 1_000;
/// Time for a connection to be made.
const PATIENCE: Duration = Duration::from_secs(10);
/// Both kinds of servers ask more often than this whether one is there: a line that is silent for longer is dead.
const SILENCE: Duration = Duration::from_secs(90);

/// What a stream brings.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Heard {
    /// A connection was made; the server's words.
    Greeting(String),
    /// An event.
    Event(Box<TelemetryEvent>),
    /// The connection is gone, and why; it is made anew. What happens until then is not heard.
    Lost(String),
}

/// A stream that is dialled, and dialled again. Dropping it hangs up.
pub struct StreamReader {
    coming: mpsc::Receiver<Heard>,
    /// Until it is dropped.
    runtime: Option<Runtime>,
}

impl StreamReader {
    /// Dials `ws://host:port`, with any path. A server that is not there is dialled again, after 0.1 s at first and 5 s at
    /// most, for ever; only an address that cannot be one is an error.
    pub fn dial(url: impl Into<String>) -> Result<Self, Error> {
        let url = url.into();
        let wrong = |why: String| Error::Url {
            url: url.clone(),
            why,
        };
        if !url.starts_with("ws://") {
            return Err(wrong("it must begin with ws://".to_owned()));
        }
        let request = url.as_str().into_client_request();
        let request = request.map_err(|error| wrong(error.to_string()))?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("telemetry-reader")
            .enable_all()
            .build()
            .map_err(|error| wrong(error.to_string()))?;
        let (tell, coming) = mpsc::channel(FRAMES);
        runtime.spawn(follow(request, tell));
        Ok(Self {
            coming,
            runtime: Some(runtime),
        })
    }

    /// What comes next; waits for it as long as it takes.
    pub async fn next(&mut self) -> Option<Heard> {
        self.coming.recv().await
    }

    /// The same for programs without a runtime; `None` also where nothing came in time. Not to be called in an `async fn`.
    pub fn wait_next(&mut self, within: Duration) -> Option<Heard> {
        let coming = self.coming.recv();
        let runtime = self.runtime.as_ref()?;
        runtime
            .block_on(async { tokio::time::timeout(within, coming).await })
            .ok()
            .flatten()
    }
}

impl Drop for StreamReader {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // May be dropped where nothing may wait.
            runtime.shutdown_background();
        }
    }
}

/// Follows the stream over any number of connections, for as long as somebody reads.
async fn follow(request: Request, tell: mpsc::Sender<Heard>) {
    let mut backoff = Backoff::default();
    loop {
        if let Ok(Ok((mut socket, _))) =
            tokio::time::timeout(PATIENCE, connect_async(request.clone())).await
        {
            let why = loop {
                match tokio::time::timeout(SILENCE, socket.next()).await {
                    Ok(Some(Ok(Message::Text(text)))) => {
                        backoff.reset();
                        if let Some(heard) = heard(&text)
                            && tell.send(heard).await.is_err()
                        {
                            return;
                        }
                    }
                    Ok(Some(Ok(Message::Close(_))) | None) => break "it hung up".to_owned(),
                    Ok(Some(Ok(_))) => {}
                    Ok(Some(Err(tungstenite::Error::ConnectionClosed))) => {
                        break "it hung up".to_owned();
                    }
                    Ok(Some(Err(error))) => break error.to_string(),
                    Err(_) => break "it is silent".to_owned(),
                }
            };
            if tell.send(Heard::Lost(why)).await.is_err() {
                return;
            }
        }
        tokio::select! {
            () = tokio::time::sleep(backoff.next()) => {}
            () = tell.closed() => return,
        }
    }
}

/// What a frame says: an event, or a greeting. Pings, and frames that nobody knows, say nothing.
fn heard(text: &str) -> Option<Heard> {
    let fields = lenient::object(text)?;
    if let Some(event) = TelemetryEvent::of(&fields) {
        return Some(Heard::Event(Box::new(event)));
    }
    let of = |key: &str| fields.get(key).and_then(serde_json::Value::as_str);
    (of("type") == Some("connected"))
        .then(|| Heard::Greeting(of("message").unwrap_or_default().to_owned()))
}
