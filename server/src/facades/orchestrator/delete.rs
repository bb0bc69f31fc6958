//! Deleting a session. In: its names. Out: no row, no event, no command of it; everyone is told.

use loopscope_event::RawJson;
use loopscope_journal::NewAudit;
use loopscope_protocol::{ApiError, DetachReason, ErrorCode};

use super::create::unreadable;
use crate::access::Grant;
use crate::life::now;
use crate::state::AppState;
use crate::steer::Key;

/// Deletes a session. Its program is let go first, and what waited for it is taken back, so that nothing of it is
/// written afterwards.
pub(crate) async fn session(
    state: &AppState,
    grant: &Grant,
    key: &Key,
    why: DetachReason,
) -> Result<(), ApiError> {
    if let (Some(runner), _) = state.desk.runner(key).await {
        state.desk.detach(key, &runner.runner_id, why).await;
    }
    state.desk.forget(key).await;
    let at = now();
    let was_there = state.journal.delete_session(&key.0, &key.1).await;
    if !was_there.map_err(|error| unreadable(&error))? {
        let message = format!("Session not found: {}", key.1);
        return Err(ApiError::new(ErrorCode::NotFound, message));
    }
    state.fold.forget(&key.0, &key.1);
    state.series.forget(&key.0, &key.1);
    state.spans.forget(&key.0, &key.1);
    state.widgets.forget(&key.0, &key.1);
    let audit = NewAudit {
        at,
        who: grant.who.to_string(),
        action: "session.deleted".to_owned(),
        subject: key.1.to_string(),
        session: Some(key.clone()),
        detail: RawJson::empty_object(),
    };
    if let Err(error) = state.journal.put_audit(audit).await {
        tracing::warn!(%error, "a deletion was not audited");
    }
    state.orchestrator.tell_deleted(key.clone(), at);
    Ok(())
}
