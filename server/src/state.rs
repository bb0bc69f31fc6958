//! What every part of the server shares. Made once at start; cheap to clone.

use std::ops::Deref;
use std::sync::Arc;

use loopscope_event::{Cursor, Offset};
use loopscope_journal::Journal;
use loopscope_protocol::ResetReason;

use crate::access::Access;
use crate::alerts::Alerts;
use crate::api::views::Numbers;
use crate::backup::Backups;
use crate::bridge::Sources;
use crate::config::Config;
use crate::deliver::Clients;
use crate::facades::orchestrator::Sockets;
use crate::fold::Fold;
use crate::life::Life;
use crate::ring::{Pages, Reader, Ring};
use crate::runs::Trainers;
use crate::series::AllSeries;
use crate::spans::AllSpans;
use crate::steer::Desk;
use crate::telemetry::Telemetry;
use crate::widgets::AllWidgets;

/// The server's parts.
#[derive(Clone)]
pub(crate) struct AppState(Arc<Parts>);

/// See [`AppState`].
pub(crate) struct Parts {
    pub config: Config,
    pub journal: Journal,
    pub ring: Arc<Ring>,
    pub pages: Arc<dyn Pages>,
    pub fold: Fold,
    pub series: AllSeries,
    pub spans: AllSpans,
    pub widgets: AllWidgets,
    pub desk: Desk,
    pub alerts: Alerts,
    pub access: Access,
    pub sources: Sources,
    pub clients: Clients,
    pub orchestrator: Sockets,
    pub trainers: Trainers,
    pub life: Life,
    pub telemetry: Telemetry,
    pub numbers: Numbers,
    pub backups: Backups,
}

impl AppState {
    /// Puts the parts together.
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// A reader of every event after an offset.
    pub(crate) fn reader(&self, after: Offset) -> Reader {
        Reader::new(Arc::clone(&self.ring), Arc::clone(&self.pages), after)
    }

    /// A reader of every event from now on.
    pub(crate) fn reader_from_now(&self) -> Reader {
        self.reader(self.ring.head())
    }

    /// A reader that goes on from a cursor; where that would leave a gap, the reason, and the caller starts from
    /// now.
    pub(crate) fn resume(&self, since: Cursor) -> Result<Reader, ResetReason> {
        self.pages.check(since)?;
        // A cursor can be ahead of what is visible by a pulse: its client published, and got the receipt first.
        Ok(self.reader(since.offset))
    }
}

impl Deref for AppState {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
