//! The words of events. In: what an event says, from a reader in the background. Out: the newest events that have all the
//! words asked for.
//!
//! The index has no text of its own: it knows which event has which word, and goes with the events. It may be behind them
//! ([`Journal::search_place`]), never ahead.

use std::time::{Duration, Instant};

use loopscope_event::{Event, Offset, ProjectId};
use sqlx::sqlite::SqliteConnection;
use sqlx::{QueryBuilder, Sqlite};

use crate::store::row::{COLUMNS, EventReader, FROM};
use crate::{Journal, JournalError};

/// Of the events that have the words, so many are looked at for one page: for those of one project, or for their sessions.
pub const MAX_LOOKED_AT: u32 = 10_000;

/// What an event says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventWords {
    /// Which event.
    pub offset: Offset,
    /// Its words. Of each, only ASCII letters and digits and what is not ASCII counts.
    pub words: Vec<String>,
}

/// A word that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedWord {
    /// The word, as it was put.
    pub word: String,
    /// Whether a word that begins so will do.
    pub begins: bool,
}

/// Events that were found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FoundEvents {
    /// The newest first.
    pub events: Vec<Event>,
    /// Where to go on: before this one. There may be no more.
    pub next: Option<Offset>,
}

impl Journal {
    /// Up to which event words are kept.
    pub async fn search_place(&self) -> Result<Offset, JournalError> {
        let place: i64 = sqlx::query_scalar("SELECT offset FROM search_place")
            .fetch_one(self.readers())
            .await?;
        Ok(Offset(place.max(0) as u64))
    }

    /// Keeps the words of some events, and that everything up to `upto` was looked at: one turn at the writer's desk, so
    /// who writes keeps it small. Answers how long the turn was. Not synced: what is lost with the power is brought in
    /// again.
    pub async fn put_words(
        &self,
        events: &[EventWords],
        upto: Offset,
    ) -> Result<Duration, JournalError> {
        let rows: Vec<(i64, String)> = events
            .iter()
            .map(|event| (event.offset.0 as i64, line(&event.words)))
            .collect();
        let rows = serde_json::to_string(&rows).unwrap_or_else(|_| "[]".to_owned());
        self.at_desk(move |desk| {
            Box::pin(async move {
                let begun = Instant::now();
                desk.in_transaction(move |conn| Box::pin(put(conn, rows, upto)))
                    .await?;
                Ok(begun.elapsed())
            })
        })
        .await
    }

    /// The newest events that have all the words; before an offset where one is named.
    pub async fn find_events(
        &self,
        project: Option<&ProjectId>,
        asked: &[AskedWord],
        before: Option<Offset>,
        limit: u32,
    ) -> Result<FoundEvents, JournalError> {
        let Some(expression) = expression(asked) else {
            return Ok(FoundEvents::default());
        };
        let most = if project.is_some() {
            MAX_LOOKED_AT
        } else {
            limit
        };
        let offsets = self.offsets(expression, before, most).await?;
        let mut query = QueryBuilder::<Sqlite>::new("SELECT ");
        query.push(COLUMNS).push(" FROM ").push(FROM);
        query
            .push(" WHERE e.offset IN (SELECT value FROM json_each(")
            .push_bind(serde_json::to_string(&offsets).unwrap_or_default())
            .push("))");
        if let Some(project) = project {
            query
                .push(" AND p.name = ")
                .push_bind(project.as_str().to_owned());
        }
        query
            .push(" ORDER BY e.offset DESC LIMIT ")
            .push_bind(i64::from(limit));
        let rows = query.build().fetch_all(self.readers()).await?;
        let mut reader = EventReader::default();
        let events = rows.iter().map(|row| reader.read(row));
        let events: Vec<Event> = events.collect::<Result<_, _>>()?;
        let next = if events.len() == limit as usize {
            events.last().map(|event| event.offset)
        } else {
            let last = offsets.last().filter(|_| offsets.len() == most as usize);
            last.map(|offset| Offset(offset.unsigned_abs()))
        };
        Ok(FoundEvents { events, next })
    }

    /// Whether any event has all the words.
    pub async fn has_words(&self, asked: &[AskedWord]) -> Result<bool, JournalError> {
        match expression(asked) {
            Some(expression) => Ok(!self.offsets(expression, None, 1).await?.is_empty()),
            None => Ok(false),
        }
    }

    /// The sessions of the newest events that have all the words, by their keys in this journal.
    pub async fn sessions_with_words(&self, asked: &[AskedWord]) -> Result<Vec<i64>, JournalError> {
        let Some(expression) = expression(asked) else {
            return Ok(Vec::new());
        };
        let offsets = self.offsets(expression, None, MAX_LOOKED_AT).await?;
        let sql =
            "SELECT DISTINCT session FROM events WHERE offset IN (SELECT value FROM json_each(?))";
        let keys = sqlx::query_scalar(sql)
            .bind(serde_json::to_string(&offsets).unwrap_or_default())
            .fetch_all(self.readers());
        Ok(keys.await?)
    }

    async fn offsets(
        &self,
        expression: String,
        before: Option<Offset>,
        most: u32,
    ) -> Result<Vec<i64>, JournalError> {
        let before = before.and_then(|before| i64::try_from(before.0).ok());
        let sql = "SELECT rowid FROM search WHERE search MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?";
        let found = sqlx::query_scalar(sql)
            .bind(expression)
            .bind(before.unwrap_or(i64::MAX))
            .bind(i64::from(most))
            .fetch_all(self.readers());
        Ok(found.await?)
    }
}

async fn put(conn: &mut SqliteConnection, rows: String, upto: Offset) -> Result<(), sqlx::Error> {
    // One that retention took meanwhile leaves no words behind.
    sqlx::query(
        "INSERT INTO search (rowid, words) SELECT value ->> 0, value ->> 1 FROM json_each(?) \
         WHERE EXISTS (SELECT 1 FROM events WHERE offset = value ->> 0)",
    )
    .bind(rows)
    .execute(&mut *conn)
    .await?;
    sqlx::query("UPDATE search_place SET offset = max(offset, ?)")
        .bind(upto.0 as i64)
        .execute(conn)
        .await?;
    Ok(())
}

/// What of a word the index takes for one word.
fn plain(word: &str) -> impl Iterator<Item = char> + '_ {
    word.chars()
        .filter(|c| c.is_ascii_alphanumeric() || !c.is_ascii())
}

fn line(words: &[String]) -> String {
    let mut out = String::new();
    for word in words {
        out.extend(plain(word));
        out.push(' ');
    }
    out
}

/// What is asked for as the index reads it: every word must be there. `None` where there is no word.
fn expression(asked: &[AskedWord]) -> Option<String> {
    let words = asked.iter().map(|asked| {
        let word: String = plain(&asked.word).collect();
        (word, asked.begins)
    });
    let words = words.filter(|(word, _)| !word.is_empty());
    let words = words.map(|(word, begins)| format!("\"{word}\"{}", if begins { "*" } else { "" }));
    let words: Vec<String> = words.collect();
    (!words.is_empty()).then(|| words.join(" AND "))
}

/// In the transaction that removes events of a session: their words go too.
pub(crate) async fn clear_session(
    conn: &mut SqliteConnection,
    session: i64,
    seq: i64,
) -> Result<(), sqlx::Error> {
    let sql = "DELETE FROM search WHERE rowid IN (SELECT offset FROM events WHERE session = ? AND seq <= ?)";
    sqlx::query(sql)
        .bind(session)
        .bind(seq)
        .execute(conn)
        .await?;
    Ok(())
}

/// The same for the oldest events of whatever is there.
pub(crate) async fn clear_oldest(
    conn: &mut SqliteConnection,
    offset: i64,
) -> Result<(), sqlx::Error> {
    let sql = "DELETE FROM search WHERE rowid IN (SELECT offset FROM events WHERE offset <= ?)";
    sqlx::query(sql).bind(offset).execute(conn).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(words: &[(&str, bool)]) -> Vec<AskedWord> {
        let words = words.iter().map(|(word, begins)| AskedWord {
            word: (*word).to_owned(),
            begins: *begins,
        });
        words.collect()
    }

    #[test]
    fn no_word_commands_the_index() {
        for (words, expected) in [
            (
                &[("unchecked", false), ("len", true)][..],
                Some("\"unchecked\" AND \"len\"*"),
            ),
            (
                &[("OR", false), ("NEAR(", false)],
                Some("\"OR\" AND \"NEAR\""),
            ),
            (&[("a\" OR \"b", false)], Some("\"aORb\"")),
            (&[("größe", false)], Some("\"größe\"")),
            (&[("\"*\u{0}", true), ("", false)], None),
            (&[], None),
        ] {
            assert_eq!(expression(&asked(words)).as_deref(), expected, "{words:?}");
        }
    }
}
