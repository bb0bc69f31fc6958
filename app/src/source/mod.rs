//! Where pages get their snapshots: the server hands them over directly, the browser asks over REST.
//!
//! One trait, two makers: `server` provides its own as context; the browser's (`rest.rs`) has the same methods, but is
//! called by its type, so that each page brings only what reads its own snapshots. It asks over a wire: HTTP, or, in the
//! static viewer, whoever opened the files. A page is a snapshot at
//! a cursor; what comes after it comes through the [store](crate::store).

#[cfg(feature = "browser")]
#[path = "rest.rs"]
mod here;
#[cfg(not(feature = "browser"))]
#[path = "context.rs"]
mod here;
mod key;
#[cfg(feature = "csr")]
#[path = "reach_files.rs"]
mod reach;
#[cfg(not(feature = "csr"))]
mod reach;
#[cfg(all(feature = "browser", not(feature = "csr")))]
mod wire;
#[cfg(feature = "csr")]
#[path = "files.rs"]
mod wire;

use std::pin::Pin;

use loopscope_board::spans::SpansSnapshot;
use loopscope_board::widgets::WidgetsShown;
use loopscope_board::{SessionMoment, SessionSnapshot};
use loopscope_event::Offset;
use loopscope_protocol::{
    AlertRules, AlertsPage, Annotations, ApiError, AuditPage, Channels, CompareQuery, Comparison,
    DecisionsPage, Deliveries, EventsPage, EventsQuery, Moment, Overview, SavedViews, SearchAnswer,
    SeriesAnswer, SeriesQuery, SessionsPage, SessionsQuery, Settings, SpansQuery, Widgets,
};

pub use here::{Source, source};
#[cfg(feature = "browser")]
pub(crate) use here::{Way, send, send_file};
pub use key::SessionKey;
pub use reach::HAS_SERVER;
#[cfg(feature = "csr")]
pub use wire::answer_by;

/// A snapshot on its way.
pub type Loading<T> = Pin<Box<dyn Future<Output = Result<T, ApiError>> + Send>>;

/// How many acts of the audit are loaded at once.
pub const AUDIT_ROWS: u32 = 50;

/// Where pages get their snapshots.
pub trait SnapshotSource: Send + Sync + 'static {
    /// Everything that the Overview shows.
    fn overview(&self) -> Loading<Overview>;
    /// One page of the sessions list.
    fn sessions(&self, query: SessionsQuery) -> Loading<SessionsPage>;
    /// A session's board; `not_found` where there is none.
    fn session(&self, key: SessionKey) -> Loading<SessionSnapshot>;
    /// A session as it was at a moment; `not_found` where there is no such session.
    fn moment(&self, key: SessionKey, at: Moment) -> Loading<SessionMoment>;
    /// The notes that people left in a session.
    fn annotations(&self, key: SessionKey) -> Loading<Annotations>;
    /// One page of a session's events.
    fn events(&self, key: SessionKey, query: EventsQuery) -> Loading<EventsPage>;
    /// Stretches of a session's metric series.
    fn series(&self, key: SessionKey, query: SeriesQuery) -> Loading<SeriesAnswer>;
    /// Stretches of a session's spans.
    fn spans(&self, key: SessionKey, query: SpansQuery) -> Loading<SpansSnapshot>;
    /// Runs side by side.
    fn compare(&self, query: CompareQuery) -> Loading<Comparison>;
    /// Lists of sessions that someone gave a name to.
    fn views(&self) -> Loading<SavedViews>;
    /// Sessions and events that have some words; events before an offset where one is named.
    fn search(&self, text: String, before: Option<Offset>) -> Loading<SearchAnswer>;
    /// Questions to people over all sessions: what waits first, then the newest answered.
    fn decisions(&self) -> Loading<DecisionsPage>;
    /// What people and programs did, newest first, before a row where one is named; `forbidden` for who only looks.
    fn audit(&self, before: Option<i64>) -> Loading<AuditPage>;
    /// Alerts over all sessions, the newest first.
    fn alerts(&self) -> Loading<AlertsPage>;
    /// The rules of alerts.
    fn alert_rules(&self) -> Loading<AlertRules>;
    /// Who is told of alerts elsewhere.
    fn alert_channels(&self) -> Loading<Channels>;
    /// What they were told.
    fn alert_deliveries(&self) -> Loading<Deliveries>;
    /// All widgets of the visitor's project.
    fn widgets(&self) -> Loading<Widgets>;
    /// The widgets of a session's page, as they are or as they were at a moment; without a session of the Overview.
    fn widgets_shown(
        &self,
        session: Option<SessionKey>,
        at: Option<Moment>,
    ) -> Loading<WidgetsShown>;
    /// The effective configuration and the storage.
    fn settings(&self) -> Loading<Settings>;
}
