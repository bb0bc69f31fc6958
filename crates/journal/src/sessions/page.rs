//! Pages of sessions. In: a [`SessionQuery`]. Out: rows, and a token to go on behind the last.
//!
//! The token is the last row's sort value and key, so that a page never repeats or skips a row because others came.

use loopscope_event::{ProjectId, SessionId};
use sqlx::{QueryBuilder, Row as _, Sqlite};

use super::filter::{Part, SessionQuery};
use super::record::{COLUMNS, FROM, SessionRecord};
use crate::{Journal, JournalError};

/// A page of sessions.
#[derive(Debug, Clone, Default)]
pub struct SessionPage {
    /// In the order asked for.
    pub rows: Vec<SessionRecord>,
    /// The token of the next page; `None` where this is the last.
    pub next: Option<String>,
    /// How many there are on all pages.
    pub total: u64,
}

/// Where a page ended: a sort value, whole or text, and a key.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Mark {
    Number(i64, i64),
    Text(String, i64),
}

impl Journal {
    /// A page of sessions.
    pub async fn sessions(&self, wanted: &SessionQuery) -> Result<SessionPage, JournalError> {
        let mark = wanted.after.as_deref().map(Mark::read).transpose()?;
        let expression = wanted.sort.expression();
        let (direction, beyond) = if wanted.ascending {
            ("ASC", ">")
        } else {
            ("DESC", "<")
        };
        let mut query = QueryBuilder::<Sqlite>::new("SELECT ");
        query
            .push(COLUMNS)
            .push(", ")
            .push(expression)
            .push(" FROM ")
            .push(FROM);
        wanted.push(&mut query, Part::Nothing);
        if let Some(mark) = mark {
            query
                .push(" AND (")
                .push(expression)
                .push(", s.key) ")
                .push(beyond)
                .push(" (");
            match mark {
                Mark::Number(value, key) => query.push_bind(value).push(", ").push_bind(key),
                Mark::Text(value, key) => query.push_bind(value).push(", ").push_bind(key),
            };
            query.push(")");
        }
        query
            .push(" ORDER BY ")
            .push(expression)
            .push(" ")
            .push(direction);
        query.push(", s.key ").push(direction);
        query.push(" LIMIT ").push_bind(i64::from(wanted.limit) + 1);
        query
            .push(" OFFSET ")
            .push_bind(i64::try_from(wanted.skip).unwrap_or(i64::MAX));

        // One moment for both: a count that knows of a session whose row is not there helps nobody.
        let mut moment = self.readers().begin().await?;
        let found = query.build().fetch_all(&mut *moment).await?;
        let limit = wanted.limit as usize;
        let rows = found
            .iter()
            .take(limit)
            .map(SessionRecord::read)
            .collect::<Result<Vec<_>, _>>()?;
        let next = match found.get(limit.wrapping_sub(1)) {
            Some(last) if found.len() > limit => Some(Mark::of(last)?.write()),
            _ => None,
        };
        let mut count = QueryBuilder::<Sqlite>::new("SELECT count(*) FROM sessions s");
        wanted.push(&mut count, Part::Nothing);
        let total: i64 = count.build_query_scalar().fetch_one(&mut *moment).await?;
        moment.rollback().await?;
        Ok(SessionPage {
            rows,
            next,
            total: total as u64,
        })
    }

    /// How many sessions a query finds, on all pages.
    pub async fn count_sessions(&self, wanted: &SessionQuery) -> Result<u64, JournalError> {
        let mut count = QueryBuilder::<Sqlite>::new("SELECT count(*) FROM sessions s");
        wanted.push(&mut count, Part::Nothing);
        let total: i64 = count.build_query_scalar().fetch_one(self.readers()).await?;
        Ok(total as u64)
    }

    /// One session.
    pub async fn session(
        &self,
        project: &ProjectId,
        session_id: &SessionId,
    ) -> Result<Option<SessionRecord>, JournalError> {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT ");
        query.push(COLUMNS).push(" FROM ").push(FROM);
        query
            .push(" WHERE p.name = ")
            .push_bind(project.as_str().to_owned());
        query
            .push(" AND s.session_id = ")
            .push_bind(session_id.as_str().to_owned());
        let row = query.build().fetch_optional(self.readers()).await?;
        Ok(row.map(|row| SessionRecord::read(&row)).transpose()?)
    }

    /// The sessions whose row says less than is known of them, oldest first: to be folded again at the start. Those are
    /// the ones that have newer events, and the ones that go on as it seems though they came from a file.
    pub async fn sessions_behind(&self) -> Result<Vec<SessionRecord>, JournalError> {
        let mut query = QueryBuilder::<Sqlite>::new("SELECT ");
        query.push(COLUMNS).push(" FROM ").push(FROM);
        query.push(
            " WHERE s.summary_seq < s.last_seq OR (s.status IN ('running', 'halted') AND NOT ",
        );
        query
            .push(crate::archive::NOT_FROM_FILE)
            .push(") ORDER BY s.key");
        let rows = query.build().fetch_all(self.readers()).await?;
        Ok(rows
            .iter()
            .map(SessionRecord::read)
            .collect::<Result<_, _>>()?)
    }
}

impl Mark {
    /// Of a row of [`COLUMNS`] and the sort expression behind them.
    fn of(row: &sqlx::sqlite::SqliteRow) -> Result<Self, sqlx::Error> {
        let key = row.try_get(0)?;
        let last = row.len() - 1;
        Ok(match row.try_get::<i64, _>(last) {
            Ok(value) => Self::Number(value, key),
            Err(_) => Self::Text(row.try_get(last)?, key),
        })
    }

    /// Letters and digits only: it goes into addresses.
    fn write(&self) -> String {
        match self {
            Self::Number(value, key) => format!("n{value}x{key}").replace('-', "m"),
            Self::Text(value, key) => {
                let digits = value.bytes().flat_map(|byte| [byte >> 4, byte & 15]);
                let hex: String = digits
                    .filter_map(|digit| char::from_digit(u32::from(digit), 16))
                    .collect();
                format!("t{hex}x{key}")
            }
        }
    }

    fn read(token: &str) -> Result<Self, JournalError> {
        Self::parse(token).ok_or(JournalError::BadToken)
    }

    fn parse(token: &str) -> Option<Self> {
        let (value, key) = token.get(1..)?.rsplit_once('x')?;
        let key = key.parse().ok()?;
        match token.get(..1)? {
            "n" => Some(Self::Number(value.replace('m', "-").parse().ok()?, key)),
            "t" => {
                let bytes = (0..value.len())
                    .step_by(2)
                    .map(|at| u8::from_str_radix(value.get(at..at + 2)?, 16).ok())
                    .collect::<Option<Vec<u8>>>()?;
                Some(Self::Text(String::from_utf8(bytes).ok()?, key))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_read_back_and_nothing_else_is_taken() {
        for mark in [
            Mark::Number(-12, 7),
            Mark::Number(i64::MAX, 1),
            Mark::Text("größe x".into(), 9),
            Mark::Text(String::new(), 9),
        ] {
            let token = mark.write();
            assert!(
                token.chars().all(|letter| letter.is_ascii_alphanumeric()),
                "{token}"
            );
            assert_eq!(Mark::read(&token), Ok(mark));
        }
        for token in [
            "", "n", "nx", "n1", "n1x", "nax1", "tzzx1", "tfx1", "q1x1", "ü1x1", "tffx1",
        ] {
            assert_eq!(Mark::read(token), Err(JournalError::BadToken), "{token}");
        }
    }
}
