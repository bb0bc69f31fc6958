//! Access tokens: only their hashes. In: a token made elsewhere. Out: whether a hash is one, and what it may.
//!
//! The command line changes them beside a running server ([`Access`]), which notices by
//! [`tokens_version`](Journal::tokens_version): a number that rises with every change to anyone's rights, whoever
//! makes it.

use loopscope_event::{ProjectId, Timestamp};
use sqlx::Row as _;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::{Access, Journal, JournalError};

/// A token to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewToken {
    /// What it is called by in lists and in the audit.
    pub id: String,
    /// The hash of the secret; the secret itself is not kept.
    pub hash: Vec<u8>,
    /// A name for people.
    pub name: String,
    /// What it may: `view`, `ingest`, `control`, `admin`.
    pub role: String,
    /// Where it may; `None` for every project.
    pub project: Option<ProjectId>,
    /// Now.
    pub created_at: Timestamp,
    /// From then on it is not valid.
    pub expires_at: Option<Timestamp>,
}

/// A token that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is called by in lists and in the audit.
    pub id: String,
    /// A name for people.
    pub name: String,
    /// What it may.
    pub role: String,
    /// Where it may; `None` for every project.
    pub project: Option<ProjectId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From then on it is not valid.
    pub expires_at: Option<Timestamp>,
    /// Since then it is not valid.
    pub revoked_at: Option<Timestamp>,
    /// When it was last used, roughly.
    pub last_used_at: Option<Timestamp>,
}

impl Token {
    /// Whether it lets anyone in at this moment.
    pub fn is_valid_at(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    fn read(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let time = |column: usize| {
            let micros: Option<i64> = row.try_get(column)?;
            Ok::<_, sqlx::Error>(micros.map(Timestamp::from_micros))
        };
        let project: Option<&str> = row.try_get(3)?;
        let project = project.map(ProjectId::new).transpose();
        Ok(Self {
            id: row.try_get(0)?,
            name: row.try_get(1)?,
            role: row.try_get(2)?,
            project: project.map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            created_at: Timestamp::from_micros(row.try_get(4)?),
            expires_at: time(5)?,
            revoked_at: time(6)?,
            last_used_at: time(7)?,
        })
    }
}

async fn create(conn: &mut SqliteConnection, token: NewToken) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO tokens (id, hash, name, role, project, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
    )
    .bind(token.id)
    .bind(token.hash)
    .bind(token.name)
    .bind(token.role)
    .bind(token.project.map(|project| project.as_str().to_owned()))
    .bind(token.created_at.as_micros())
    .bind(token.expires_at.map(Timestamp::as_micros))
    .execute(conn)
    .await?;
    Ok(())
}

async fn revoke(
    conn: &mut SqliteConnection,
    id: String,
    at: Timestamp,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("UPDATE tokens SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL")
        .bind(at.as_micros())
        .bind(id)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() > 0)
}

async fn list(conn: &mut SqliteConnection) -> Result<Vec<Token>, sqlx::Error> {
    let rows = sqlx::query(
        "SELECT id, name, role, project, created_at, expires_at, revoked_at, last_used_at FROM tokens \
         ORDER BY created_at, id",
    )
    .fetch_all(conn)
    .await?;
    rows.iter().map(Token::read).collect()
}

impl Journal {
    /// Keeps a token; answers when it is on the disk.
    pub async fn create_token(&self, token: NewToken) -> Result<(), JournalError> {
        self.durably(|conn| Box::pin(create(conn, token))).await
    }

    /// Makes a token worthless; answers whether it was worth something, when that is on the disk.
    pub async fn revoke_token(&self, id: &str, at: Timestamp) -> Result<bool, JournalError> {
        let id = id.to_owned();
        self.durably(move |conn| Box::pin(revoke(conn, id, at)))
            .await
    }

    /// Every token, oldest first, the revoked ones too.
    pub async fn tokens(&self) -> Result<Vec<Token>, JournalError> {
        let mut conn = self.readers().acquire().await?;
        Ok(list(&mut conn).await?)
    }

    /// The token of a hash, valid or not.
    pub async fn token_by_hash(&self, hash: &[u8]) -> Result<Option<Token>, JournalError> {
        let row = sqlx::query(
            "SELECT id, name, role, project, created_at, expires_at, revoked_at, last_used_at FROM tokens \
             WHERE hash = ?",
        )
        .bind(hash.to_vec())
        .fetch_optional(self.readers())
        .await?;
        Ok(row.map(|row| Token::read(&row)).transpose()?)
    }

    /// Notes that a token was used. Not synced; call it seldom.
    pub async fn touch_token(&self, id: &str, at: Timestamp) -> Result<(), JournalError> {
        let id = id.to_owned();
        self.at_desk(move |desk| {
            Box::pin(async move {
                sqlx::query("UPDATE tokens SET last_used_at = ? WHERE id = ?")
                    .bind(at.as_micros())
                    .bind(id)
                    .execute(&mut desk.conn)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// A number that rises with every change to anyone's rights, by whichever process. Cheap enough to ask every
    /// second.
    pub async fn tokens_version(&self) -> Result<u64, JournalError> {
        let version: i64 = sqlx::query_scalar("SELECT tokens_version FROM journal")
            .fetch_one(self.readers())
            .await?;
        Ok(version as u64)
    }
}

impl Access {
    /// Keeps a token; answers when it is on the disk.
    pub async fn create_token(&mut self, token: NewToken) -> Result<(), JournalError> {
        Ok(create(self.conn(), token).await?)
    }

    /// Makes a token worthless; answers whether it was worth something.
    pub async fn revoke_token(&mut self, id: &str, at: Timestamp) -> Result<bool, JournalError> {
        Ok(revoke(self.conn(), id.to_owned(), at).await?)
    }

    /// Every token, oldest first, the revoked ones too.
    pub async fn tokens(&mut self) -> Result<Vec<Token>, JournalError> {
        Ok(list(self.conn()).await?)
    }
}
