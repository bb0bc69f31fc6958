//! The writer's desk: its connection and what it remembers. In: groups and other work. Out: committed rows.

use std::collections::HashMap;
use std::sync::Arc;

use loopscope_event::Seq;
use sqlx::sqlite::SqliteConnection;
use sqlx::{QueryBuilder, Row as _};
use tokio::sync::{mpsc, oneshot};

use super::group::Group;
use super::insert::Inserts;
use super::recent::{Place, Recent};
use super::seats::Seats;
use super::sync::Pending;
use super::{Beside, Working};
use crate::AppendError;
use crate::alerts;
use crate::annotations;
use crate::archive::{self, ArchiveStep};
use crate::commands::{self, StepError};
use crate::error::Cause;
use crate::shared::Shared;
use crate::store::code::IdKey;

/// Ids in one look-up.
const LOOKUP: usize = 512;

/// After a group met an id that only the disk knew, this many groups ask the disk before they insert.
const CAREFUL_GROUPS: u32 = 16;

/// Everything that only the writer touches.
pub(crate) struct Desk {
    pub(crate) conn: SqliteConnection,
    pub(crate) shared: Arc<Shared>,
    pub(crate) seats: Seats,
    pub(crate) recent: Recent,
    pub(crate) next_offset: i64,
    pub(crate) sync: mpsc::Sender<Pending>,
    inserts: Inserts,
    careful: u32,
}

impl Desk {
    pub(crate) fn new(
        conn: SqliteConnection,
        shared: Arc<Shared>,
        seats: Seats,
        next_offset: i64,
        sync: mpsc::Sender<Pending>,
    ) -> Self {
        Self {
            conn,
            shared,
            seats,
            recent: Recent::default(),
            next_offset,
            sync,
            inserts: Inserts::default(),
            careful: 0,
        }
    }

    /// Commits a group. The group's places hold afterwards; on an error nothing of it is kept.
    pub(crate) async fn commit(&mut self, group: &mut Group) -> Result<(), sqlx::Error> {
        group.seat(&mut self.conn, &self.seats).await?;
        if self.careful > 0 {
            self.careful -= 1;
            self.mark_known(group).await?;
        }
        match self.try_commit(group).await {
            // The rows are inserted on trust that their ids are new, which they nearly always are; the index is
            // the judge. Only when it objects are they looked up.
            Err(error) if Cause::of(&error) == Cause::Duplicate => {
                self.careful = CAREFUL_GROUPS;
                self.mark_known(group).await?;
                self.try_commit(group).await
            }
            outcome => outcome,
        }
    }

    async fn try_commit(&mut self, group: &mut Group) -> Result<(), sqlx::Error> {
        group.number(self.next_offset);
        if group.new_rows().next().is_none() {
            return Ok(());
        }
        let written = self.inserts.commit(&mut self.conn, group).await;
        if written.is_err() {
            roll_back(&mut self.conn).await;
        }
        written
    }

    /// Commits a group together with what it tells of. An inner error means that nothing of it is kept.
    pub(crate) async fn commit_step(
        &mut self,
        group: &mut Group,
        step: Beside,
    ) -> Result<Result<(), StepError>, sqlx::Error> {
        group.seat(&mut self.conn, &self.seats).await?;
        if let Beside::Archive(step) = &step
            && let Err(refused) = self.fit(group, step).await?
        {
            return Ok(Err(refused));
        }
        if matches!(step, Beside::File) {
            // Files are imported again and again: what is known is looked up, not found out by failing.
            self.mark_known(group).await?;
        }
        group.number(self.next_offset);
        if matches!(step, Beside::File) && group.new_rows().next().is_none() {
            return Ok(Ok(()));
        }
        sqlx::query("BEGIN IMMEDIATE")
            .execute(&mut self.conn)
            .await?;
        let written = match self.inserts.insert(&mut self.conn, group).await {
            Ok(()) => match step {
                Beside::Archive(step) => archive::apply(&mut self.conn, &self.shared, step).await,
                Beside::File => archive::note_sessions(&mut self.conn, &self.shared, group).await,
                Beside::Commands(step) => commands::apply(&mut self.conn, step).await,
                Beside::Alerts(step) => alerts::apply(&mut self.conn, step).await,
                Beside::Annotation(step) => annotations::apply(&mut self.conn, step).await,
            },
            Err(error) => Err(error),
        };
        if let Ok(Err(refused)) = written {
            sqlx::query("ROLLBACK").execute(&mut self.conn).await?;
            return Ok(Err(refused));
        }
        end(&mut self.conn, written).await
    }

    /// Whether events of a file have the places here that they have in the file, and no event's id is taken.
    async fn fit(
        &mut self,
        group: &mut Group,
        step: &ArchiveStep,
    ) -> Result<Result<(), StepError>, sqlx::Error> {
        self.mark_known(group).await?;
        if group.has_known() {
            return Ok(Err(StepError::Taken));
        }
        let next = group.begin_at(step.first.0 as i64) as u64;
        Ok(if next == step.from.0 {
            Ok(())
        } else {
            Err(StepError::Place(Seq(next)))
        })
    }

    /// Marks the rows whose id the disk has already.
    async fn mark_known(&mut self, group: &mut Group) -> Result<(), sqlx::Error> {
        let mut places: HashMap<usize, Place> = HashMap::new();
        let by_id: HashMap<_, usize> = group
            .rows
            .iter()
            .enumerate()
            .map(|(index, row)| (row.id.clone(), index))
            .collect();
        for chunk in group.rows.chunks(LOOKUP) {
            let mut query = QueryBuilder::new(
                "SELECT project, event_id, offset, seq FROM events WHERE event_id IN (",
            );
            let mut ids = query.separated(",");
            for row in chunk {
                match &row.id.id {
                    IdKey::Uuid(bytes) => ids.push_bind(bytes.to_vec()),
                    IdKey::Text(id) => ids.push_bind(id.as_str().to_owned()),
                };
            }
            query.push(")");
            let found = query.build().persistent(false).fetch_all(&mut self.conn);
            for row in found.await? {
                let id = super::recent::Id {
                    project: row.try_get(0)?,
                    id: IdKey::of(&crate::store::row::read_event_id(&row, 1)?),
                };
                if let Some(index) = by_id.get(&id) {
                    places.insert(*index, (row.try_get(2)?, row.try_get(3)?));
                }
            }
        }
        for (index, row) in group.rows.iter_mut().enumerate() {
            row.known = places.get(&index).copied();
        }
        Ok(())
    }

    /// After sessions were removed.
    pub(crate) async fn forget_sessions(&mut self) -> Result<(), sqlx::Error> {
        self.seats.forget_sessions();
        if self.shared.has_archived() {
            archive::load_notes(&mut self.conn, &self.shared).await?;
        }
        Ok(())
    }

    /// Runs work in a transaction of its own.
    pub(crate) async fn in_transaction<T, F>(&mut self, work: F) -> Result<T, sqlx::Error>
    where
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> ConnWorking<'c, T>,
    {
        in_transaction(&mut self.conn, work).await
    }

    /// Tells when everything that is committed by now is on the disk.
    pub(crate) async fn synced(&self) -> Result<(), AppendError> {
        let gone = || AppendError::Storage("the sync thread is gone".into());
        let (done, synced) = oneshot::channel();
        let sent = self.sync.send(Pending::Barrier(done)).await;
        sent.map_err(|_| gone())?;
        synced.await.unwrap_or_else(|_| Err(gone()))
    }

    /// After a failed fsync: copies the whole log into the database and syncs that, so that nothing depends on the
    /// log's pages any more. Answers whether it could: not while a reader still needs the log.
    ///
    /// Copying alone would not do. After a power failure, a log whose first half is on the disk and whose second is
    /// not would be laid over the newer database; so the log must begin anew too.
    pub(crate) async fn trust_again(&mut self) -> Result<bool, sqlx::Error> {
        // The intake waits meanwhile.
        sqlx::query("PRAGMA busy_timeout = 200")
            .execute(&mut self.conn)
            .await?;
        let emptied = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)")
            .fetch_one(&mut self.conn)
            .await;
        sqlx::query("PRAGMA busy_timeout = 5000")
            .execute(&mut self.conn)
            .await?;
        let busy: i64 = emptied?.try_get(0)?;
        if busy == 0 {
            self.shared.trust();
        }
        Ok(busy == 0)
    }
}

/// A future that borrows a connection.
pub(crate) type ConnWorking<'c, T> = Working<'c, Result<T, sqlx::Error>>;

/// Runs work in a transaction of its own.
pub(crate) async fn in_transaction<T, F>(
    conn: &mut SqliteConnection,
    work: F,
) -> Result<T, sqlx::Error>
where
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> ConnWorking<'c, T>,
{
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *conn).await?;
    let outcome = work(conn).await;
    end(conn, outcome).await
}

/// Commits, or rolls back what failed.
async fn end<T>(
    conn: &mut SqliteConnection,
    outcome: Result<T, sqlx::Error>,
) -> Result<T, sqlx::Error> {
    let outcome = match outcome {
        Ok(value) => sqlx::query("COMMIT")
            .execute(&mut *conn)
            .await
            .map(|_| value),
        Err(error) => Err(error),
    };
    if outcome.is_err() {
        roll_back(conn).await;
    }
    outcome
}

/// Rolls back what is left of a transaction. SQLite may have done so by itself, on a full disk for one.
async fn roll_back(conn: &mut SqliteConnection) {
    if let Err(error) = sqlx::query("ROLLBACK").execute(&mut *conn).await {
        tracing::debug!(%error, "nothing to roll back");
    }
}

#[cfg(test)]
mod tests {
    use loopscope_event::{
        Dialect, EventId, Kind, NewEvent, ProjectId, RawJson, SessionId, Timestamp,
    };

    use crate::{AppendError, Journal, JournalConfig};

    fn event(id: &str) -> NewEvent {
        NewEvent {
            event_id: EventId::new(id).unwrap(),
            project: ProjectId::default(),
            session_id: SessionId::new("a").unwrap(),
            timestamp: Timestamp::default(),
            received_at: Timestamp::default(),
            name: "LOG".to_owned(),
            kind: Kind::Log,
            dialect: Dialect::Generic,
            iteration: 0,
            state: None,
            severity: None,
            data: RawJson::default(),
        }
    }

    #[tokio::test]
    async fn after_a_failed_fsync_nothing_is_acknowledged_until_the_log_began_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.db");
        let journal = Journal::open(JournalConfig::new(&path), |_| {})
            .await
            .unwrap();
        journal.append(vec![event("1")]).await.unwrap();

        // A reader that needs the log keeps it from being emptied.
        let mut reader = journal.readers().acquire().await.unwrap();
        sqlx::raw_sql("BEGIN; SELECT count(*) FROM events")
            .execute(&mut *reader)
            .await
            .unwrap();
        journal.shared().suspect();
        let refused = journal.append(vec![event("2")]).await;
        assert!(
            matches!(refused, Err(AppendError::Storage(_))),
            "{refused:?}"
        );
        assert!(journal.shared().is_suspect());

        sqlx::raw_sql("COMMIT").execute(&mut *reader).await.unwrap();
        drop(reader);
        assert_eq!(journal.append(vec![event("2")]).await.unwrap().len(), 1);
        assert!(!journal.shared().is_suspect());
        journal.close().await.unwrap();
    }
}
