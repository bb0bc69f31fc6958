//! Questions about alerts and deliveries. In: a place, a session. Out: rows.

use loopscope_event::{ProjectId, RawJson, SessionId, Timestamp};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _};

use super::{AlertRecord, DeliveryRecord, WatchRecord};
use crate::{Journal, JournalError};

/// Which alerts.
#[derive(Debug, Clone, Default)]
pub struct AlertQuery {
    /// Only before this one.
    pub before: Option<i64>,
    /// Only those that fire, or that do not.
    pub firing: Option<bool>,
    /// Only of this project.
    pub project: Option<ProjectId>,
    /// Only of this session.
    pub session_id: Option<SessionId>,
    /// Only of this rule.
    pub rule_id: Option<String>,
    /// Only this one.
    pub alert_id: Option<String>,
    /// The most rows.
    pub limit: u32,
}

/// Which deliveries.
#[derive(Debug, Clone, Default)]
pub struct DeliveryQuery {
    /// Only before this one.
    pub before: Option<i64>,
    /// Only to this channel.
    pub channel_id: Option<String>,
    /// Only in this state.
    pub state: Option<u8>,
    /// Only of this project; `None` with the rest for all.
    pub limit: u32,
}

fn bad(error: loopscope_event::IdError) -> sqlx::Error {
    sqlx::Error::Decode(Box::new(error))
}

fn json(row: &SqliteRow, column: usize) -> Result<RawJson, sqlx::Error> {
    Ok(RawJson::from_trusted(row.try_get::<String, _>(column)?))
}

fn alert(row: &SqliteRow) -> Result<AlertRecord, sqlx::Error> {
    Ok(AlertRecord {
        number: row.try_get(0)?,
        alert_id: row.try_get(1)?,
        rule_id: row.try_get(2)?,
        project: ProjectId::new(row.try_get::<&str, _>(3)?).map_err(bad)?,
        session_id: SessionId::new(row.try_get::<&str, _>(4)?).map_err(bad)?,
        firing: row.try_get(5)?,
        body: json(row, 6)?,
    })
}

fn delivery(row: &SqliteRow) -> Result<DeliveryRecord, sqlx::Error> {
    Ok(DeliveryRecord {
        number: row.try_get(0)?,
        delivery_id: row.try_get(1)?,
        channel_id: row.try_get(2)?,
        alert_id: row.try_get(3)?,
        state: row.try_get::<i64, _>(4)? as u8,
        next_at: Timestamp::from_micros(row.try_get(5)?),
        about: json(row, 6)?,
        body: row.try_get(7)?,
    })
}

const DELIVERY: &str = "SELECT d.number, d.delivery_id, d.channel_id, d.alert_id, d.state, d.next_at, d.about, d.body \
     FROM alert_deliveries d WHERE ";

impl Journal {
    /// Alerts, the newest first.
    pub async fn alerts(&self, query: &AlertQuery) -> Result<Vec<AlertRecord>, JournalError> {
        let mut sql = QueryBuilder::new(
            "SELECT a.number, a.alert_id, a.rule_id, p.name, s.session_id, a.firing, a.body FROM alerts a \
             JOIN sessions s ON s.key = a.session JOIN projects p ON p.key = s.project WHERE a.number < ",
        );
        sql.push_bind(query.before.unwrap_or(i64::MAX));
        if let Some(firing) = query.firing {
            sql.push(" AND a.firing = ").push_bind(firing);
        }
        let words = [
            (
                " AND p.name = ",
                query.project.as_ref().map(ProjectId::as_str),
            ),
            (
                " AND s.session_id = ",
                query.session_id.as_ref().map(SessionId::as_str),
            ),
            (" AND a.rule_id = ", query.rule_id.as_deref()),
            (" AND a.alert_id = ", query.alert_id.as_deref()),
        ];
        for (condition, word) in words {
            if let Some(word) = word {
                sql.push(condition).push_bind(word.to_owned());
            }
        }
        sql.push(" ORDER BY a.number DESC LIMIT ")
            .push_bind(i64::from(query.limit));
        let rows = sql
            .build()
            .persistent(false)
            .fetch_all(self.readers())
            .await?;
        Ok(rows.iter().map(alert).collect::<Result<_, _>>()?)
    }

    /// What rules remember.
    pub async fn alert_watches(&self) -> Result<Vec<WatchRecord>, JournalError> {
        let rows = sqlx::query(
            "SELECT p.name, s.session_id, w.rule_id, w.memory FROM alert_watches w \
             JOIN sessions s ON s.key = w.session JOIN projects p ON p.key = s.project",
        )
        .fetch_all(self.readers())
        .await?;
        let rows = rows.iter().map(|row| {
            Ok(WatchRecord {
                project: ProjectId::new(row.try_get::<&str, _>(0)?).map_err(bad)?,
                session_id: SessionId::new(row.try_get::<&str, _>(1)?).map_err(bad)?,
                rule_id: row.try_get(2)?,
                memory: Some(json(row, 3)?),
            })
        });
        Ok(rows.collect::<Result<_, sqlx::Error>>()?)
    }

    /// Up to which event rules have looked; `None` before they looked at all.
    pub async fn alert_place(&self) -> Result<Option<u64>, JournalError> {
        let place: Option<i64> = sqlx::query_scalar("SELECT offset FROM alert_place")
            .fetch_optional(self.readers())
            .await?;
        Ok(place.map(|place| place as u64))
    }

    /// Deliveries, the newest first.
    pub async fn deliveries(
        &self,
        query: &DeliveryQuery,
    ) -> Result<Vec<DeliveryRecord>, JournalError> {
        let mut sql = QueryBuilder::new(DELIVERY);
        sql.push("d.number < ")
            .push_bind(query.before.unwrap_or(i64::MAX));
        if let Some(channel) = &query.channel_id {
            sql.push(" AND d.channel_id = ").push_bind(channel.clone());
        }
        if let Some(state) = query.state {
            sql.push(" AND d.state = ").push_bind(i64::from(state));
        }
        sql.push(" ORDER BY d.number DESC LIMIT ")
            .push_bind(i64::from(query.limit));
        let rows = sql
            .build()
            .persistent(false)
            .fetch_all(self.readers())
            .await?;
        Ok(rows.iter().map(delivery).collect::<Result<_, _>>()?)
    }

    /// Deliveries that are to be sent now; of one alert to one channel only the first, so that their order holds.
    pub async fn due_deliveries(
        &self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<DeliveryRecord>, JournalError> {
        let mut sql = QueryBuilder::new(DELIVERY);
        sql.push("d.state = 0 AND d.next_at <= ")
            .push_bind(now.as_micros());
        sql.push(
            " AND NOT EXISTS (SELECT 1 FROM alert_deliveries e WHERE e.state = 0 AND e.channel_id = d.channel_id \
             AND e.alert_id = d.alert_id AND e.number < d.number) ORDER BY d.next_at LIMIT ",
        );
        sql.push_bind(i64::from(limit));
        let rows = sql
            .build()
            .persistent(false)
            .fetch_all(self.readers())
            .await?;
        Ok(rows.iter().map(delivery).collect::<Result<_, _>>()?)
    }

    /// When the next delivery is due.
    pub async fn next_delivery(&self) -> Result<Option<Timestamp>, JournalError> {
        let next: Option<i64> =
            sqlx::query_scalar("SELECT min(next_at) FROM alert_deliveries WHERE state = 0")
                .fetch_one(self.readers())
                .await?;
        Ok(next.map(Timestamp::from_micros))
    }
}
