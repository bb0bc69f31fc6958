//! The first start: a server that others can reach has a token, or makes one and shows it once.

use loopscope_event::RawJson;
use loopscope_journal::{Journal, JournalError, NewAudit, Token};

use super::{Role, Secret, new_token};
use crate::life::now;

/// The secret of a new admin token, where nobody could get in without one; `None` where there is one already.
pub(crate) async fn first_token(journal: &Journal) -> Result<Option<Secret>, JournalError> {
    let is_admin = |token: &Token| token.role == Role::Admin.as_str() && token.is_valid_at(now());
    if journal.tokens().await?.iter().any(is_admin) {
        return Ok(None);
    }
    let made = new_token("first start", Role::Admin, None, now(), None);
    let (token, secret) = made.map_err(|error| JournalError::Storage(error.to_string()))?;
    let note = NewAudit {
        at: now(),
        who: "first start".to_owned(),
        action: "token.create".to_owned(),
        subject: token.id.clone(),
        session: None,
        detail: RawJson::from_trusted(r#"{"role":"admin"}"#),
    };
    journal.create_token(token).await?;
    journal.put_audit(note).await?;
    Ok(Some(secret))
}
