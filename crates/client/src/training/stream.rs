//! The stream backend: a WebSocket server inside the program, on any path. In: events. Out: a greeting for every client,
//! and from then on each event as it happens. There is no replay, and what clients say is ignored.

mod serve;

use std::collections::VecDeque;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::{Notify, broadcast};
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{OutputBackend, TelemetryEvent};

/// The most events that wait where nobody says, and that one may ask for.
const QUEUE: usize = 10_000;
const MOST_QUEUE: usize = 1 << 20;
/// Time for clients to have what waits for them when the server closes.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// A WebSocket server that tells events to whoever dials it. Dropping it closes it.
pub struct StreamOutput {
    host: String,
    port: u16,
    most: usize,
    state: Mutex<State>,
    dropped: Arc<AtomicU64>,
}

#[derive(Default)]
struct State {
    /// What was emitted before the server was started.
    waiting: VecDeque<Utf8Bytes>,
    server: Option<Server>,
    is_closed: bool,
}

struct Server {
    local: SocketAddr,
    frames: broadcast::Sender<Utf8Bytes>,
    closes: Arc<Notify>,
    /// Is cut off when all clients are gone.
    is_over: mpsc::Receiver<()>,
    runtime: Runtime,
}

impl Default for StreamOutput {
    fn default() -> Self {
        Self::on("localhost", 8765)
    }
}

impl StreamOutput {
    /// A server for this host and port, 0 for any that is free. It listens once it is started; until then events wait.
    pub fn on(host: impl Into<String>, port: u16) -> Self {
        Self {
            host: host.into(),
            port,
            most: QUEUE,
            state: Mutex::default(),
            dropped: Arc::default(),
        }
    }

    /// Bounds how many events wait, before the start and for each client; 10,000 where nobody says, 1,048,576
    /// at most. Beyond it events are dropped and counted.
    #[must_use]
    pub fn max_queue_size(mut self, most: usize) -> Self {
        self.most = most.clamp(1, MOST_QUEUE);
        self
    }

    /// Where it listens, the first address of the host's; `None` before it is started and after it is closed.
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.state().server.as_ref().map(|server| server.local)
    }

    /// How many clients are greeted and there.
    pub fn client_count(&self) -> usize {
        let state = self.state();
        let server = state.server.as_ref();
        server.map_or(0, |server| server.frames.receiver_count())
    }

    /// How many events wait: before the start all, then those that the slowest client has not had yet.
    pub fn queue_size(&self) -> usize {
        let state = self.state();
        let server = state.server.as_ref();
        server.map_or(state.waiting.len(), |server| server.frames.len())
    }

    /// What waits before the start, oldest first.
    pub fn waiting(&self) -> Vec<String> {
        let state = self.state();
        state.waiting.iter().map(ToString::to_string).collect()
    }

    /// How many events had no room: before the start, or with a client that reads too slowly.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    fn listen(&self) -> io::Result<Server> {
        let listeners = bound(&self.host, self.port)?;
        let local = listeners[0].local_addr()?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("telemetry-stream")
            .enable_all()
            .build()?;
        let listeners: Vec<_> = {
            let _inside = runtime.enter();
            let listeners = listeners.into_iter();
            listeners
                .map(tokio::net::TcpListener::from_std)
                .collect::<io::Result<_>>()?
        };
        let (frames, _) = broadcast::channel(self.most);
        let closes = Arc::new(Notify::new());
        let (ends, is_over) = mpsc::channel();
        let clients = serve::Clients {
            // Weak, so that clients see the end when the server lets go of its own.
            frames: frames.downgrade(),
            dropped: Arc::clone(&self.dropped),
        };
        let closing = Arc::clone(&closes);
        runtime.spawn(async move {
            let _ends: mpsc::Sender<()> = ends;
            serve::serve(listeners, clients, &closing).await;
        });
        Ok(Server {
            local,
            frames,
            closes,
            is_over,
            runtime,
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Listeners at every address of a host that this machine has, one at least: `localhost` is 127.0.0.1 and ::1, and clients
/// take either.
fn bound(host: &str, port: u16) -> io::Result<Vec<TcpListener>> {
    let (mut listeners, mut port, mut missing) = (Vec::<TcpListener>::new(), port, None);
    for mut address in (host, port).to_socket_addrs()? {
        address.set_port(port);
        let is_there =
            |own: &TcpListener| own.local_addr().is_ok_and(|own| own.ip() == address.ip());
        if listeners.iter().any(is_there) {
            continue;
        }
        match TcpListener::bind(address) {
            Ok(listener) => {
                listener.set_nonblocking(true)?;
                port = listener.local_addr()?.port();
                listeners.push(listener);
            }
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => return Err(error),
            Err(error) => missing = Some(error),
        }
    }
    match missing {
        Some(error) if listeners.is_empty() => Err(error),
        None if listeners.is_empty() => Err(io::ErrorKind::AddrNotAvailable.into()),
        _ => Ok(listeners),
    }
}

impl OutputBackend for StreamOutput {
    /// Listens; an address that cannot be had is an error. What waited is told to nobody: there is no client yet.
    fn start(&self) -> io::Result<()> {
        let mut state = self.state();
        if state.server.is_none() && !state.is_closed {
            state.server = Some(self.listen()?);
            state.waiting.clear();
        }
        Ok(())
    }

    fn emit(&self, event: &TelemetryEvent) {
        let frame = || Utf8Bytes::from(event.to_json());
        let mut state = self.state();
        match &state.server {
            // Without a client it is told to nobody; the last one may leave meanwhile.
            Some(server) if server.frames.receiver_count() == 0 => {}
            Some(server) => drop(server.frames.send(frame())),
            None if state.is_closed => {}
            None if state.waiting.len() >= self.most => {
                self.dropped.fetch_add(1, Ordering::Relaxed);
            }
            None => state.waiting.push_back(frame()),
        }
    }

    /// Tells its clients what waits for them, within two seconds, and hangs up.
    fn close(&self) {
        let server = {
            let mut state = self.state();
            state.is_closed = true;
            state.server.take()
        };
        if let Some(server) = server {
            let Server {
                frames,
                closes,
                is_over,
                runtime,
                ..
            } = server;
            drop(frames);
            closes.notify_one();
            // Nothing is ever sent: it is over, or the time is.
            let _ = is_over.recv_timeout(LAST_WORDS);
            runtime.shutdown_background();
        }
    }
}

impl Drop for StreamOutput {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn without_a_start_events_wait_up_to_the_bound() {
        let stream = StreamOutput::on("localhost", 0).max_queue_size(2);
        let event = TelemetryEvent::new("EPOCH_COMPLETED").data(json!({"val_accuracy": 75.5}));
        stream.emit(&event);
        assert_eq!((stream.queue_size(), stream.client_count()), (1, 0));
        let waiting = stream.waiting();
        assert!(waiting[0].contains("EPOCH_COMPLETED") && waiting[0].contains("75.5"));
        stream.emit(&event);
        stream.emit(&event);
        assert_eq!((stream.queue_size(), stream.dropped()), (2, 1));
        stream.close();
        stream.close();
        stream.emit(&event);
    }

    #[test]
    fn an_address_that_is_taken_is_an_error_and_starting_twice_is_none() {
        let one = StreamOutput::on("127.0.0.1", 0);
        one.start().unwrap();
        one.start().unwrap();
        let port = one.local_addr().unwrap().port();
        assert!(StreamOutput::on("127.0.0.1", port).start().is_err());
        one.close();
        assert_eq!(one.local_addr(), None);
    }
}
