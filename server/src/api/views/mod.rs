//! What the API and the pages answer with: the same functions serve both.
//!
//! In: the shared state, who asks (their project), a query. Out: the protocol's shapes.

mod alerts;
mod annotations;
mod audit;
mod compare;
mod crews;
mod events;
mod numbers;
mod overview;
mod saved;
mod search;
mod series;
mod sessions;
mod settings;
mod spans;

use loopscope_event::{ProjectId, SessionId};
use loopscope_journal::JournalError;
use loopscope_protocol::{ApiError, ErrorCode};

pub(crate) use alerts::{alert_rules, alerts, deliveries};
pub(crate) use annotations::annotations;
pub(crate) use audit::{AuditWanted, audit};
pub(crate) use compare::{compare, compare_table};
pub(crate) use events::events;
pub(crate) use numbers::{Numbers, numbers};
pub(crate) use overview::overview;
pub(crate) use saved::{saved_view, saved_views};
pub(crate) use search::{EVENTS as FOUND_EVENTS, search};
pub(crate) use series::{metrics, series, series_table};
pub(crate) use sessions::{moment, session, sessions};
pub(crate) use settings::settings;
pub(crate) use spans::{spans, trace};

/// A read of the journal that failed, as an answer.
pub(crate) fn unreadable(error: &JournalError) -> ApiError {
    match error {
        JournalError::BadToken => ApiError::field("after", "not a `next` of this list"),
        JournalError::Closed => {
            ApiError::new(ErrorCode::ShuttingDown, "the server is shutting down")
        }
        _ => {
            tracing::error!(%error, "the journal could not be read");
            ApiError::new(ErrorCode::Internal, "the journal could not be read")
        }
    }
}

/// There is no such session.
pub(crate) fn unknown_session(project: &ProjectId, session: &SessionId) -> ApiError {
    let message = format!("there is no session `{session}` in project `{project}`");
    ApiError::new(ErrorCode::NotFound, message)
}
