//! Writes a step's rows inside of the transaction that holds its events. In: a step. Out: rows, or why not.

use sqlx::sqlite::SqliteConnection;

use super::{AlertRecord, AlertStep, DeliveryRecord, WatchRecord};
use crate::commands::StepError;
use crate::{Appended, Journal, JournalError, sessions};

/// Resolved alerts and ended deliveries beyond so many go, the oldest first.
const KEPT: i64 = 10_000;

/// Writes them all; an inner error means that nothing of the step may stay.
pub(crate) async fn apply(
    conn: &mut SqliteConnection,
    step: AlertStep,
) -> Result<Result<(), StepError>, sqlx::Error> {
    let is_new = !step.deliveries.is_empty() || !step.alerts.is_empty();
    for row in step.alerts {
        if !alert(conn, row).await? {
            return Ok(Err(StepError::NotFound));
        }
    }
    for row in step.watches {
        watch(conn, row).await?;
    }
    for row in step.deliveries {
        delivery(conn, row).await?;
    }
    if let Some(place) = step.place {
        sqlx::query("INSERT OR REPLACE INTO alert_place (id, offset) VALUES (1, ?)")
            .bind(place as i64)
            .execute(&mut *conn)
            .await?;
    }
    for entry in step.audit {
        crate::audit::put(conn, &entry).await?;
    }
    if is_new {
        for sql in [
            "DELETE FROM alerts WHERE firing = 0 AND number <= (SELECT max(number) FROM alerts) - ?",
            "DELETE FROM alert_deliveries WHERE state > 0 AND number <= (SELECT max(number) FROM alert_deliveries) - ?",
        ] {
            sqlx::query(sql).bind(KEPT).execute(&mut *conn).await?;
        }
    }
    Ok(Ok(()))
}

async fn alert(conn: &mut SqliteConnection, row: AlertRecord) -> Result<bool, sqlx::Error> {
    let Some(session) = sessions::key(conn, &row.project, &row.session_id).await? else {
        return Ok(false);
    };
    sqlx::query(
        "INSERT INTO alerts (alert_id, rule_id, session, firing, body) VALUES (?, ?, ?, ?, ?) \
         ON CONFLICT (alert_id) DO UPDATE SET firing = excluded.firing, body = excluded.body",
    )
    .bind(row.alert_id)
    .bind(row.rule_id)
    .bind(session)
    .bind(row.firing)
    .bind(row.body.as_str().to_owned())
    .execute(conn)
    .await?;
    Ok(true)
}

async fn watch(conn: &mut SqliteConnection, row: WatchRecord) -> Result<(), sqlx::Error> {
    let Some(session) = sessions::key(conn, &row.project, &row.session_id).await? else {
        return Ok(());
    };
    match row.memory {
        Some(memory) => sqlx::query(
            "INSERT OR REPLACE INTO alert_watches (session, rule_id, memory) VALUES (?, ?, ?)",
        )
        .bind(session)
        .bind(row.rule_id)
        .bind(memory.as_str().to_owned()),
        None => sqlx::query("DELETE FROM alert_watches WHERE session = ? AND rule_id = ?")
            .bind(session)
            .bind(row.rule_id),
    }
    .execute(conn)
    .await?;
    Ok(())
}

async fn delivery(conn: &mut SqliteConnection, row: DeliveryRecord) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO alert_deliveries (delivery_id, channel_id, alert_id, state, next_at, about, body) \
         VALUES (?, ?, ?, ?, ?, ?, ?) \
         ON CONFLICT (delivery_id) DO UPDATE SET state = excluded.state, next_at = excluded.next_at, \
         about = excluded.about",
    )
    .bind(row.delivery_id)
    .bind(row.channel_id)
    .bind(row.alert_id)
    .bind(i64::from(row.state))
    .bind(row.next_at.as_micros())
    .bind(row.about.as_str().to_owned())
    .bind(row.body)
    .execute(conn)
    .await?;
    Ok(())
}

impl Journal {
    /// Writes events and what they tell of alerts in one transaction, and answers once it is on the disk.
    ///
    /// Dropping the future does not take the step back.
    pub async fn put_alert_step(
        &self,
        events: Vec<loopscope_event::NewEvent>,
        step: AlertStep,
    ) -> Result<Vec<Appended>, StepError> {
        self.append_with(events, crate::writer::Beside::Alerts(step))
            .await
    }

    /// Writes a step that has no events. Not synced: what is lost with the power is found out once more.
    pub async fn note_alerts(&self, step: AlertStep) -> Result<(), JournalError> {
        self.at_desk(move |desk| {
            Box::pin(async move {
                desk.in_transaction(move |conn| {
                    Box::pin(async move { apply(conn, step).await.map(|_| ()) })
                })
                .await
            })
        })
        .await
    }

    /// The same, and answers when it is on the disk.
    pub async fn put_alerts(&self, step: AlertStep) -> Result<(), JournalError> {
        let done = self
            .durably(move |conn| Box::pin(async move { apply(conn, step).await }))
            .await?;
        done.map_err(|_| JournalError::NotFound)
    }
}
