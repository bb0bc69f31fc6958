//! The table of sessions. In: what the server's fold makes of the events. Out: lists, facets and totals.

mod facets;
mod filter;
mod hours;
mod page;
mod put;
mod record;
mod source;
mod totals;

use loopscope_event::{ProjectId, SessionId};
use sqlx::sqlite::SqliteConnection;

pub use facets::Facets;
pub use filter::{SessionQuery, SessionSort};
pub use hours::HourCount;
pub use page::SessionPage;
pub use record::SessionRecord;
pub use source::SourcedSession;
pub use totals::{DayCount, Totals};

/// A session's key by its names.
pub(crate) async fn key(
    conn: &mut SqliteConnection,
    project: &ProjectId,
    session_id: &SessionId,
) -> Result<Option<i64>, sqlx::Error> {
    sqlx::query_scalar(
        "SELECT s.key FROM sessions s JOIN projects p ON p.key = s.project WHERE p.name = ? AND s.session_id = ?",
    )
    .bind(project.as_str().to_owned())
    .bind(session_id.as_str().to_owned())
    .fetch_optional(conn)
    .await
}
