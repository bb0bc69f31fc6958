//! Programs that went without a word. In: connections that end, a server that starts. Out: `loopscope:source_lost` in
//! sessions that nobody speaks for any more.
//!
//! Producers of this contract close their connection right behind their last event, which then never leaves them; or
//! the network broke, and they are back in a moment. So a session is given up after a grace, as ended in a way that
//! nobody knows; whatever its program says later counts.

use std::sync::Arc;
use std::time::Duration;

use loopscope_dialects::loopscope;
use loopscope_event::Offset;

use super::SOURCE;
use super::seat::Seat;
use crate::intake::{Transport, submit_events};
use crate::life::now;
use crate::state::AppState;
use crate::steer::Key;

/// How long a program may be away.
const GRACE: Duration = Duration::from_secs(5);

/// How long it may be away after the server was.
const GRACE_OF_RESTART: Duration = Duration::from_secs(30);

/// A connection ended: the sessions that it spoke for are given up after a while, if nobody else does.
pub(super) fn left(state: &AppState, seat: &Arc<Seat>) {
    for session in seat.take_produced() {
        let key: Key = (seat.project.clone(), session);
        if state.orchestrator.falls_silent(&key) && !state.life.is_stopping() {
            let seen = state.journal.head();
            let state = state.clone();
            state.life.tasks.clone().spawn(async move {
                tokio::select! {
                    () = tokio::time::sleep(GRACE) => give_up(&state, &key, seen).await,
                    () = state.life.shutdown.cancelled() => {}
                }
            });
        }
    }
}

/// Sessions that programs reported over Socket.IO when the server stopped; who is not back in time is given up.
pub(super) async fn after_restart(state: AppState) {
    let seen = state.journal.head();
    let sessions = match state.journal.unended_with_source().await {
        Ok(sessions) => sessions,
        Err(error) => {
            tracing::warn!(%error, "the sessions of the last run could not be read");
            return;
        }
    };
    let left: Vec<Key> = sessions
        .into_iter()
        .filter(|session| session.source == SOURCE)
        .map(|session| (session.project, session.session_id))
        .collect();
    if left.is_empty() {
        return;
    }
    tokio::select! {
        () = tokio::time::sleep(GRACE_OF_RESTART) => {}
        () = state.life.shutdown.cancelled() => return,
    }
    for key in left {
        give_up(&state, &key, seen).await;
    }
}

/// Marks a session as lost, unless it ended, is lost already, or was heard of since.
async fn give_up(state: &AppState, key: &Key, seen: Offset) {
    if state.orchestrator.is_spoken_for(key) {
        return;
    }
    let board = match state.fold.board(&key.0, &key.1).await {
        Ok(Some((board, _))) => board,
        Ok(None) => return,
        Err(error) => {
            tracing::warn!(%error, session = %key.1, "a session could not be read");
            return;
        }
    };
    // Heard of over some other way, such as HTTP: it is not gone.
    let was_heard = board.offset() > seen && !is_own_word(&board);
    if board.status().is_ended() || board.machine().state() == "INTERRUPTED" || was_heard {
        return;
    }
    let (project, session) = key.clone();
    let event = loopscope::source_lost(project, session, now(), SOURCE, "disconnected");
    if let Err(error) = submit_events(state, vec![event], Transport::Own).await {
        tracing::warn!(%error, session = %key.1, "a session's end could not be noted");
    }
}

/// Whether the newest event is one of ours: that a runner left says nothing of the program.
fn is_own_word(board: &loopscope_board::Board) -> bool {
    board
        .lines()
        .back()
        .is_some_and(|line| line.name.starts_with("runner:") || line.name.starts_with("command:"))
}
