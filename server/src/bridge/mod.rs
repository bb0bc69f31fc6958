//! The bridge: it dials loops and trainers and hands what they send to intake.
//!
//! In: their addresses (`--convergence-url`, `--training-url`). Out: their events in the journal, and a row each for the
//! pages. Each has two tasks: one reads its link and never waits for the disk ([`follow`]), one stores ([`feed`]).

mod backoff;
mod dial;
mod feed;
mod follow;
mod links;
pub(crate) mod marks;
mod nameless;
mod queue;
mod runner;
mod status;

use std::collections::{HashMap, HashSet};

use loopscope_event::{Dialect, ProjectId};
use loopscope_journal::SourcedSession;

pub(crate) use dial::Beat;
pub(crate) use links::{Links, Mark};
use marks::give_up;
pub(crate) use marks::remember;
pub(crate) use status::Sources;

use crate::life::now;
use crate::runs::{Name, Source, read_note};
use crate::state::AppState;
use feed::Feed;
use loopscope_dialects::training::Runs;
use queue::Queue;

/// Follows every configured program until the server stops.
pub(crate) async fn start(state: &AppState, beat: Beat) {
    let mut left = left_behind(state).await;
    // Those of sources that come to us are not ours to give up.
    left.retain(|source, _| read_note(source).is_none());
    let config = &state.config;
    let loops = config.convergence_urls.iter();
    let loops = loops.map(|url| (Dialect::Convergence, url));
    let trainers = config.training_urls.iter();
    let trainers = trainers.map(|url| (Dialect::Training, url));
    let mut followed = HashSet::new();
    for (dialect, url) in loops.chain(trainers) {
        if followed.insert(url) {
            follow_one(state, dialect, url, &mut left, beat).await;
        }
    }
    // What the server followed before and does not any more, a simulation too, will not be heard of again.
    left.remove(crate::facades::orchestrator::SOURCE);
    for source in left.into_keys() {
        give_up(state, &source, "not followed any more").await;
    }
}

async fn follow_one(
    state: &AppState,
    dialect: Dialect,
    url: &str,
    left: &mut HashMap<String, Vec<SourcedSession>>,
    beat: Beat,
) {
    let row = state.sources.add(url, now());
    let runs = (dialect == Dialect::Training).then(|| Runs::new(name_of(row.url())));
    let name = Name::Address(row.url().into());
    let source = Source::new(ProjectId::default(), name, runs, Links::default());
    for session in left.remove(row.url()).unwrap_or_default() {
        source.resume(state, session).await;
    }
    let (queue, signals) = Queue::new(beat.queue_bytes);
    let queue = match dialect {
        Dialect::Training => queue.counting(state.trainers.waiting()),
        _ => queue.with_desk(state.desk.clone()),
    };
    let feed = Feed::new(state.clone(), row.clone(), dialect, source, beat.grace);
    state.life.tasks.spawn(feed.run(signals));
    let beat = Beat {
        says_ping: dialect == Dialect::Convergence,
        ..beat
    };
    let (url, shutdown) = (url.to_owned(), state.life.shutdown.clone());
    state.life.tasks.spawn(async move {
        tokio::select! {
            () = follow::follow(&url, &queue, &row, &beat, now) => {}
            () = shutdown.cancelled() => {}
        }
    });
}

/// What runs of a dialled trainer are called by: its host and port.
fn name_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split('/').next().unwrap_or(rest);
    host.replace(':', "-")
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
