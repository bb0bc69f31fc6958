//! The handle: a queue, an outbox, and the thread that moves events from one to the other and to the server.
//!
//! Emitting pushes to the queue. The thread empties it into the outbox every few milliseconds while events come, and
//! sleeps when none do. Where a program is faster than that, the emitter that meets the full queue empties it himself:
//! he writes to memory and disk for a moment, and never waits for the network.

mod shared;
mod thread;

use std::fmt;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use loopscope_event::Cursor;
use loopscope_protocol::StreamFilter;

pub(crate) use shared::Shared;

use crate::config::{Config, Teller};
use crate::query::Query;
use crate::queue::Item;
use crate::reply::Reply;
use crate::send::Transport;
use crate::socket::Socket;
use crate::{ClientBuilder, Counters, Error, Subscription};

/// One server, and everything that is sent to it. Cheap to clone. When the last clone is dropped, it waits a moment for
/// the receipts ([`ClientBuilder::shut_within`]); what has none by then stays on disk.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    transport: Transport,
    thread: Arc<thread::Thread>,
}

impl Client {
    /// How a client is made.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    pub(crate) fn start(config: Config) -> Result<Self, Error> {
        let (shared, transport) = Shared::open(config)?;
        let thread = thread::Thread::start(Arc::clone(&shared), transport.clone())?;
        Ok(Self {
            inner: Arc::new(Inner {
                shared,
                transport,
                thread: Arc::new(thread),
            }),
        })
    }

    /// Asks the server who it is: whether it is there, speaks this library's version, and takes the token. The answer is
    /// the token's role.
    pub fn check(&self) -> Reply<String> {
        let transport = self.inner.transport.clone();
        self.reply(async move {
            let (socket, hello) = Socket::open(&transport).await?;
            socket.close().await;
            Ok(hello.role)
        })
    }

    /// Reads what is on the server.
    pub fn query(&self) -> Query {
        Query::new(self.clone())
    }

    /// Events as they come, from now on, or from where a reader was: all that match, each once, in order.
    pub fn subscribe(&self, filter: StreamFilter, since: Option<Cursor>) -> Subscription {
        Subscription::start(self.clone(), filter, since)
    }

    /// Any event as one JSON object, in any dialect that the server knows. It gets an `event_id` and a `timestamp` where
    /// it has none; one that is no JSON object is counted as rejected, and told.
    pub fn emit_whole(&self, event: impl Into<String>) {
        self.push(Item {
            told: None,
            at: crate::wait::now(),
            iteration: 0,
            severity: None,
            what: crate::queue::What::Whole(event.into()),
        });
    }

    /// What became of the events so far.
    pub fn counters(&self) -> Counters {
        self.inner.shared.counters()
    }

    /// Why the server takes no events at present; `None` where it does, as far as is known.
    pub fn trouble(&self) -> Option<String> {
        self.inner.shared.trouble()
    }

    /// Whether what is emitted now finds room. Where it does not, whoever emits empties the queue himself, which takes a
    /// moment: a binding lets its other threads run meanwhile.
    pub fn has_room(&self) -> bool {
        self.inner.shared.queue().has_room()
    }

    /// Begins to wait until everything that was emitted so far is on the server's disk.
    pub fn flushing(&self) -> Flushing {
        Flushing(settling(&self.inner.shared))
    }

    /// Waits until everything that was emitted so far is on the server's disk.
    pub fn flush(&self, within: Duration) -> Result<(), Error> {
        let began = Instant::now();
        if self.flushing().wait(within) {
            return Ok(());
        }
        Err(self.inner.shared.late(began.elapsed()))
    }

    /// How long the end may take.
    pub(crate) fn patience(&self) -> Duration {
        self.inner.shared.bounds().shut_within
    }

    pub(crate) fn project(&self) -> &str {
        self.inner.shared.project()
    }

    pub(crate) fn server(&self) -> &str {
        self.inner.shared.server()
    }

    pub(crate) fn spill_dir(&self) -> Option<&Path> {
        self.inner.shared.spill_dir()
    }

    /// Tells people, by whatever they gave for it.
    pub(crate) fn teller(&self) -> Teller {
        self.inner.shared.teller()
    }

    /// Works on this thread, with the client's timers. Panics in an `async fn`.
    pub(crate) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.inner.thread.runtime().block_on(work)
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.inner.transport
    }

    /// Does work on the client's thread.
    pub(crate) fn reply<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, Error>> + Send + 'static,
    ) -> Reply<T> {
        Reply::of(self, self.inner.thread.runtime(), work)
    }

    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.inner.thread.runtime().spawn(work);
    }

    pub(crate) fn push(&self, item: Item) {
        self.inner.shared.push(item);
    }
}

/// A flush that is waited for in parts, by those who must look after something else between them.
#[derive(Debug)]
pub struct Flushing(mpsc::Receiver<()>);

impl Flushing {
    /// Waits so long at most. Whether everything is on the server's disk; asked again after that it says no.
    pub fn wait(&self, within: Duration) -> bool {
        let began = Instant::now();
        match self.0.recv_timeout(within) {
            Ok(()) => true,
            Err(mpsc::RecvTimeoutError::Timeout) => false,
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                // Its thread has ended: nobody will say so any more, and who waits in parts must not turn in a circle.
                std::thread::sleep(within.saturating_sub(began.elapsed()));
                false
            }
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("server", &self.inner.shared.server())
            .field("counters", &self.counters())
            .finish_non_exhaustive()
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        let (shared, thread) = (Arc::clone(&self.shared), Arc::clone(&self.thread));
        if crate::wait::is_own_thread() {
            // Our own thread cannot wait for itself.
            let ending = std::thread::Builder::new().name("loopscope end".to_owned());
            let _ = ending.spawn(move || end(&shared, &thread));
        } else {
            end(&shared, &thread);
        }
    }
}

/// Waits for the receipts, and ends the thread.
fn end(shared: &Arc<Shared>, thread: &thread::Thread) {
    let patience = shared.bounds().shut_within;
    if !Flushing(settling(shared)).wait(patience) {
        let late = shared.late(patience);
        if !matches!(late, Error::Deadline { waiting: 0, .. }) {
            shared.tell(&late.to_string());
        }
    }
    thread.end();
    shared.close();
}

/// Hears when everything that was pushed so far has settled.
fn settling(shared: &Shared) -> mpsc::Receiver<()> {
    let (tell, told) = mpsc::channel();
    shared.when_settled(Box::new(move || {
        let _ = tell.send(());
    }));
    told
}
