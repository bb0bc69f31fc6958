//! Puts the server's parts together. In: a configuration. Out: the shared state, and the tasks that live beside it.

use std::sync::{Arc, OnceLock};

use loopscope_journal::{Committed, Journal, JournalConfig, JournalError};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::ServeError;
use crate::access::Access;
use crate::alerts::Alerts;
use crate::api::views::Numbers;
use crate::backup::Backups;
use crate::bridge::{self, Beat, Sources};
use crate::config::Config;
use crate::deliver::Clients;
use crate::facades::orchestrator::Sockets;
use crate::facades::{self, convergence};
use crate::fold::{self, Fold};
use crate::life::Life;
use crate::mock;
use crate::ring::{self, Encoders, JournalPages, Pages, Reader, Ring, RingLimits};
use crate::runs::Trainers;
use crate::search;
use crate::series::{self, AllSeries};
use crate::spans::AllSpans;
use crate::state::{AppState, Parts};
use crate::steer::{Desk, Ends};
use crate::telemetry::Telemetry;
use crate::widgets::{self, AllWidgets};

/// How many of the newest events a ring begins with: those whom a restart cut off find what they missed in memory.
const TAIL_EVENTS: usize = 4_096;
const TAIL_BYTES: usize = 8 << 20;

/// Opens the journal and makes everything that stands on it; also the fold's reader, which begins where the journal
/// ends.
pub(super) async fn assemble(config: Config) -> Result<(AppState, Reader), ServeError> {
    let telemetry = Telemetry::install();
    let slot: Arc<OnceLock<Arc<Ring>>> = Arc::default();
    let journal = open_journal(&config, Arc::clone(&slot)).await?;
    let ring = make_ring(&config, &journal).await?;
    // Nothing is committed before: intake begins after this.
    let _ = slot.set(Arc::clone(&ring));
    let pages: Arc<dyn Pages> = Arc::new(JournalPages(journal.clone()));
    let reader = Reader::new(Arc::clone(&ring), Arc::clone(&pages), journal.head());
    let life = Life::begin();
    let fold = Fold::new(
        journal.clone(),
        config.limits.boards,
        journal.head(),
        fold::SPACING,
    );
    let desk = Desk::new(
        journal.clone(),
        fold.clone(),
        life.tasks.clone(),
        life.shutdown.clone(),
    );
    let alerts = Alerts::new(
        journal.clone(),
        fold.clone(),
        life.shutdown.clone(),
        config.refuse_private_addresses,
    );
    let widgets = AllWidgets::open(journal.clone(), fold.clone()).await?;
    let state = AppState::new(Parts {
        alerts,
        widgets,
        fold,
        series: AllSeries::new(journal.clone()),
        spans: AllSpans::new(journal.clone()),
        desk,
        access: Access::new(&config, journal.clone(), life.shutdown.clone()),
        sources: Sources::default(),
        clients: Clients::default(),
        orchestrator: Sockets::default(),
        trainers: Trainers::default(),
        backups: Backups::new(journal.clone(), config.db_path.clone(), life.tasks.clone()),
        config,
        journal,
        ring,
        pages,
        life,
        telemetry,
        numbers: Numbers::default(),
    });
    Ok((state, reader))
}

async fn open_journal(
    config: &Config,
    ring: Arc<OnceLock<Arc<Ring>>>,
) -> Result<Journal, ServeError> {
    let journal = JournalConfig {
        queue_bytes: config.limits.queue_bytes,
        max_bytes_hard: config.db_max_bytes,
        ..JournalConfig::new(&config.db_path)
    };
    let publish = move |committed: Committed| {
        if let Some(ring) = ring.get() {
            ring.publish(&committed.events);
        }
    };
    Ok(Journal::open(journal, publish).await?)
}

async fn make_ring(config: &Config, journal: &Journal) -> Result<Arc<Ring>, ServeError> {
    let limits = RingLimits {
        events: config.limits.ring_events,
        bytes: config.limits.ring_bytes,
    };
    let encoders = Encoders {
        epoch: journal.epoch(),
        convergence_flat: convergence::write_flat,
        convergence_nested: convergence::write_nested,
        contract: facades::write_contract,
    };
    let events = TAIL_EVENTS.min(config.limits.ring_events);
    let tail = ring::tail(journal, events, TAIL_BYTES)
        .await
        .map_err(|error| JournalError::Storage(error.to_string()))?;
    Ok(Arc::new(Ring::new(limits, encoders, journal.head(), &tail)))
}

/// Starts the ring's pulse, the fold and the series. They end after everything else, when `stop` says so.
pub(super) fn start_ring_and_fold(
    state: &AppState,
    reader: Reader,
    tasks: &TaskTracker,
    stop: &CancellationToken,
) {
    let (ring, pulse_stop) = (Arc::clone(&state.ring), stop.clone());
    tasks.spawn(async move { ring::pulse_until(&ring, pulse_stop).await });
    let series = state.reader_from_now();
    tasks.spawn(series::run(state.series.clone(), series, stop.clone()));
    tasks.spawn(search::run(state.journal.clone(), stop.clone()));
    let counting = state.clone();
    let reader_after = move |offset| counting.reader(offset);
    tasks.spawn(widgets::run(
        state.widgets.clone(),
        reader_after,
        stop.clone(),
    ));
    let ends = Ends(state.desk.clone(), state.life.tasks.clone());
    tasks.spawn(fold::run(state.fold.clone(), reader, ends, stop.clone()));
}

/// Starts whatever the configuration asks to follow.
pub(super) async fn start_sources(state: &AppState) {
    bridge::start(state, Beat::default()).await;
    if state.config.mock {
        mock::start(state, state.config.mock_pace);
    }
}
