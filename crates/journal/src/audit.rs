//! Who did what. In: entries. Out: pages of them, newest first.

use loopscope_event::{RawJson, Timestamp};
use sqlx::Row as _;
use sqlx::sqlite::SqliteConnection;

use crate::{Journal, JournalError};

/// Something that someone did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Rises with every entry; the key to the next page.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// A token's id, `local`, `command line`.
    pub who: String,
    /// What: `token.create`, `session.delete`.
    pub action: String,
    /// To what.
    pub subject: String,
    /// More of it.
    pub detail: RawJson,
}

pub(crate) async fn put(
    conn: &mut SqliteConnection,
    at: Timestamp,
    who: &str,
    action: &str,
    subject: &str,
    detail: &RawJson,
) -> Result<(), sqlx::Error> {
    sqlx::query("INSERT INTO audit (at, who, action, subject, detail) VALUES (?, ?, ?, ?, ?)")
        .bind(at.as_micros())
        .bind(who)
        .bind(action)
        .bind(subject)
        .bind(detail.as_str())
        .execute(conn)
        .await?;
    Ok(())
}

impl Journal {
    /// Notes who did what; answers when it is on the disk.
    pub async fn put_audit(
        &self,
        at: Timestamp,
        who: &str,
        action: &str,
        subject: &str,
        detail: RawJson,
    ) -> Result<(), JournalError> {
        let (who, action, subject) = (who.to_owned(), action.to_owned(), subject.to_owned());
        self.durably(move |conn| {
            Box::pin(async move { put(conn, at, &who, &action, &subject, &detail).await })
        })
        .await
    }

    /// Entries, newest first, before an id where one is given.
    pub async fn audit(
        &self,
        limit: u32,
        before: Option<i64>,
    ) -> Result<Vec<AuditEntry>, JournalError> {
        let rows = sqlx::query(
            "SELECT id, at, who, action, subject, detail FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?",
        )
        .bind(before.unwrap_or(i64::MAX))
        .bind(i64::from(limit))
        .fetch_all(self.readers())
        .await?;
        let entries = rows.iter().map(|row| {
            Ok(AuditEntry {
                id: row.try_get(0)?,
                at: Timestamp::from_micros(row.try_get(1)?),
                who: row.try_get(2)?,
                action: row.try_get(3)?,
                subject: row.try_get(4)?,
                detail: RawJson::from_trusted(row.try_get::<String, _>(5)?),
            })
        });
        Ok(entries.collect::<Result<_, sqlx::Error>>()?)
    }
}
