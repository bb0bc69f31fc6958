//! Systems of agents: their rows, and what they did together.

use loopscope_event::{Dialect, ProjectId};
use loopscope_journal::{SessionQuery, SessionSort};
use loopscope_protocol::{ApiError, CrewTotals, SessionSummary};

use super::sessions::newest;
use super::unreadable;
use crate::fold::summary_of;
use crate::state::AppState;

/// How many rows are read at once.
const PAGE: u32 = 200;
/// The most pages of them: systems are few, and each is long-lived.
const PAGES: usize = 10;

/// The newest so many systems, the one with the newest event first.
pub(super) async fn systems(
    state: &AppState,
    project: Option<&ProjectId>,
    limit: u32,
) -> Result<Vec<SessionSummary>, ApiError> {
    Ok(page(state, project, limit, None).await?.0)
}

/// What all of them did; `None` where there is none.
pub(super) async fn totals(
    state: &AppState,
    project: Option<&ProjectId>,
) -> Result<Option<CrewTotals>, ApiError> {
    let mut totals = CrewTotals::default();
    let (mut sum, mut count) = (0.0, 0_u64);
    let mut after = None;
    for _ in 0..PAGES {
        let (rows, next) = page(state, project, PAGE, after.take()).await?;
        for crew in rows.iter().filter_map(|row| row.crew.as_ref()) {
            totals.systems += 1;
            totals.agents_executed += crew.agents_executed;
            totals.agents_failed += crew.agents_failed;
            totals.active_agents += crew.active_agents;
            totals.opportunities += crew.opportunities;
            sum += crew.quality_sum;
            count += crew.quality_count;
        }
        after = next;
        if after.is_none() {
            break;
        }
    }
    totals.average_quality = (count > 0).then(|| sum / count as f64);
    Ok((totals.systems > 0).then_some(totals))
}

async fn page(
    state: &AppState,
    project: Option<&ProjectId>,
    limit: u32,
    after: Option<String>,
) -> Result<(Vec<SessionSummary>, Option<String>), ApiError> {
    let query = SessionQuery {
        project: project.cloned(),
        dialects: vec![Dialect::Agents],
        sort: SessionSort::LastEvent,
        limit,
        after,
        ..SessionQuery::default()
    };
    state.fold.settle().await;
    let page = state.journal.sessions(&query).await;
    let page = page.map_err(|error| unreadable(&error))?;
    let rows = page
        .rows
        .into_iter()
        .map(|row| newest(state, summary_of(row)));
    Ok((rows.collect(), page.next))
}
