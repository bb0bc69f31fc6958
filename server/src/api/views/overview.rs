//! Everything that the Overview shows.

use loopscope_board::describe;
use loopscope_event::{Event, ProjectId};
use loopscope_journal::{SessionQuery, SessionSort};
use loopscope_protocol::{ApiError, Overview, SessionStatus, SessionSummary};

use super::sessions::newest;
use super::{crews, numbers, unreadable};
use crate::fold::summary_of;
use crate::life::now;
use crate::state::AppState;

const RUNNING: u32 = 50;
const RECENT: u32 = 10;
const EVENTS: usize = 50;
const LINES: usize = 12;
const SYSTEMS: u32 = 12;

/// The Overview of a project, or over all.
pub(crate) async fn overview(
    state: &AppState,
    project: Option<&ProjectId>,
) -> Result<Overview, ApiError> {
    state.fold.settle().await;
    let cursor = state.fold.cursor();
    let by_event = SessionSort::LastEvent;
    let running = rows(
        state,
        project,
        |status| !status.is_ended(),
        by_event,
        RUNNING,
    )
    .await?;
    let by_end = SessionSort::Ended;
    let recent = rows(state, project, SessionStatus::is_ended, by_end, RECENT).await?;
    let events = events(state, project);
    Ok(Overview {
        metrics: numbers(state, project).await?,
        running,
        recent,
        systems: crews::systems(state, project, SYSTEMS).await?,
        lines: events.iter().take(LINES).map(describe).collect(),
        events,
        sources: if project.is_none() {
            state.sources.rows()
        } else {
            Vec::new()
        },
        cursor,
        server_time: now(),
    })
}

/// Sessions of some statuses, the latest first.
async fn rows(
    state: &AppState,
    project: Option<&ProjectId>,
    wanted: impl Fn(SessionStatus) -> bool,
    sort: SessionSort,
    limit: u32,
) -> Result<Vec<SessionSummary>, ApiError> {
    let statuses = SessionStatus::ALL.iter().copied();
    let query = SessionQuery {
        project: project.cloned(),
        statuses: statuses
            .filter(|status| wanted(*status))
            .map(|status| status.as_str().to_owned())
            .collect(),
        sort,
        limit,
        ..SessionQuery::default()
    };
    let page = state.journal.sessions(&query).await;
    let page = page.map_err(|error| unreadable(&error))?;
    let rows = page
        .rows
        .into_iter()
        .map(|row| newest(state, summary_of(row)));
    // A session may have ended since its row was written.
    Ok(rows.filter(|row| wanted(row.status)).collect())
}

/// The newest events, newest first, as far back as memory reaches.
fn events(state: &AppState, project: Option<&ProjectId>) -> Vec<Event> {
    let is_wanted = |event: &Event| project.is_none_or(|project| *project == event.project);
    let newest = state.ring.newest(EVENTS, is_wanted);
    newest.iter().map(|event| (**event).clone()).collect()
}
