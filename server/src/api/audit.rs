//! `GET /api/v1/audit`: who did what. In: a page. Out: rows, newest first; whoever steers sees what is about commands.

use axum::Json;
use axum::extract::{RawQuery, State};
use loopscope_journal::{AuditEntry, AuditQuery};
use loopscope_protocol::{AuditPage, AuditRow};

use super::{Pairs, views};
use crate::access::{Role, Steerer};
use crate::error::Problem;
use crate::state::AppState;

/// The most rows on a page.
const MOST: u32 = 500;

pub(crate) async fn page(
    State(state): State<AppState>,
    Steerer(grant): Steerer,
    RawQuery(query): RawQuery,
) -> Result<Json<AuditPage>, Problem> {
    let pairs = Pairs::read(query.as_deref());
    let limit = pairs.parse("limit")?.unwrap_or(100).clamp(1, MOST);
    let query = AuditQuery {
        before: pairs.parse("before")?,
        project: grant.project(pairs.parse("project")?)?,
        session_id: pairs.parse("session")?,
        action: (grant.role != Role::Admin).then(|| "command.".to_owned()),
        limit: limit + 1,
    };
    let found = state.journal.audit(&query).await;
    let mut found = found.map_err(|error| views::unreadable(&error))?;
    let is_more = found.len() > limit as usize;
    found.truncate(limit as usize);
    Ok(Json(AuditPage {
        next: found.last().filter(|_| is_more).map(|row| row.id),
        entries: found.into_iter().map(row).collect(),
    }))
}

fn row(AuditEntry { id, entry }: AuditEntry) -> AuditRow {
    AuditRow {
        id,
        at: entry.at,
        who: entry.who,
        action: entry.action,
        subject: entry.subject,
        session_id: entry.session.map(|(_, session)| session),
        detail: entry.detail,
    }
}
