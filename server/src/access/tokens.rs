//! Tokens in use: known by their hash, forgotten with every change to anyone's rights, ended when they are revoked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use loopscope_journal::{Journal, JournalError, Token};
use loopscope_protocol::{ApiError, ErrorCode};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{Grant, Secret};
use crate::life::now;

/// How often rights are looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How often a token's last use is written down.
const TOUCH_EVERY: Duration = Duration::from_mins(5);

pub(super) struct Tokens {
    journal: Journal,
    shutdown: CancellationToken,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Tokens that held when they were last looked at, by the hash of their secret. Only tokens that are kept get
    /// in here, so it is as bounded as they are.
    known: HashMap<[u8; 32], Known>,
    version: u64,
}

struct Known {
    token: Token,
    ends: CancellationToken,
    touched: Option<Instant>,
}

impl Tokens {
    pub(super) fn new(journal: Journal, shutdown: CancellationToken) -> Self {
        Self {
            journal,
            shutdown,
            state: Mutex::default(),
        }
    }

    /// What a secret grants; `None` where it does not hold.
    pub(super) async fn grant(&self, secret: &Secret) -> Result<Option<Grant>, ApiError> {
        let hash = secret.hash();
        if let Some((grant, is_due)) = self.known(&hash) {
            if is_due {
                self.touch(&grant).await;
            }
            return Ok(Some(grant));
        }
        let found = self
            .journal
            .token_by_hash(&hash)
            .await
            .map_err(|error| unreadable(&error))?;
        let Some(token) = found.filter(|token| token.is_valid_at(now())) else {
            return Ok(None);
        };
        let known = Known {
            token,
            ends: self.shutdown.child_token(),
            touched: None,
        };
        let mut state = self.lock();
        let known = state.known.entry(hash).or_insert(known);
        Ok(known.grant())
    }

    /// What is remembered of a token, and whether its use is to be written down.
    fn known(&self, hash: &[u8; 32]) -> Option<(Grant, bool)> {
        let mut state = self.lock();
        let known = state.known.get_mut(hash)?;
        if !known.token.is_valid_at(now()) {
            return None;
        }
        let grant = known.grant()?;
        let is_due = known
            .touched
            .is_none_or(|touched| touched.elapsed() > TOUCH_EVERY);
        if is_due {
            known.touched = Some(Instant::now());
        }
        Some((grant, is_due))
    }

    async fn touch(&self, grant: &Grant) {
        if let Err(error) = self.journal.touch_token(&grant.who, now()).await {
            tracing::debug!(%error, "a token's use could not be written down");
        }
    }

    /// Looks at everyone's rights again and again, and ends what no longer holds.
    pub(super) async fn follow(&self) {
        while !self.shutdown.is_cancelled() {
            match self.journal.tokens_version().await {
                Ok(version) => {
                    let changed = std::mem::replace(&mut self.lock().version, version) != version;
                    if let Err(error) = self.review(changed).await {
                        tracing::warn!(%error, "tokens could not be read");
                    }
                }
                Err(JournalError::Closed) => return,
                Err(error) => tracing::warn!(%error, "tokens could not be read"),
            }
            tokio::select! {
                () = sleep(LOOK_EVERY) => {}
                () = self.shutdown.cancelled() => {}
            }
        }
    }

    /// Ends what has expired, and where rights changed what was revoked.
    async fn review(&self, changed: bool) -> Result<(), JournalError> {
        let current: Option<HashMap<String, Token>> = if changed {
            let tokens = self.journal.tokens().await?;
            Some(
                tokens
                    .into_iter()
                    .map(|token| (token.id.clone(), token))
                    .collect(),
            )
        } else {
            None
        };
        let now = now();
        self.lock().known.retain(|_, known| {
            if let Some(current) = &current {
                match current.get(&known.token.id) {
                    Some(token) => known.token = token.clone(),
                    None => known.token.revoked_at = Some(now),
                }
            }
            let holds = known.token.is_valid_at(now);
            if !holds {
                known.ends.cancel();
            }
            holds
        });
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn grant(&self) -> Option<Grant> {
        Some(Grant {
            role: self.token.role.parse().ok()?,
            who: Arc::from(self.token.id.as_str()),
            project: self.token.project.clone(),
            ends: self.ends.clone(),
        })
    }
}

fn unreadable(error: &JournalError) -> ApiError {
    tracing::error!(%error, "tokens could not be read");
    ApiError::new(ErrorCode::Internal, "the journal could not be read")
}
