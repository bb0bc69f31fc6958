//! Saved views, each with how many sessions are in it now.

use loopscope_event::ProjectId;
use loopscope_journal::ViewRecord;
use loopscope_protocol::{ApiError, SavedView, SavedViews, SessionsQuery};

use super::unreadable;
use crate::api::Pairs;
use crate::state::AppState;

/// The views of a project; of all, where none is named.
pub(crate) async fn saved_views(
    state: &AppState,
    project: Option<&ProjectId>,
) -> Result<SavedViews, ApiError> {
    state.fold.settle().await;
    let records = state.journal.saved_views(project).await;
    let mut views = Vec::new();
    for record in records.map_err(|error| unreadable(&error))? {
        views.push(saved_view(state, project, record).await?);
    }
    Ok(SavedViews { views })
}

/// One view, counted.
pub(crate) async fn saved_view(
    state: &AppState,
    project: Option<&ProjectId>,
    record: ViewRecord,
) -> Result<SavedView, ApiError> {
    let pairs = Pairs::read(Some(&record.query));
    // What a view says that is not known here is passed over, as an address's is.
    let (mut query, _) = SessionsQuery::read(pairs.iter());
    query.project = project.cloned().or(query.project);
    // To look for the words of every view at every look would be dear.
    let count = if query.text.is_none() {
        let wanted = super::sessions::wanted(&query);
        let count = state.journal.count_sessions(&wanted).await;
        Some(count.map_err(|error| unreadable(&error))?)
    } else {
        None
    };
    Ok(SavedView {
        view_id: record.view_id,
        name: record.name,
        query: record.query,
        count,
        who: record.who,
        created_at: record.created_at,
    })
}
