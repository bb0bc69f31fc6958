//! The bridge: it dials the loops and hands what they send to intake.
//!
//! In: the addresses of loops (`--convergence-url`). Out: their events in the journal, and a row a loop for the pages.
//! Each loop has two tasks: one reads its link and never waits for the disk ([`follow`]), one stores ([`feed`]).

mod backoff;
mod dial;
mod feed;
mod follow;
mod links;
mod marks;
mod queue;
mod runner;
mod status;

use std::collections::{HashMap, HashSet};

use loopscope_journal::SourcedSession;
use loopscope_protocol::SessionStatus;

pub(crate) use dial::Beat;
use marks::give_up;
pub(crate) use marks::remember;
pub(crate) use status::Sources;

use crate::life::now;
use crate::state::AppState;
use feed::Feed;
use links::Links;
use queue::Queue;

/// Follows every configured loop until the server stops.
pub(crate) async fn start(state: &AppState, beat: Beat) {
    let mut left = left_behind(state).await;
    let mut followed = HashSet::new();
    for url in state.config.convergence_urls.clone() {
        if !followed.insert(url.clone()) {
            continue;
        }
        let row = state.sources.add(&url, now());
        let mut links = Links::default();
        for session in left.remove(row.url()).unwrap_or_default() {
            let lost = session.status == SessionStatus::Interrupted.as_str();
            links.remember(session.session_id, lost);
        }
        let (queue, signals) = Queue::new(beat.queue_bytes);
        let queue = queue.with_desk(state.desk.clone());
        let feed = Feed::new(state.clone(), row.clone(), links, beat.grace);
        state.life.tasks.spawn(feed.run(signals));
        let shutdown = state.life.shutdown.clone();
        state.life.tasks.spawn(async move {
            tokio::select! {
                () = follow::follow(&url, &queue, &row, &beat, now) => {}
                () = shutdown.cancelled() => {}
            }
        });
    }
    // What the server followed before and does not any more, a simulation too, will not be heard of again.
    left.remove(crate::facades::orchestrator::SOURCE);
    for source in left.into_keys() {
        give_up(state, &source, "not followed any more").await;
    }
}

/// The sessions that had not ended when the server stopped, by the address they came from.
async fn left_behind(state: &AppState) -> HashMap<String, Vec<SourcedSession>> {
    let found = state
        .journal
        .unended_with_source()
        .await
        .unwrap_or_else(|error| {
            tracing::warn!(%error, "the sessions of the last run could not be read");
            Vec::new()
        });
    let mut by_source: HashMap<String, Vec<SourcedSession>> = HashMap::new();
    for session in found {
        by_source
            .entry(session.source.clone())
            .or_default()
            .push(session);
    }
    by_source
}
