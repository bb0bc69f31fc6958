//! What the emitters and the thread share.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use loopscope_event::{Dialect, SessionId, Severity};
use loopscope_protocol::{ApiError, IntakeAnswer};
use tokio::sync::Notify;

use crate::config::{Bounds, Config, Teller};
use crate::counters::{Tally, add};
use crate::emitter::Told;
use crate::outbox::Outbox;
use crate::queue::{Item, Queue, What};
use crate::send::{Transport, first_refusal};
use crate::spill::{Spill, Whom};
use crate::{Counters, Error};

/// See the module.
pub(crate) struct Shared {
    queue: Queue,
    outbox: Mutex<Outbox>,
    pub(crate) tally: Tally,
    whom: Whom,
    spill_dir: Option<PathBuf>,
    bounds: Bounds,
    teller: Teller,
    away: Mutex<Option<String>>,
    waiters: Mutex<Vec<Waiter>>,
    /// There may be something to send.
    work: Notify,
    /// Somebody waits: try at once.
    hurry: Notify,
}

/// Who is told when the items up to `upto` have settled.
struct Waiter {
    upto: u64,
    tell: Box<dyn FnOnce() + Send>,
}

impl Shared {
    pub(super) fn open(config: Config) -> Result<(Arc<Self>, Transport), Error> {
        let Config {
            address,
            project,
            spill_dir,
            bounds,
            tell,
        } = config;
        let whom = Whom {
            server: address.as_str().to_owned(),
            project: project.as_str().to_owned(),
        };
        let spill = spill_dir.as_ref();
        let spill = spill.map(|dir| Spill::open(dir, &whom, bounds.spill_bytes));
        let tally = Tally::default();
        let outbox = Outbox::new(spill.transpose()?, bounds.memory_bytes, &tally);
        let shared = Self {
            queue: Queue::new(bounds.queue_events, bounds.queue_bytes),
            outbox: Mutex::new(outbox),
            tally,
            whom,
            spill_dir,
            bounds,
            teller: tell,
            away: Mutex::new(None),
            waiters: Mutex::new(Vec::new()),
            work: Notify::new(),
            hurry: Notify::new(),
        };
        Ok((Arc::new(shared), Transport::new(address)))
    }

    /// Takes an item; where the queue is full, makes room.
    pub(crate) fn push(&self, item: Item) {
        let mut item = item;
        while let Err(back) = self.queue.push(item) {
            item = back;
            self.gather();
        }
    }

    /// Empties the queue into the outbox. `false` where it was empty.
    pub(super) fn gather(&self) -> bool {
        let (any, trouble) = {
            let mut outbox = self.outbox();
            (outbox.take(&self.queue, &self.tally), outbox.take_trouble())
        };
        if let Some(trouble) = trouble {
            self.tell(&trouble);
        }
        if any {
            self.work.notify_one();
        }
        any
    }

    pub(super) const fn queue(&self) -> &Queue {
        &self.queue
    }

    pub(crate) const fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    pub(crate) fn project(&self) -> &str {
        &self.whom.project
    }

    pub(super) fn spill_dir(&self) -> Option<&Path> {
        self.spill_dir.as_deref()
    }

    pub(super) fn teller(&self) -> Teller {
        Arc::clone(&self.teller)
    }

    pub(super) fn server(&self) -> &str {
        &self.whom.server
    }

    /// The oldest batch.
    pub(crate) fn front(&self) -> Option<Bytes> {
        self.outbox().front(&self.tally)
    }

    /// The oldest batch is settled.
    pub(crate) fn settle(&self) {
        let lost = {
            let mut outbox = self.outbox();
            outbox.settle();
            // Where there is no room yet, the event that tells of the loss would be lost too.
            let has_room = outbox.waiting().2 <= self.bounds.spill_bytes / 2;
            has_room.then(|| outbox.take_lost())
        };
        *lock(&self.away) = None;
        for (session, count) in lost.into_iter().flatten() {
            self.own_up(session, count);
        }
        self.answer_waiters();
    }

    /// Waits for something to send.
    pub(crate) async fn work(&self) {
        self.answer_waiters();
        self.work.notified().await;
    }

    /// Waits before trying again; not so long where somebody hurries.
    pub(crate) async fn rest(&self, wait: Duration) {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = self.hurry.notified() => {}
        }
    }

    /// Calls back when everything that was pushed so far has settled.
    pub(super) fn when_settled(&self, tell: Box<dyn FnOnce() + Send>) {
        let upto = self.queue.pushed();
        lock(&self.waiters).push(Waiter { upto, tell });
        self.hurry.notify_one();
        self.queue.wake();
        self.work.notify_one();
    }

    /// Tells those whose items have settled.
    pub(super) fn answer_waiters(&self) {
        let settled = self.outbox().settled();
        let mut waiters = lock(&self.waiters);
        let (done, left): (Vec<Waiter>, Vec<Waiter>) =
            waiters.drain(..).partition(|waiter| waiter.upto <= settled);
        *waiters = left;
        drop(waiters);
        for waiter in done {
            (waiter.tell)();
        }
    }

    /// Counts what the server says of a batch.
    pub(crate) fn count(&self, answer: &IntakeAnswer) {
        add(
            &self.tally.acknowledged,
            answer.accepted + answer.duplicates,
        );
        add(&self.tally.duplicates, answer.duplicates);
        if answer.rejected > 0 {
            self.refused(answer.rejected, Some(&first_refusal(answer)));
        }
    }

    /// Events were refused, each for a fault of its own.
    pub(crate) fn refused(&self, events: u64, why: Option<&ApiError>) {
        add(&self.tally.rejected, events);
        let why = why.map_or("no reason given", |error| &error.message);
        self.tell(&format!(
            "the server refused {events} events and will not have them: {why}"
        ));
    }

    /// The server takes nothing: told once until it does again.
    pub(crate) fn told_away(&self, error: &Error, away: &mut bool) {
        let words = error.to_string();
        *lock(&self.away) = Some(words.clone());
        if !std::mem::replace(away, true) {
            self.tell(&format!("{words}; events are kept meanwhile"));
        }
    }

    pub(super) fn trouble(&self) -> Option<String> {
        lock(&self.away).clone()
    }

    pub(crate) fn tell(&self, words: &str) {
        (self.teller)(words);
    }

    pub(super) fn counters(&self) -> Counters {
        let mut counters = self.tally.read(|| self.queue.pushed());
        counters.queued = self.queue.len() as u64;
        counters.spilled_bytes = self.outbox().waiting().2;
        counters
    }

    /// Not everything was acknowledged in time.
    pub(super) fn late(&self, after: Duration) -> Error {
        self.gather();
        let (waiting, spilled, _) = self.outbox().waiting();
        Error::Deadline {
            waiting,
            after,
            spilled,
        }
    }

    /// Nothing is sent any more.
    pub(super) fn close(&self) {
        self.gather();
        self.outbox().close();
    }

    /// Says on the session's own page that events of it were lost.
    fn own_up(&self, session: SessionId, count: u64) {
        let words = format!(
            "{count} events of this session were lost: what may wait in memory and on disk ({} bytes) was full while the server took nothing",
            self.bounds.spill_bytes
        );
        self.tell(&format!("{words} (session {session})"));
        let data = serde_json::json!({"error": words, "lost_events": count});
        let told = Told::new(session, Dialect::Generic);
        self.push(Item {
            told: Some(Arc::new(told)),
            at: crate::wait::now(),
            iteration: 0,
            severity: Some(Severity::High),
            what: What::Named("ERROR".into(), data.to_string()),
        });
    }

    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        lock(&self.outbox)
    }
}

/// A lock that outlives a panic of whoever held it: what it guards is whole between statements.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
