//! The browser's source: the same REST that every other client uses.

use std::sync::Arc;

use loopscope_board::spans::SpansSnapshot;
use loopscope_board::widgets::WidgetsShown;
use loopscope_board::{SessionMoment, SessionSnapshot};
use loopscope_event::Offset;
use loopscope_protocol::{
    AlertRules, AlertsPage, Annotations, ApiError, AuditPage, Channels, CompareQuery, Comparison,
    DecisionsPage, Deliveries, ErrorCode, EventsPage, EventsQuery, Moment, Overview, SavedViews,
    SearchAnswer, SeriesAnswer, SeriesQuery, SessionsPage, SessionsQuery, Settings, SpansQuery,
    Widgets, percent_encode,
};
use send_wrapper::SendWrapper;
use serde::de::DeserializeOwned;

use super::wire::{fetch, upload};
use super::{AUDIT_ROWS, Loading, SessionKey};

/// The server that the page came from. Its methods are those of [`SnapshotSource`](super::SnapshotSource), by their
/// names alone: what reads the answers for one page is not brought to the others.
#[derive(Debug)]
pub struct Rest;

/// Where pages of the browser get their snapshots.
pub type Source = Arc<Rest>;

/// The source of this page.
pub fn source() -> Source {
    Arc::new(Rest)
}

fn get<T: DeserializeOwned + 'static>(path: String) -> Loading<T> {
    send(Way::Get, path, None)
}

/// What is done with a resource.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Way {
    Get,
    Post,
    Put,
    Remove,
}

/// Asks for one resource, or posts a body; reads the answer, or the error that came in its place.
pub(crate) fn send<T: DeserializeOwned + 'static>(
    way: Way,
    path: String,
    body: Option<String>,
) -> Loading<T> {
    Box::pin(SendWrapper::new(async move {
        read(&fetch(way, &path, body).await?)
    }))
}

/// Posts the file that was chosen in a field of the page; its name is put behind the address.
pub(crate) fn send_file<T: DeserializeOwned + 'static>(path: &str, field: &str) -> Loading<T> {
    let sent = upload(path, field);
    Box::pin(SendWrapper::new(async move { read(&sent.await?) }))
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    // What is gone has nothing to say.
    let text = if text.is_empty() { "null" } else { text };
    serde_json::from_str(text).map_err(|error| {
        ApiError::new(
            ErrorCode::Internal,
            format!("the answer cannot be read: {error}"),
        )
    })
}

#[expect(clippy::unused_self, reason = "called like the trait's methods")]
impl Rest {
    pub fn overview(&self) -> Loading<Overview> {
        get("/api/v1/overview".to_owned())
    }
    pub fn sessions(&self, query: SessionsQuery) -> Loading<SessionsPage> {
        get(format!("/api/v1/sessions?{}", query.to_query_string()))
    }
    pub fn session(&self, key: SessionKey) -> Loading<SessionSnapshot> {
        get(key.api("", ""))
    }
    pub fn moment(&self, key: SessionKey, at: Moment) -> Loading<SessionMoment> {
        let mut query = "at=".to_owned();
        percent_encode(&at.to_string(), &mut query);
        get(key.api("/board", &query))
    }
    pub fn annotations(&self, key: SessionKey) -> Loading<Annotations> {
        get(key.api("/annotations", ""))
    }
    pub fn events(&self, key: SessionKey, query: EventsQuery) -> Loading<EventsPage> {
        get(key.api("/events", &query.to_query_string()))
    }
    pub fn series(&self, key: SessionKey, query: SeriesQuery) -> Loading<SeriesAnswer> {
        get(key.api("/series", &query.to_query_string()))
    }
    pub fn spans(&self, key: SessionKey, query: SpansQuery) -> Loading<SpansSnapshot> {
        get(key.api("/spans", &query.to_query_string()))
    }
    pub fn compare(&self, query: CompareQuery) -> Loading<Comparison> {
        get(format!("/api/v1/compare?{}", query.to_query_string()))
    }
    pub fn views(&self) -> Loading<SavedViews> {
        get("/api/v1/views".to_owned())
    }
    pub fn search(&self, text: String, before: Option<Offset>) -> Loading<SearchAnswer> {
        let mut path = "/api/v1/search?q=".to_owned();
        percent_encode(&text, &mut path);
        if let Some(before) = before {
            path.push_str("&before=");
            path.push_str(&before.0.to_string());
        }
        get(path)
    }
    pub fn decisions(&self) -> Loading<DecisionsPage> {
        get("/api/v1/decisions".to_owned())
    }
    pub fn audit(&self, before: Option<i64>) -> Loading<AuditPage> {
        let before = before.map(|row| format!("&before={row}"));
        get(format!(
            "/api/v1/audit?limit={AUDIT_ROWS}{}",
            before.unwrap_or_default()
        ))
    }
    pub fn alerts(&self) -> Loading<AlertsPage> {
        get("/api/v1/alerts?limit=200".to_owned())
    }
    pub fn alert_rules(&self) -> Loading<AlertRules> {
        get("/api/v1/alerts/rules".to_owned())
    }
    pub fn alert_channels(&self) -> Loading<Channels> {
        get("/api/v1/alerts/channels".to_owned())
    }
    pub fn alert_deliveries(&self) -> Loading<Deliveries> {
        get("/api/v1/alerts/deliveries".to_owned())
    }
    pub fn widgets(&self) -> Loading<Widgets> {
        get("/api/v1/widgets".to_owned())
    }
    pub fn widgets_shown(
        &self,
        session: Option<SessionKey>,
        at: Option<Moment>,
    ) -> Loading<WidgetsShown> {
        let mut path = "/api/v1/widgets/shown".to_owned();
        if let Some(key) = session {
            path.push_str("?session=");
            percent_encode(key.id.as_str(), &mut path);
            if let Some(project) = key.foreign() {
                path.push_str("&project=");
                percent_encode(project, &mut path);
            }
        }
        if let Some(at) = at {
            path.push_str("&at=");
            percent_encode(&at.to_string(), &mut path);
        }
        get(path)
    }
    pub fn settings(&self) -> Loading<Settings> {
        get("/api/v1/settings".to_owned())
    }
}
