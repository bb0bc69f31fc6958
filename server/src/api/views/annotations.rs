//! A session's annotations.

use loopscope_event::{ProjectId, SessionId};
use loopscope_protocol::{Annotations, ApiError};

use super::{unknown_session, unreadable};
use crate::notes;
use crate::state::AppState;

/// All of them, by moment.
pub(crate) async fn annotations(
    state: &AppState,
    project: &ProjectId,
    session: &SessionId,
) -> Result<Annotations, ApiError> {
    let rows = state.journal.annotations(project, session).await;
    let rows = rows.map_err(|error| unreadable(&error))?;
    if rows.is_empty() {
        let found = state.journal.session(project, session).await;
        if found.map_err(|error| unreadable(&error))?.is_none() {
            return Err(unknown_session(project, session));
        }
    }
    Ok(Annotations {
        annotations: rows.into_iter().map(notes::shown).collect(),
    })
}
