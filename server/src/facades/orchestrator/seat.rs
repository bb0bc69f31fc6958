//! One connection: who is there, what they hear, and what is on its way to them and from them.

use std::collections::{HashSet, VecDeque};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use loopscope_event::{EventId, Offset, ProjectId, SessionId};
use loopscope_protocol::{ApiError, ErrorCode};
use serde::Serialize;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::SID_KEY;
use super::inlet::Message;
use super::outlet::{Emit, Say, Word};
use super::rooms::Rooms;
use crate::access::{Grant, Peer, Right};
use crate::deliver::Presence;

/// Events that a connection sent and has not met in the ring yet.
const MOST_SENT: usize = 4_096;

/// The most bytes that one connection may have sent and that are not looked at yet.
pub(super) const MOST_WAITING_BYTES: usize = 16 << 20;

/// See the module.
pub(super) struct Seat {
    /// The connection's Socket.IO id.
    pub sid: Box<str>,
    pub grant: Grant,
    pub peer: Peer,
    /// The contract knows no projects: it is the token's own, else the default one.
    pub project: ProjectId,
    /// Cancelled when the connection is gone.
    pub closed: CancellationToken,
    /// What its messages go through, one after the other; made with the first.
    pub inbox: OnceLock<mpsc::UnboundedSender<Message>>,
    waiting_bytes: AtomicUsize,
    rooms: Mutex<Rooms>,
    sent: Mutex<VecDeque<EventId>>,
    producing: Mutex<HashSet<SessionId>>,
    obeying: Mutex<HashSet<SessionId>>,
    words: mpsc::UnboundedSender<Box<Word>>,
    commands: AtomicU64,
    presence: Mutex<Presence>,
}

impl Seat {
    pub(super) fn new(
        sid: String,
        grant: Grant,
        peer: Peer,
        session: Option<SessionId>,
        presence: Presence,
    ) -> (Self, mpsc::UnboundedReceiver<Box<Word>>) {
        let (words, to_say) = mpsc::unbounded_channel();
        let seat = Self {
            sid: sid.into(),
            project: grant.project.clone().unwrap_or_default(),
            grant,
            peer,
            closed: CancellationToken::new(),
            inbox: OnceLock::new(),
            waiting_bytes: AtomicUsize::new(0),
            rooms: Mutex::new(Rooms::of(session)),
            sent: Mutex::default(),
            producing: Mutex::default(),
            obeying: Mutex::default(),
            words,
            commands: AtomicU64::new(0),
            presence: Mutex::new(presence),
        };
        (seat, to_say)
    }

    pub(super) fn rooms(&self) -> MutexGuard<'_, Rooms> {
        lock(&self.rooms)
    }

    pub(super) fn may_view(&self) -> bool {
        self.grant.role.may(Right::View)
    }

    /// Refuses what their role does not include.
    pub(super) fn allow(&self, right: Right) -> Result<(), ApiError> {
        if self.grant.role.may(right) {
            return Ok(());
        }
        let message = format!(
            "a token of role `{}` may not {}",
            self.grant.role.as_str(),
            right.as_str()
        );
        Err(ApiError::new(ErrorCode::Forbidden, message))
    }

    /// Says something now.
    pub(super) fn say(&self, say: Say) {
        self.say_after(Offset(0), say);
    }

    /// Says something once everything up to an offset was said. A connection that is gone hears nothing.
    pub(super) fn say_after(&self, after: Offset, say: Say) {
        let _ = self.words.send(Box::new(Word { after, say }));
    }

    /// Says an event now.
    pub(super) fn emit(&self, name: &str, payload: &impl Serialize) {
        self.say(Say::Event(Emit::new(name, payload)));
    }

    /// Room for a message of so many bytes; it is taken until [`Seat::taken`].
    pub(super) fn make_room(&self, bytes: usize) -> bool {
        let waiting = self.waiting_bytes.fetch_add(bytes, Ordering::Relaxed);
        let fits = waiting == 0 || waiting + bytes <= MOST_WAITING_BYTES;
        if !fits {
            self.taken(bytes);
        }
        fits
    }

    pub(super) fn taken(&self, bytes: usize) {
        self.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Remembers an event that came from here: it is not sent back.
    pub(super) fn sends(&self, id: EventId) {
        if !self.may_view() {
            return;
        }
        let mut sent = lock(&self.sent);
        if sent.len() >= MOST_SENT {
            sent.pop_front();
        }
        sent.push_back(id);
    }

    /// Whether an event came from here; then it is met no more.
    pub(super) fn has_sent(&self, id: &EventId) -> bool {
        let mut sent = lock(&self.sent);
        let place = sent.iter().position(|own| own == id);
        place.is_some_and(|place| sent.remove(place).is_some())
    }

    /// It speaks for a session. `true` the first time.
    pub(super) fn produces(&self, session: &SessionId) -> bool {
        lock(&self.presence).is_producer();
        let mut producing = lock(&self.producing);
        !producing.contains(session) && producing.insert(session.clone())
    }

    /// The sessions it spoke for, now that it is gone.
    pub(super) fn take_produced(&self) -> HashSet<SessionId> {
        std::mem::take(&mut lock(&self.producing))
    }

    /// It is to take a session's commands. `true` where it did not try yet.
    pub(super) fn obeys(&self, session: &SessionId) -> bool {
        let mut obeying = lock(&self.obeying);
        !obeying.contains(session) && obeying.insert(session.clone())
    }

    /// It takes them no longer; the next event of the session tries again.
    pub(super) fn obeys_no_more(&self, session: &SessionId) {
        lock(&self.obeying).remove(session);
    }

    /// A key for a command that came without one: it tells whose it was.
    pub(super) fn command_key(&self) -> String {
        let n = self.commands.fetch_add(1, Ordering::Relaxed);
        format!("{SID_KEY}{}:{n}", self.sid)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The connection that a Socket.IO socket carries with it.
#[derive(Clone)]
pub(super) struct Seated(pub Arc<Seat>);
