//! What a connection asked of a session's desk and is not answered yet. Each waits for the one before it on the same
//! session, so a program that attaches twice, or attaches and leaves in one breath, meets itself and not another.

use std::pin::Pin;
use std::task::{Context, Poll};

use loopscope_protocol::{ApiError, ErrorCode};

use crate::steer::{Attachment, Desk, Key, NewRunner};

/// One thing that was asked.
pub(super) struct Turn {
    /// The session.
    pub key: Key,
    /// The request's own name, for its answer.
    pub id: Option<String>,
    work: Work,
}

/// What was asked.
pub(super) enum Ask {
    /// To be the session's runner.
    Attach(Desk, NewRunner),
    /// To be it no longer.
    Detach,
}

/// How it went.
pub(super) enum Done {
    /// The connection is the runner.
    Attached(Box<Attachment>),
    /// It is the runner no longer.
    Detached,
    /// It was refused.
    Refused(ApiError),
}

enum Work {
    /// Its turn has not come; nothing in it where it is being taken.
    Waits(Option<Ask>),
    Runs(Pin<Box<dyn Future<Output = Done> + Send>>),
}

impl Turn {
    pub(super) const fn new(key: Key, id: Option<String>, ask: Ask) -> Self {
        let work = Work::Waits(Some(ask));
        Self { key, id, work }
    }

    /// Goes on with it, as its turn has come. `attached` is what the connection is the runner of.
    pub(super) fn poll(
        &mut self,
        cx: &mut Context<'_>,
        attached: &mut Vec<Attachment>,
    ) -> Poll<Done> {
        loop {
            match &mut self.work {
                Work::Runs(running) => return running.as_mut().poll(cx),
                Work::Waits(ask) => {
                    let Some(ask) = ask.take() else {
                        return Poll::Pending;
                    };
                    let place = attached.iter().position(|known| *known.key() == self.key);
                    let present = place.map(|place| attached.remove(place));
                    self.work = Work::Runs(begin(self.key.clone(), ask, present));
                }
            }
        }
    }
}

/// Begins. `present` is the connection's own attachment: it gives way to what is asked.
fn begin(
    key: Key,
    ask: Ask,
    present: Option<Attachment>,
) -> Pin<Box<dyn Future<Output = Done> + Send>> {
    Box::pin(async move {
        match (ask, present) {
            (Ask::Attach(desk, new), present) => {
                // Its channel closed is how the desk knows that the place is free.
                drop(present);
                match desk.attach(&key, new).await {
                    Ok(attachment) => Done::Attached(Box::new(attachment)),
                    Err(error) => Done::Refused(error),
                }
            }
            (Ask::Detach, Some(present)) => {
                present.leave().await;
                Done::Detached
            }
            (Ask::Detach, None) => {
                let message = "this connection is not the session's runner";
                Done::Refused(ApiError::new(ErrorCode::NotFound, message))
            }
        }
    })
}
