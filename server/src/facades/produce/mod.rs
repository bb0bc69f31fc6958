//! Producers of a contract on sockets of their own: each text frame is an event, an array of them, or `{"events":[…]}`.
//!
//! In: frames, in order, as fast as they come. Out: events in the journal; `{"ack":<id>,"accepted":n}` where a frame
//! asked for it, after the fsync. Frames wait in a bounded inbox between the task that reads the socket and the one
//! that stores; when it is full the socket is not read, and nothing is thrown away.

mod feed;
mod inbox;
mod post;
mod talk;

use loopscope_event::{Dialect, ProjectId, SessionId};

use crate::access::{Grant, Peer};
use crate::deliver::Speaks;
use crate::runs::Seat;
pub(crate) use post::take;

use crate::socket::{Bounds, Wire, converse};
use crate::state::AppState;

/// The most bytes of frames that wait on one socket.
const INBOX_BYTES: usize = 8 << 20;

/// A producer on its socket.
pub(crate) struct Producer {
    /// Who it is.
    pub grant: Grant,
    /// From where.
    pub peer: Peer,
    /// What it speaks.
    pub dialect: Dialect,
    /// Where its events go.
    pub project: ProjectId,
    /// The session of events that name none.
    pub session_hint: Option<SessionId>,
    /// Its place among the sources of training runs.
    pub seat: Option<Seat>,
}

/// Takes what a producer sends until it leaves; what it sent is stored then.
pub(crate) async fn serve(state: AppState, wire: Wire, producer: Producer) {
    let mut presence = state.clients.enter(Speaks::Producer);
    presence.is_producer();
    let bounds = Bounds {
        message_bytes: state.config.limits.frame_bytes,
        ends: producer.grant.ends.clone(),
        shutdown: state.life.shutdown.clone(),
    };
    let waiting = producer.seat.is_some().then(|| state.trainers.waiting());
    let (inbox, frames) = inbox::inbox(INBOX_BYTES, waiting);
    let stored = tokio::spawn(feed::Feed::new(state.clone(), producer).run(frames));
    converse(wire, talk::Talk::new(inbox, presence), bounds).await;
    if let Err(error) = stored.await {
        tracing::error!(%error, "a producer's events could not be stored to the end");
    }
}
