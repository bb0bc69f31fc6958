//! Sessions and projects by name, as the writer knows them. In: names. Out: keys and the last seq of each session.

use std::collections::HashMap;

use loopscope_event::{ProjectId, SessionId};
use sqlx::sqlite::SqliteConnection;
use sqlx::{QueryBuilder, Row as _};

/// A session's names.
pub(crate) type Name = (ProjectId, SessionId);

/// A session's key, and the seq of its newest event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seat {
    pub(crate) key: i64,
    pub(crate) last_seq: i64,
}

/// How many sessions are kept in memory before all are let go; they come back from the disk one by one.
const KEPT: usize = 20_000;

/// Names in one look-up.
const LOOKUP: usize = 256;

#[derive(Default)]
pub(crate) struct Seats {
    projects: HashMap<ProjectId, i64>,
    sessions: HashMap<Name, Seat>,
    last_project: i64,
    last_session: i64,
}

impl Seats {
    pub(crate) async fn load(conn: &mut SqliteConnection) -> Result<Self, sqlx::Error> {
        let mut seats = Self::default();
        for row in sqlx::query("SELECT key, name FROM projects")
            .fetch_all(&mut *conn)
            .await?
        {
            let key: i64 = row.try_get(0)?;
            if let Ok(project) = ProjectId::new(row.try_get::<&str, _>(1)?) {
                seats.projects.insert(project, key);
            }
            seats.last_project = seats.last_project.max(key);
        }
        // A key is not given again while events of its last holder may still be there.
        seats.last_session = sqlx::query_scalar(
            "SELECT max(coalesce((SELECT max(key) FROM sessions), 0), coalesce((SELECT max(session) FROM doomed), 0))",
        )
        .fetch_one(conn)
        .await?;
        Ok(seats)
    }

    pub(crate) fn project(&self, project: &ProjectId) -> Option<i64> {
        self.projects.get(project).copied()
    }

    pub(crate) fn session(&self, name: &Name) -> Option<Seat> {
        self.sessions.get(name).copied()
    }

    pub(crate) const fn last_project(&self) -> i64 {
        self.last_project
    }

    pub(crate) const fn last_session(&self) -> i64 {
        self.last_session
    }

    /// Takes over what a committed group changed.
    pub(crate) fn put_project(&mut self, project: ProjectId, key: i64) {
        self.projects.insert(project, key);
        self.last_project = self.last_project.max(key);
    }

    /// Takes over what a committed group changed.
    pub(crate) fn put_session(&mut self, name: Name, seat: Seat) {
        if self.sessions.len() >= KEPT {
            self.sessions.clear();
        }
        self.sessions.insert(name, seat);
        self.last_session = self.last_session.max(seat.key);
    }

    /// After sessions were removed.
    pub(crate) fn forget_sessions(&mut self) {
        self.sessions.clear();
    }
}

/// Looks sessions up on the disk, by project key and name.
pub(crate) async fn look_up(
    conn: &mut SqliteConnection,
    names: &[(i64, SessionId)],
) -> Result<HashMap<(i64, SessionId), Seat>, sqlx::Error> {
    let mut found = HashMap::new();
    for chunk in names.chunks(LOOKUP) {
        let mut query = QueryBuilder::new(
            "SELECT project, session_id, key, last_seq FROM sessions WHERE (project, session_id) IN ",
        );
        query.push_tuples(chunk, |mut row, (project, session)| {
            row.push_bind(*project)
                .push_bind(session.as_str().to_owned());
        });
        for row in query
            .build()
            .persistent(false)
            .fetch_all(&mut *conn)
            .await?
        {
            let seat = Seat {
                key: row.try_get(2)?,
                last_seq: row.try_get(3)?,
            };
            if let Ok(session) = SessionId::new(row.try_get::<&str, _>(1)?) {
                found.insert((row.try_get(0)?, session), seat);
            }
        }
    }
    Ok(found)
}
