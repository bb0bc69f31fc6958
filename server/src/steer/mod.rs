//! The desk: it owns the life of commands, from who asks to what the program says.
//!
//! In: commands that are asked for, programs that attach, receipts, the passing of time, sessions that end. Out: steps
//! in the journal (row and event in one transaction, [`steps`]), commands in the hands of the session's runner, and
//! the answer to whoever asked, after the fsync.
//!
//! In memory is what is not over: a [`seat`](seats) a session, with its open commands and its runner. One thing at a
//! time happens on a seat, so what is checked still holds when it is written; different sessions do not wait for each
//! other. Nothing here is true before the journal has it, and everything here is read from the journal at the start.
//!
//! A transport brings a runner by [`Desk::attach`] and gets a channel of what the program is to be told
//! ([`ToRunner`]); long polling, which has no channel, asks by [`Desk::poll`].

mod ask;
mod check;
mod decisions;
mod inbox;
mod load;
mod poll;
mod queue;
mod receipts;
mod runners;
mod seats;
mod standing;
mod steps;
mod time;

use std::sync::Arc;

use loopscope_board::Board;
use loopscope_event::{ProjectId, SessionId};
use loopscope_journal::{Journal, JournalError};
use loopscope_protocol::{ApiError, ErrorCode};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub(crate) use ask::{AsTold, Asked};
pub(crate) use inbox::Listed;
pub(crate) use poll::Poller;
pub(crate) use runners::{Attachment, NewRunner, ToRunner};
pub(crate) use steps::unwritten;
pub(crate) use time::Ends;

use crate::fold::Fold;
use inbox::Inbox;
use seats::Seats;
use standing::Standing;

/// A session's names.
pub(crate) type Key = (ProjectId, SessionId);

/// See the module. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Desk(Arc<Inner>);

struct Inner {
    journal: Journal,
    fold: Fold,
    tasks: TaskTracker,
    shutdown: CancellationToken,
    seats: Seats,
    inbox: Inbox,
    standing: Standing,
}

impl Desk {
    /// A desk that knows of nothing yet; [`Desk::load`] brings what the journal has.
    pub(crate) fn new(
        journal: Journal,
        fold: Fold,
        tasks: TaskTracker,
        shutdown: CancellationToken,
    ) -> Self {
        Self(Arc::new(Inner {
            journal,
            fold,
            tasks,
            shutdown,
            seats: Seats::default(),
            inbox: Inbox::default(),
            standing: Standing::default(),
        }))
    }

    /// Runs to its end, whatever becomes of who asked: what was written must be remembered too, also where a client
    /// hangs up half-way.
    async fn whole<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
    ) -> Result<T, ApiError> {
        let done = self.0.tasks.spawn(work).await;
        done.unwrap_or_else(|error| {
            tracing::error!(%error, "a step of a command broke");
            Err(ApiError::new(
                ErrorCode::Internal,
                "it broke half-way; ask how the command stands",
            ))
        })
    }

    /// A session's board; `None` where it has no events.
    async fn board(&self, key: &Key) -> Result<Option<Arc<Board>>, ApiError> {
        let found = self.0.fold.board(&key.0, &key.1).await;
        let found = found.map_err(|error| {
            tracing::error!(%error, session = key.1.as_str(), "a session could not be read");
            ApiError::new(ErrorCode::Internal, "the session could not be read")
        })?;
        Ok(found.map(|(board, _)| board))
    }
}

/// A read of the journal that failed, as an answer.
fn unreadable(error: &JournalError) -> ApiError {
    if matches!(error, JournalError::Closed) {
        return ApiError::new(ErrorCode::ShuttingDown, "the server is shutting down");
    }
    tracing::error!(%error, "commands could not be read");
    ApiError::new(ErrorCode::Internal, "the journal could not be read")
}

/// There is no such session.
fn unknown_session(key: &Key) -> ApiError {
    let message = format!("there is no session `{}` in project `{}`", key.1, key.0);
    ApiError::new(ErrorCode::NotFound, message)
}

/// There is no such command here.
fn unknown_command(id: &loopscope_event::CommandId) -> ApiError {
    ApiError::new(
        ErrorCode::NotFound,
        format!("there is no command `{id}` in this session"),
    )
}

/// The session is over: nobody is there to obey.
fn ended(key: &Key) -> ApiError {
    let message = format!("session `{}` has ended; nothing can be asked of it", key.1);
    ApiError::new(ErrorCode::Conflict, message)
}
