//! Rules and channels. In: a row and who changes it. Out: rows.

use loopscope_event::{RawJson, Timestamp};
use sqlx::Row as _;

use super::{ChannelRecord, RuleRecord};
use crate::{Journal, JournalError, NewAudit};

impl Journal {
    /// Every rule, the shipped ones first, then the oldest.
    pub async fn alert_rules(&self) -> Result<Vec<RuleRecord>, JournalError> {
        let rows = sqlx::query(
            "SELECT rule_id, shipped, body, muted_until, created_at, updated_at FROM alert_rules \
             ORDER BY shipped DESC, created_at, rule_id",
        )
        .fetch_all(self.readers())
        .await?;
        let rows = rows.iter().map(|row| {
            Ok(RuleRecord {
                rule_id: row.try_get(0)?,
                shipped: row.try_get(1)?,
                body: RawJson::from_trusted(row.try_get::<String, _>(2)?),
                muted_until: row
                    .try_get::<Option<i64>, _>(3)?
                    .map(Timestamp::from_micros),
                created_at: Timestamp::from_micros(row.try_get(4)?),
                updated_at: Timestamp::from_micros(row.try_get(5)?),
            })
        });
        Ok(rows.collect::<Result<_, sqlx::Error>>()?)
    }

    /// Keeps a rule, new or changed; answers when it is on the disk.
    pub async fn put_alert_rule(
        &self,
        rule: RuleRecord,
        audit: Option<NewAudit>,
    ) -> Result<(), JournalError> {
        self.durably(move |conn| {
            Box::pin(async move {
                sqlx::query(
                    "INSERT OR REPLACE INTO alert_rules (rule_id, shipped, body, muted_until, created_at, updated_at) \
                     VALUES (?, ?, ?, ?, ?, ?)",
                )
                .bind(rule.rule_id)
                .bind(rule.shipped)
                .bind(rule.body.as_str().to_owned())
                .bind(rule.muted_until.map(Timestamp::as_micros))
                .bind(rule.created_at.as_micros())
                .bind(rule.updated_at.as_micros())
                .execute(&mut *conn)
                .await?;
                note(conn, audit).await
            })
        })
        .await
    }

    /// Removes a rule and what it remembers.
    pub async fn delete_alert_rule(
        &self,
        rule_id: &str,
        audit: NewAudit,
    ) -> Result<(), JournalError> {
        let id = rule_id.to_owned();
        self.durably(move |conn| {
            Box::pin(async move {
                for sql in [
                    "DELETE FROM alert_rules WHERE rule_id = ?",
                    "DELETE FROM alert_watches WHERE rule_id = ?",
                ] {
                    sqlx::query(sql)
                        .bind(id.clone())
                        .execute(&mut *conn)
                        .await?;
                }
                note(conn, Some(audit)).await
            })
        })
        .await
    }

    /// Every channel, the oldest first.
    pub async fn alert_channels(&self) -> Result<Vec<ChannelRecord>, JournalError> {
        let rows = sqlx::query("SELECT channel_id, body, created_at FROM alert_channels ORDER BY created_at, channel_id")
            .fetch_all(self.readers())
            .await?;
        let rows = rows.iter().map(|row| {
            Ok(ChannelRecord {
                channel_id: row.try_get(0)?,
                body: RawJson::from_trusted(row.try_get::<String, _>(1)?),
                created_at: Timestamp::from_micros(row.try_get(2)?),
            })
        });
        Ok(rows.collect::<Result<_, sqlx::Error>>()?)
    }

    /// Keeps a channel, new or changed; answers when it is on the disk.
    pub async fn put_alert_channel(
        &self,
        channel: ChannelRecord,
        audit: NewAudit,
    ) -> Result<(), JournalError> {
        self.durably(move |conn| {
            Box::pin(async move {
                sqlx::query("INSERT OR REPLACE INTO alert_channels (channel_id, body, created_at) VALUES (?, ?, ?)")
                    .bind(channel.channel_id)
                    .bind(channel.body.as_str().to_owned())
                    .bind(channel.created_at.as_micros())
                    .execute(&mut *conn)
                    .await?;
                note(conn, Some(audit)).await
            })
        })
        .await
    }

    /// Removes a channel; what it was still to be told is given up.
    pub async fn delete_alert_channel(
        &self,
        channel_id: &str,
        audit: NewAudit,
    ) -> Result<(), JournalError> {
        let id = channel_id.to_owned();
        self.durably(move |conn| {
            Box::pin(async move {
                for sql in [
                    "DELETE FROM alert_channels WHERE channel_id = ?",
                    "DELETE FROM alert_deliveries WHERE state = 0 AND channel_id = ?",
                ] {
                    sqlx::query(sql)
                        .bind(id.clone())
                        .execute(&mut *conn)
                        .await?;
                }
                note(conn, Some(audit)).await
            })
        })
        .await
    }
}

async fn note(
    conn: &mut sqlx::sqlite::SqliteConnection,
    audit: Option<NewAudit>,
) -> Result<(), sqlx::Error> {
    match audit {
        Some(entry) => crate::audit::put(conn, &entry).await,
        None => Ok(()),
    }
}
