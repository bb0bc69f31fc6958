//! `loopscope token`: access tokens, made and revoked on the database file while a server may run on it.

use std::path::Path;

use loopscope_event::{Duration, ProjectId, RawJson};
use loopscope_journal::{Access, JournalError, NewAudit, OpenError, Token};

use crate::access::{Role, new_token};
use crate::life::now;

/// Why a token could not be made, listed or revoked.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The database was not opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The database refused.
    #[error("the journal: {0}")]
    Journal(#[from] JournalError),
    /// The system gave no random bits.
    #[error("the system gave no random bits: {0}")]
    Random(String),
    /// No such role.
    #[error("{0}")]
    Role(String),
    /// No token of that id holds.
    #[error("there is no valid token `{0}`; `loopscope token list` shows all tokens")]
    Unknown(String),
}

/// A token to make.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// A name for people.
    pub name: String,
    /// `view`, `ingest`, `control` or `admin`.
    pub role: String,
    /// The only project it is for.
    pub project: Option<ProjectId>,
    /// How many days it holds.
    pub days: Option<u32>,
}

/// Who is noted in the audit.
const WHO: &str = "command line";

/// Makes a token; answers with its id and its secret, which is known only now.
pub async fn create(database: &Path, wanted: Wanted) -> Result<(String, String), TokenError> {
    let role: Role = wanted.role.parse().map_err(TokenError::Role)?;
    let at = now();
    let day = |days: u32| Duration::from_micros(i64::from(days) * 86_400_000_000);
    let expires_at = wanted.days.map(|days| at.plus(day(days)));
    let (token, secret) = new_token(&wanted.name, role, wanted.project, at, expires_at)
        .map_err(|error| TokenError::Random(error.to_string()))?;
    let id = token.id.clone();
    let mut access = Access::open(database).await?;
    access.create_token(token).await?;
    let detail = serde_json::json!({"name": wanted.name, "role": role.as_str()});
    access
        .put_audit(&note("token.create", &id, &detail))
        .await?;
    access.close().await?;
    Ok((id, secret.reveal().to_owned()))
}

/// What the command line did.
fn note(action: &str, subject: &str, detail: &serde_json::Value) -> NewAudit {
    NewAudit {
        at: now(),
        who: WHO.to_owned(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        session: None,
        detail: RawJson::from_trusted(detail.to_string()),
    }
}

/// Every token, oldest first.
pub async fn list(database: &Path) -> Result<Vec<Token>, TokenError> {
    let mut access = Access::open(database).await?;
    let tokens = access.tokens().await?;
    access.close().await?;
    Ok(tokens)
}

/// Makes a token worthless, by its id.
pub async fn revoke(database: &Path, id: &str) -> Result<(), TokenError> {
    let mut access = Access::open(database).await?;
    let did_hold = access.revoke_token(id, now()).await?;
    if did_hold {
        let detail = serde_json::json!({});
        access.put_audit(&note("token.revoke", id, &detail)).await?;
    }
    access.close().await?;
    if did_hold {
        Ok(())
    } else {
        Err(TokenError::Unknown(id.to_owned()))
    }
}
