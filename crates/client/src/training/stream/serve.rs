//! The server's side of the stream. In: listeners, frames. Out: greeted clients, each with the frames since.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::sync::broadcast::{self, error::RecvError, error::TryRecvError};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, accept_async};

/// What greets every client.
const GREETING: &str = r#"{"type":"connected","message":"Connected to Karn telemetry stream"}"#;
/// The most clients at once.
const CLIENTS: usize = 256;
/// Time for a handshake.
const PATIENCE: Duration = Duration::from_secs(10);
/// Time for frames to go out: a client that takes longer is hung up on.
const STUCK: Duration = Duration::from_secs(5);
/// How often a client is asked whether it is there.
const PING: Duration = Duration::from_secs(30);
/// The most frames that go out in one write.
const TOGETHER: usize = 100;

/// What clients share.
#[derive(Clone)]
pub(super) struct Clients {
    pub(super) frames: broadcast::WeakSender<Utf8Bytes>,
    pub(super) dropped: Arc<AtomicU64>,
}

/// Takes clients until it closes, and ends when the last one is gone.
pub(super) async fn serve(listeners: Vec<TcpListener>, clients: Clients, closes: &Notify) {
    let mut there = JoinSet::new();
    loop {
        tokio::select! {
            () = closes.notified() => break,
            Some(_) = there.join_next() => {}
            accepted = poll_fn(|context| poll_accept(&listeners, context)) => match accepted {
                // Whoever comes when there are too many is hung up on.
                Ok((stream, _)) if there.len() < CLIENTS => {
                    there.spawn(client(stream, clients.clone()));
                }
                Ok(_) => {}
                // Out of files, say: others may be given back.
                Err(_) => sleep(Duration::from_millis(100)).await,
            },
        }
    }
    while there.join_next().await.is_some() {}
}

/// Whoever knocks first, at any of them.
fn poll_accept(
    listeners: &[TcpListener],
    context: &mut Context<'_>,
) -> Poll<io::Result<(TcpStream, SocketAddr)>> {
    let mut polled = listeners
        .iter()
        .map(|listener| listener.poll_accept(context));
    polled.find(Poll::is_ready).unwrap_or(Poll::Pending)
}

async fn client(stream: TcpStream, clients: Clients) {
    // Frames are small and wanted at once; without it they come a little later.
    let _ = stream.set_nodelay(true);
    let Ok(Ok(mut socket)) = timeout(PATIENCE, accept_async(stream)).await else {
        return;
    };
    let Some(frames) = clients.frames.upgrade().map(|frames| frames.subscribe()) else {
        return;
    };
    let greeted = timeout(PATIENCE, socket.send(Message::text(GREETING))).await;
    if let Ok(Ok(())) = greeted
        && talk(&mut socket, frames, &clients.dropped).await.is_ok()
    {
        let _ = timeout(STUCK, socket.close(None)).await;
    }
}

/// Talks until there is nothing more to say (fine), or the client is gone.
async fn talk(
    socket: &mut WebSocketStream<TcpStream>,
    mut frames: broadcast::Receiver<Utf8Bytes>,
    dropped: &AtomicU64,
) -> Result<(), Error> {
    let mut heard = Instant::now();
    let mut asks = interval(PING);
    asks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            frame = frames.recv() => match frame {
                Ok(frame) => {
                    let told = tell(socket, frame, &mut frames, dropped);
                    if let Ok(told) = timeout(STUCK, told).await {
                        told?;
                    } else {
                        dropped.fetch_add(frames.len() as u64 + 1, Ordering::Relaxed);
                        return Err(Error::ConnectionClosed);
                    }
                }
                Err(RecvError::Lagged(missed)) => {
                    dropped.fetch_add(missed, Ordering::Relaxed);
                }
                Err(RecvError::Closed) => return Ok(()),
            },
            said = socket.next() => match said {
                // What it says is ignored; that it says something is not.
                Some(Ok(_)) => heard = Instant::now(),
                Some(Err(error)) => return Err(error),
                None => return Err(Error::ConnectionClosed),
            },
            _ = asks.tick() => {
                if heard.elapsed() > 2 * PING {
                    return Err(Error::ConnectionClosed);
                }
                let asked = socket.send(Message::Ping(Bytes::new()));
                timeout(STUCK, asked).await.map_err(|_| Error::ConnectionClosed)??;
            }
        }
    }
}

/// One frame, and those that wait behind it, in one write.
async fn tell(
    socket: &mut WebSocketStream<TcpStream>,
    first: Utf8Bytes,
    frames: &mut broadcast::Receiver<Utf8Bytes>,
    dropped: &AtomicU64,
) -> Result<(), Error> {
    socket.feed(Message::Text(first)).await?;
    for _ in 1..TOGETHER {
        match frames.try_recv() {
            Ok(frame) => socket.feed(Message::Text(frame)).await?,
            Err(TryRecvError::Lagged(missed)) => {
                dropped.fetch_add(missed, Ordering::Relaxed);
            }
            Err(TryRecvError::Empty | TryRecvError::Closed) => break,
        }
    }
    socket.flush().await
}
