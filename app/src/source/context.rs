//! The server's source: the one it provides as context.

use std::sync::Arc;

use leptos::prelude::use_context;
use loopscope_board::spans::SpansSnapshot;
use loopscope_board::widgets::WidgetsShown;
use loopscope_board::{SessionMoment, SessionSnapshot};
use loopscope_event::Offset;
use loopscope_protocol::{
    AlertRules, AlertsPage, Annotations, ApiError, AuditPage, Channels, CompareQuery, Comparison,
    DecisionsPage, Deliveries, ErrorCode, EventsPage, EventsQuery, Moment, Overview, SavedViews,
    SearchAnswer, SeriesAnswer, SeriesQuery, SessionsPage, SessionsQuery, Settings, SpansQuery,
    Widgets,
};

use super::{Loading, SessionKey, SnapshotSource};

/// A maker of snapshots, shared by all components.
pub type Source = Arc<dyn SnapshotSource>;

/// The source that the server provided; without one, a source that says so.
pub fn source() -> Source {
    use_context::<Source>().unwrap_or_else(|| Arc::new(Missing))
}

/// Stands in while the list of routes is made, where nothing is loaded.
struct Missing;

fn missing<T: Send + 'static>() -> Loading<T> {
    let message = "this server provides no data to its pages";
    Box::pin(std::future::ready(Err(ApiError::new(
        ErrorCode::Internal,
        message,
    ))))
}

impl SnapshotSource for Missing {
    fn overview(&self) -> Loading<Overview> {
        missing()
    }
    fn sessions(&self, _: SessionsQuery) -> Loading<SessionsPage> {
        missing()
    }
    fn session(&self, _: SessionKey) -> Loading<SessionSnapshot> {
        missing()
    }
    fn moment(&self, _: SessionKey, _: Moment) -> Loading<SessionMoment> {
        missing()
    }
    fn annotations(&self, _: SessionKey) -> Loading<Annotations> {
        missing()
    }
    fn events(&self, _: SessionKey, _: EventsQuery) -> Loading<EventsPage> {
        missing()
    }
    fn series(&self, _: SessionKey, _: SeriesQuery) -> Loading<SeriesAnswer> {
        missing()
    }
    fn spans(&self, _: SessionKey, _: SpansQuery) -> Loading<SpansSnapshot> {
        missing()
    }
    fn compare(&self, _: CompareQuery) -> Loading<Comparison> {
        missing()
    }
    fn views(&self) -> Loading<SavedViews> {
        missing()
    }
    fn search(&self, _: String, _: Option<Offset>) -> Loading<SearchAnswer> {
        missing()
    }
    fn decisions(&self) -> Loading<DecisionsPage> {
        missing()
    }
    fn audit(&self, _: Option<i64>) -> Loading<AuditPage> {
        missing()
    }
    fn alerts(&self) -> Loading<AlertsPage> {
        missing()
    }
    fn alert_rules(&self) -> Loading<AlertRules> {
        missing()
    }
    fn alert_channels(&self) -> Loading<Channels> {
        missing()
    }
    fn alert_deliveries(&self) -> Loading<Deliveries> {
        missing()
    }
    fn widgets(&self) -> Loading<Widgets> {
        missing()
    }
    fn widgets_shown(&self, _: Option<SessionKey>, _: Option<Moment>) -> Loading<WidgetsShown> {
        missing()
    }
    fn settings(&self) -> Loading<Settings> {
        missing()
    }
}
