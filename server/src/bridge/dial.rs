//! One connection to a loop. In: an address. Out: its text frames, in order, into a bounded queue; and how it ended.
//!
//! The loop sends protocol pings, which the library answers while we read. We send both kinds of pings ourselves: a
//! link over which nothing at all comes for a while is half-open, and is given up.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use loopscope_event::Timestamp;
use tokio::net::TcpStream;
use tokio::time::{Instant, MissedTickBehavior, interval_at, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use super::queue::Queue;
use super::runner::Line;

/// The application's ping (section 2): the loop answers `{"type":"pong"}`.
const PING: &str = r#"{"action":"ping"}"#;

/// The bounds and beats of a link.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Beat {
    /// How long dialling may take.
    pub dial: Duration,
    /// How often we ping.
    pub ping: Duration,
    /// Whether the application's ping is sent too.
    pub says_ping: bool,
    /// After this long without a sign of life a link counts as half-open.
    pub silence: Duration,
    /// How long after a link was lost its sessions are given up.
    pub grace: Duration,
    /// The largest frame taken, in bytes; a larger one ends the connection.
    pub frame_bytes: usize,
    /// The most bytes of frames that wait to be stored; beyond it the link is not read.
    pub queue_bytes: usize,
}

impl Default for Beat {
    fn default() -> Self {
        Self {
            dial: Duration::from_secs(10),
            ping: Duration::from_secs(15),
            says_ping: true,
            silence: Duration::from_secs(50),
            grace: Duration::from_secs(2),
            frame_bytes: 16 << 20,
            queue_bytes: 32 << 20,
        }
    }
}

/// How we name ourselves, so that a loop knows whom it may let steer.
const AGENT: &str = concat!("loopscope/", env!("CARGO_PKG_VERSION"));

/// An open connection.
pub(crate) type Link = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Dials, within the time allowed.
pub(crate) async fn dial(url: &str, beat: &Beat) -> Result<Link, String> {
    let config = WebSocketConfig::default()
        .max_message_size(Some(beat.frame_bytes))
        .max_frame_size(Some(beat.frame_bytes));
    let request = match url.into_client_request() {
        Ok(mut request) => {
            let agent = HeaderValue::from_static(AGENT);
            request.headers_mut().insert("user-agent", agent);
            request
        }
        Err(error) => return Err(describe(&error)),
    };
    let dialled = connect_async_with_config(request, Some(config), true);
    match timeout(beat.dial, dialled).await {
        Ok(Ok((link, _))) => Ok(link),
        Ok(Err(error)) => Err(describe(&error)),
        Err(_) => Err(format!("no answer within {} s", beat.dial.as_secs_f64())),
    }
}

/// How a connection went.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Why it is over, for people.
    pub why: String,
    /// Text frames that came.
    pub text_frames: u64,
    /// Frames that were no text and were thrown away.
    pub binary_frames: u64,
}

/// Reads until the connection ends. Every text frame that came is in the queue then.
pub(crate) async fn read(
    mut link: Link,
    queue: &Queue,
    beat: &Beat,
    now: fn() -> Timestamp,
) -> Ended {
    let mut pings = interval_at(Instant::now() + beat.ping, beat.ping);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = Instant::now();
    let mut runner = Line::new(queue.desk());
    let (mut text_frames, mut binary_frames) = (0, 0);
    let why = loop {
        tokio::select! {
            message = link.next() => {
                heard = Instant::now();
                match message {
                    Some(Ok(Message::Text(text))) => {
                        text_frames += 1;
                        if !runner.take(&text).await && !queue.put(text, now()).await {
                            break "the server stops".to_owned();
                        }
                        // Waiting for room is no silence of the loop's.
                        heard = Instant::now();
                    }
                    Some(Ok(Message::Binary(_))) => binary_frames += 1,
                    Some(Ok(Message::Close(frame))) => {
                        let reason = frame.map(|frame| format!("{} {}", frame.code, frame.reason));
                        break format!("closed by the loop: {}", reason.unwrap_or_default().trim());
                    }
                    Some(Ok(_)) => {}
                    Some(Err(error)) => break describe(&error),
                    None => break "the connection ended".to_owned(),
                }
            }
            text = runner.next() => {
                if let Err(error) = say(&mut link, text, beat).await {
                    break error;
                }
            }
            _ = pings.tick() => {
                if heard.elapsed() >= beat.silence {
                    break format!("nothing was heard for {} s", beat.silence.as_secs_f64());
                }
                if let Err(error) = ping(&mut link, beat).await {
                    break error;
                }
            }
        }
    };
    Ended {
        why,
        text_frames,
        binary_frames,
    }
}

/// Both pings; a loop that does not even take them within the silence allowed is gone.
async fn ping(link: &mut Link, beat: &Beat) -> Result<(), String> {
    let both = async {
        if beat.says_ping {
            link.feed(Message::text(PING)).await?;
        }
        link.send(Message::Ping(Bytes::new())).await
    };
    match timeout(beat.silence, both).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(describe(&error)),
        Err(_) => Err("the loop does not read".to_owned()),
    }
}

/// A text to the loop.
async fn say(link: &mut Link, text: String, beat: &Beat) -> Result<(), String> {
    match timeout(beat.silence, link.send(Message::text(text))).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(describe(&error)),
        Err(_) => Err("the loop does not read".to_owned()),
    }
}

/// An error as one line for people.
fn describe(error: &Error) -> String {
    match error {
        Error::ConnectionClosed | Error::AlreadyClosed => "the connection ended".to_owned(),
        Error::Http(response) => format!("no WebSocket there: HTTP {}", response.status()),
        Error::Capacity(error) => format!("a frame is too large: {error}"),
        Error::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
