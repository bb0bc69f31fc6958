//! The list of sessions, and one session.

use loopscope_board::{SessionMoment, SessionSnapshot};
use loopscope_event::{Dialect, ProjectId, SessionId};
use loopscope_journal::SessionQuery;
use loopscope_protocol::{
    ApiError, ErrorCode, Facets, Moment, SessionSort, SessionSummary, SessionsPage, SessionsQuery,
};

use super::{unknown_session, unreadable};
use crate::fold::{LoadError, summary_of};
use crate::life::now;
use crate::state::AppState;

/// How many rows a page has where nothing is said.
const PAGE: u32 = 50;

/// One page of the list. `query.project` is what the asker may see.
pub(crate) async fn sessions(
    state: &AppState,
    query: &SessionsQuery,
) -> Result<SessionsPage, ApiError> {
    state.fold.settle().await;
    // What the rows account for at least; a client that goes on from here sees every later change.
    let cursor = state.fold.cursor();
    let mut wanted = wanted(query);
    if let Some(text) = &query.text {
        let keys = super::search::keys(state, text).await;
        wanted.or_keys = keys.map_err(|error| unreadable(&error))?;
    }
    let page = state.journal.sessions(&wanted).await;
    let page = page.map_err(|error| unreadable(&error))?;
    let facets = state.journal.facets(&wanted).await;
    let facets = facets.map_err(|error| unreadable(&error))?;
    let keys: Vec<_> = page
        .rows
        .iter()
        .map(|row| (row.project.clone(), row.session_id.clone()))
        .collect();
    let tags = state.journal.tags_of(&keys).await;
    let rows = page.rows.into_iter().map(summary_of);
    Ok(SessionsPage {
        tags: tags.map_err(|error| unreadable(&error))?,
        sessions: rows.map(|row| newest(state, row)).collect(),
        next: page.next,
        total: page.total,
        facets: Facets {
            status: facets.statuses,
            kind: by_name(facets.dialects),
            project: facets.projects,
            target: facets.targets,
            tag: facets.tags,
            with_errors: facets.with_errors,
            with_open_findings: facets.with_open_findings,
        },
        cursor,
        server_time: now(),
    })
}

/// One session, as its page shows it.
pub(crate) async fn session(
    state: &AppState,
    project: &ProjectId,
    session: &SessionId,
) -> Result<SessionSnapshot, ApiError> {
    let found = state.fold.session(project, session).await;
    let found = found.map_err(|error| unfolded(session, &error))?;
    found.ok_or_else(|| unknown_session(project, session))
}

/// One session, as its page showed it at a moment.
pub(crate) async fn moment(
    state: &AppState,
    project: &ProjectId,
    session: &SessionId,
    at: Moment,
) -> Result<SessionMoment, ApiError> {
    let found = state.fold.moment(project, session, at).await;
    let found = found.map_err(|error| unfolded(session, &error))?;
    found.ok_or_else(|| unknown_session(project, session))
}

fn unfolded(session: &SessionId, error: &LoadError) -> ApiError {
    tracing::error!(%error, session = session.as_str(), "a session could not be read");
    ApiError::new(ErrorCode::Internal, "the session could not be read")
}

/// The row, or a newer one that is not written yet.
pub(super) fn newest(state: &AppState, row: SessionSummary) -> SessionSummary {
    let live = state.fold.live_row(&row.project, &row.session_id);
    match live {
        Some(live) if live.events >= row.events => live,
        _ => row,
    }
}

fn by_name(dialects: Vec<(Dialect, u64)>) -> Vec<(String, u64)> {
    let names = dialects.into_iter();
    names
        .map(|(dialect, count)| (dialect.as_str().to_owned(), count))
        .collect()
}

pub(super) fn wanted(query: &SessionsQuery) -> SessionQuery {
    SessionQuery {
        project: query.project.clone(),
        statuses: query
            .status
            .iter()
            .map(|status| status.as_str().to_owned())
            .collect(),
        dialects: query.kind.clone(),
        targets: query.target.clone(),
        tags: query.tag.clone(),
        started_from: query.since,
        started_before: query.until,
        search: query.text.clone(),
        search_tags: true,
        has_errors: query.with_errors.then_some(true),
        has_open_findings: query.with_open_findings.then_some(true),
        sort: sort(query.sort),
        ascending: query.ascending,
        after: query.after.clone(),
        limit: if query.limit == 0 { PAGE } else { query.limit },
        ..SessionQuery::default()
    }
}

const fn sort(sort: SessionSort) -> loopscope_journal::SessionSort {
    use loopscope_journal::SessionSort as Column;
    match sort {
        SessionSort::Latest => Column::LastEvent,
        SessionSort::Started => Column::Started,
        SessionSort::Name => Column::Name,
        SessionSort::Duration => Column::Duration,
        SessionSort::Iteration => Column::Iteration,
        SessionSort::Findings => Column::FindingsOpen,
        SessionSort::Fixes => Column::Fixes,
        SessionSort::Status => Column::Status,
        SessionSort::Kind => Column::Dialect,
        SessionSort::Quality => Column::Quality,
    }
}
