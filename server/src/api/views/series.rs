//! A session's metrics, stretches of its series, and all their points.

use loopscope_event::{ProjectId, SessionId};
use loopscope_protocol::{
    ApiError, ErrorCode, MAX_SERIES_NAMES, MetricsAnswer, SeriesAnswer, SeriesQuery,
};

use super::{unknown_session, unreadable};
use crate::series::{SeriesError, Table};
use crate::state::AppState;

/// Every metric of a session.
pub(crate) async fn metrics(
    state: &AppState,
    project: &ProjectId,
    session: &SessionId,
) -> Result<MetricsAnswer, ApiError> {
    must_exist(state, project, session).await?;
    let answer = state.series.metrics(project, session).await;
    answer.map_err(|error| broken(&error))
}

/// Stretches of its series.
pub(crate) async fn series(
    state: &AppState,
    project: &ProjectId,
    session: &SessionId,
    query: &SeriesQuery,
) -> Result<SeriesAnswer, ApiError> {
    must_name(query)?;
    must_exist(state, project, session).await?;
    let answer = state.series.stretches(project, session, query).await;
    answer.map_err(|error| broken(&error))
}

/// The points of its series.
pub(crate) async fn series_table(
    state: &AppState,
    project: &ProjectId,
    session: &SessionId,
    query: SeriesQuery,
) -> Result<Table, ApiError> {
    must_name(&query)?;
    must_exist(state, project, session).await?;
    let key = (project.clone(), session.clone());
    let table = state.series.table(&key, query).await;
    table.map_err(|error| broken(&error))
}

fn must_name(query: &SeriesQuery) -> Result<(), ApiError> {
    if query.names.is_empty() {
        let message = format!("name 1 to {MAX_SERIES_NAMES} metrics: `?name=…&name=…`");
        return Err(ApiError::field("name", message));
    }
    Ok(())
}

async fn must_exist(
    state: &AppState,
    project: &ProjectId,
    session: &SessionId,
) -> Result<(), ApiError> {
    let found = state.journal.session(project, session).await;
    match found.map_err(|error| unreadable(&error))? {
        Some(_) => Ok(()),
        None => Err(unknown_session(project, session)),
    }
}

fn broken(error: &SeriesError) -> ApiError {
    match error {
        SeriesError::Journal(error) => unreadable(error),
        SeriesError::Unreadable => {
            tracing::error!("a stored series cannot be read");
            ApiError::new(ErrorCode::Internal, "the series could not be read")
        }
    }
}
