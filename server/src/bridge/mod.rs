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
mod status;

use std::collections::HashMap;

use loopscope_journal::SourcedSession;
use loopscope_protocol::SessionStatus;

pub(crate) use dial::Beat;
pub(crate) use marks::{give_up, remember};
pub(crate) use status::Sources;

use crate::life::now;
use crate::state::AppState;
use feed::Feed;
use links::Links;
use queue::Queue;

/// Follows every configured loop until the server stops.
pub(crate) async fn start(state: &AppState, beat: Beat) {
    let mut left = left_behind(state).await;
    let mut urls = state.config.convergence_urls.clone();
    urls.sort();
    urls.dedup();
    for url in urls {
        let row = state.sources.add(&url, now());
        let mut links = Links::default();
        for session in left.remove(row.url()).unwrap_or_default() {
            let lost = session.status == SessionStatus::Interrupted.as_str();
            links.remember(session.session_id, lost);
        }
        let (queue, signals) = Queue::new(beat.queue_bytes);
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
    // Whoever was followed by the server before and is not any more will not be heard of again.
    for url in left.into_keys().filter(|url| url.contains("://")) {
        give_up(state, &url, "not followed any more").await;
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
