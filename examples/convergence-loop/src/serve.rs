//! The feed. In: connections, the bus. Out: a greeting, then every event as it happens, to every client; `pong` to
//! the contract's `{"action":"ping"}`. A Loopscope may steer ([`Steered`]); what else a client says is read and ignored.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_tungstenite::tungstenite::handshake::server::{ErrorResponse, Request, Response};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Message};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async_with_config};

use crate::bus::{Bus, Frame};
use crate::helm::Helm;
use crate::steered::Steered;
use crate::teller::greeting;

/// The most clients at a time.
const MAX_CLIENTS: usize = 256;
/// The largest frame that a client may send.
const MAX_FRAME_BYTES: usize = 64 * 1_024;
/// Time for a connection to become a WebSocket.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Between two pings; also the time that a client has to answer one, or to take a frame.
const PING: Duration = Duration::from_secs(20);
/// Time for clients to say goodbye.
const FAREWELL: Duration = Duration::from_secs(2);

type Socket = WebSocketStream<TcpStream>;

/// Serves clients until `closing` turns true; then sends what is left, closes with 1001, and returns.
pub async fn serve(
    listener: TcpListener,
    bus: Bus,
    helm: Helm,
    mut closing: watch::Receiver<bool>,
) {
    let mut clients = JoinSet::new();
    loop {
        tokio::select! {
            () = told(&mut closing) => break,
            Some(_) = clients.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) if clients.len() < MAX_CLIENTS => {
                    clients.spawn(client(stream, bus.clone(), helm.clone(), closing.clone()));
                }
                Ok((_, peer)) => eprintln!("warning: {peer} turned away, {MAX_CLIENTS} clients are here"),
                Err(error) => {
                    eprintln!("warning: cannot accept: {error}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            },
        }
    }
    drop(listener);
    let goodbyes = async { while clients.join_next().await.is_some() {} };
    let _ = timeout(FAREWELL, goodbyes).await;
}

async fn client(stream: TcpStream, bus: Bus, helm: Helm, closing: watch::Receiver<bool>) {
    let mut config = WebSocketConfig::default();
    config.max_message_size = Some(MAX_FRAME_BYTES);
    config.max_frame_size = Some(MAX_FRAME_BYTES);
    let _ = stream.set_nodelay(true);
    let mut is_loopscope = false;
    #[expect(clippy::result_large_err, reason = "the library asks for this type")]
    let look = |request: &Request, response: Response| -> Result<Response, ErrorResponse> {
        let agent = request.headers().get("user-agent");
        is_loopscope = agent.is_some_and(|agent| agent.as_bytes().starts_with(b"loopscope"));
        Ok(response)
    };
    let handshake = accept_hdr_async_with_config(stream, look, Some(config));
    let Ok(Ok(mut socket)) = timeout(HANDSHAKE, handshake).await else {
        return;
    };
    let frames = bus.listen();
    if send(&mut socket, Message::text(greeting())).await.is_none() {
        return;
    }
    let _guard = bus.count_client();
    let steered = is_loopscope.then(|| Steered::new(helm));
    if let Some(code) = converse(&mut socket, frames, steered, closing).await {
        let frame = CloseFrame {
            code,
            reason: "".into(),
        };
        let farewell = async {
            let _ = socket.close(Some(frame)).await;
            while let Some(Ok(_)) = socket.next().await {}
        };
        let _ = timeout(FAREWELL / 2, farewell).await;
    }
}

/// Talks with a client until one of both ends it. `Some` when it is us, with the reason.
async fn converse(
    socket: &mut Socket,
    mut frames: broadcast::Receiver<Frame>,
    mut steered: Option<Steered>,
    mut closing: watch::Receiver<bool>,
) -> Option<CloseCode> {
    let mut ping = interval(PING);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ping.reset();
    let mut unanswered = false;
    loop {
        tokio::select! {
            biased;
            frame = frames.recv() => match frame {
                Ok(frame) => send(socket, Message::Text(frame.text)).await?,
                Err(RecvError::Lagged(lost)) => eprintln!("warning: a slow client lost {lost} events"),
                Err(RecvError::Closed) => return Some(CloseCode::Away),
            },
            // Polled after the frames, so that the last events go out before the goodbye.
            () = told(&mut closing) => return Some(CloseCode::Away),
            heard = socket.next() => match heard?.ok()? {
                Message::Text(text) if asks_ping(&text) => {
                    send(socket, Message::text(r#"{"type":"pong"}"#)).await?;
                }
                Message::Text(text) => {
                    let answer = steered.as_ref().and_then(|steered| steered.take(&text));
                    if let Some(answer) = answer {
                        send(socket, Message::text(answer)).await?;
                    }
                }
                Message::Pong(_) => unanswered = false,
                _ => {}
            },
            text = next(&mut steered) => send(socket, Message::text(text)).await?,
            _ = ping.tick() => {
                if unanswered {
                    return Some(CloseCode::Error);
                }
                unanswered = true;
                send(socket, Message::Ping(Bytes::new())).await?;
            }
        }
    }
}

/// The next frame about steering; never, for a client that does not steer.
async fn next(steered: &mut Option<Steered>) -> String {
    match steered {
        Some(steered) => steered.next().await,
        None => std::future::pending().await,
    }
}

/// Returns once it is time to close.
async fn told(closing: &mut watch::Receiver<bool>) {
    // An error says that the program has left already, which comes to the same.
    let _ = closing.wait_for(|closing| *closing).await;
}

async fn send(socket: &mut Socket, message: Message) -> Option<()> {
    timeout(PING, socket.send(message)).await.ok()?.ok()
}

fn asks_ping(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|value| value["action"] == "ping")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_ping_action_is_answered() {
        let rows = [
            (r#"{"action":"ping"}"#, true),
            (r#"{"action":"ping","more":1}"#, true),
            (r#"{"action":"subscribe","events":["*"]}"#, false),
            (r#"{"type":"ping"}"#, false),
            (r#""ping""#, false),
            (r#"["action"]"#, false),
            ("not json", false),
            ("", false),
        ];
        for (text, answered) in rows {
            assert_eq!(asks_ping(text), answered, "{text}");
        }
    }
}
