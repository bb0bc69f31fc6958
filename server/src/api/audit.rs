//! `GET /api/v1/audit`: who did what. In: a page. Out: rows, newest first.

use axum::Json;
use axum::extract::{RawQuery, State};
use loopscope_protocol::AuditPage;

use super::Pairs;
use super::views::{AuditWanted, audit};
use crate::access::Steerer;
use crate::error::Problem;
use crate::open::params::AuditPaging;
use crate::state::AppState;

/// The most rows on a page.
const MOST: u32 = 500;

#[utoipa::path(
    get,
    path = "/api/v1/audit",
    tag = "Server",
    summary = "Read the audit log",
    description = "The newest first. `admin` sees all of it, `control` what is about commands.",
    params(AuditPaging),
    responses(
        (status = 200, description = "The page", body = AuditPage),
    ),
    security(("bearer" = ["control"])),
)]
pub(crate) async fn page(
    State(state): State<AppState>,
    Steerer(grant): Steerer,
    RawQuery(query): RawQuery,
) -> Result<Json<AuditPage>, Problem> {
    let pairs = Pairs::read(query.as_deref());
    let wanted = AuditWanted {
        before: pairs.parse("before")?,
        project: grant.project(pairs.parse("project")?)?,
        session_id: pairs.parse("session")?,
        limit: pairs.bounded("limit", 1..=MOST)?.unwrap_or(100),
    };
    Ok(Json(audit(&state, grant.role, wanted).await?))
}
