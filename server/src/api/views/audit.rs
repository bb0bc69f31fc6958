//! The audit as a page. In: who asks, and where to begin. Out: rows, newest first; whoever steers sees what is about
//! commands, an administrator everything.

use loopscope_event::{ProjectId, SessionId};
use loopscope_journal::{AuditEntry, AuditQuery};
use loopscope_protocol::{ApiError, AuditPage, AuditRow};

use super::unreadable;
use crate::access::Role;
use crate::state::AppState;

/// Which rows.
pub(crate) struct AuditWanted {
    /// Only rows before this one.
    pub before: Option<i64>,
    /// Only those of this project.
    pub project: Option<ProjectId>,
    /// Only those about this session.
    pub session_id: Option<SessionId>,
    /// At most so many.
    pub limit: u32,
}

pub(crate) async fn audit(
    state: &AppState,
    role: Role,
    wanted: AuditWanted,
) -> Result<AuditPage, ApiError> {
    let query = AuditQuery {
        before: wanted.before,
        project: wanted.project,
        session_id: wanted.session_id,
        action: (role != Role::Admin).then(|| "command.".to_owned()),
        limit: wanted.limit + 1,
    };
    let found = state.journal.audit(&query).await;
    let mut found = found.map_err(|error| unreadable(&error))?;
    let is_more = found.len() > wanted.limit as usize;
    found.truncate(wanted.limit as usize);
    Ok(AuditPage {
        next: found.last().filter(|_| is_more).map(|row| row.id),
        entries: found.into_iter().map(row).collect(),
    })
}

fn row(AuditEntry { id, entry }: AuditEntry) -> AuditRow {
    let (project, session_id) = entry.session.unzip();
    AuditRow {
        id,
        at: entry.at,
        who: entry.who,
        action: entry.action,
        subject: entry.subject,
        project,
        session_id,
        detail: entry.detail,
    }
}
