//! Who gets in. In: a request's credentials, its peer, its Host and Origin. Out: a [`Grant`], or why not.
//!
//! * From this machine, with nothing forwarded and no foreign page behind it, nobody is asked for a token.
//! * Everyone else shows one: `Authorization: Bearer`, the cookie that the login page sets, or `?token=`.
//! * A page of another origin may neither open sockets nor change anything, whatever cookie the browser adds.
//!
//! Tokens are 256 random bits; only their SHA-256 is kept. Revocation is noticed within a second or two, also when
//! the command line did it, and ends the sockets that the token opened.

mod extract;
mod first;
mod grant;
mod headers;
pub(crate) mod login;
mod origin;
mod peer;
mod rate;
mod redirect;
mod secret;
mod tokens;

use std::sync::Arc;

use axum::http::request::Parts;
use loopscope_journal::Journal;
use loopscope_protocol::{ApiError, ErrorCode};
use tokio_util::sync::CancellationToken;

use crate::config::{Auth, Config};

pub(crate) use extract::{Admin, Producer, Steerer, Taker, Viewer};
pub(crate) use first::first_token;
pub(crate) use grant::{Grant, Right, Role};
pub(crate) use headers::security_headers;
pub(crate) use peer::Peer;
pub(crate) use redirect::{ask_for_token, without_token};
pub(crate) use secret::{COOKIE, Secret, new_token};

use rate::Rates;
use tokens::Tokens;

/// The doorkeeper.
#[derive(Clone)]
pub(crate) struct Access(Arc<Door>);

struct Door {
    auth: Auth,
    hosts: Vec<String>,
    origins: Vec<String>,
    tokens: Tokens,
    rates: Rates,
    shutdown: CancellationToken,
}

impl Access {
    /// The door of a configuration.
    pub(crate) fn new(config: &Config, journal: Journal, shutdown: CancellationToken) -> Self {
        Self(Arc::new(Door {
            auth: config.auth,
            hosts: config.hosts.clone(),
            origins: config.origins.clone(),
            tokens: Tokens::new(journal, shutdown.clone()),
            rates: Rates::new(&config.limits),
            shutdown,
        }))
    }

    /// Lets a request do what it wants to, or says why not.
    pub(crate) async fn allow(&self, parts: &Parts, right: Right) -> Result<Grant, ApiError> {
        let grant = self.identify(parts).await?;
        if right.changes() || crate::socket::Upgrade::is_asked_for(&parts.headers) {
            origin::refuse_foreign(parts, &self.0.origins)?;
        }
        if !grant.role.may(right) {
            return Err(ApiError::new(
                ErrorCode::Forbidden,
                format!(
                    "a token of role `{}` may not {}",
                    grant.role.as_str(),
                    right.as_str()
                ),
            ));
        }
        Ok(grant)
    }

    /// Counts an intake request of someone against their rate.
    pub(crate) fn count_intake(&self, grant: &Grant, peer: &Peer) -> Result<(), ApiError> {
        self.0.rates.intake(grant, peer)
    }

    /// Counts a command, or another act of someone who steers, against their rate.
    pub(crate) fn count_command(&self, grant: &Grant, peer: &Peer) -> Result<(), ApiError> {
        self.0.rates.command(grant, peer)
    }

    /// Follows revocations, until told to stop.
    pub(crate) async fn follow_revocations(self) {
        self.0.tokens.follow().await;
    }

    /// Who sent a request.
    async fn identify(&self, parts: &Parts) -> Result<Grant, ApiError> {
        let door = &*self.0;
        let shown = secret::shown_in(parts);
        if let Some((secret, place)) = shown {
            match door.tokens.grant(&secret).await? {
                Some(grant) => return Ok(grant),
                // A cookie may be left over from another server on this host; it is not an attempt to get in.
                None if place == secret::Place::Cookie => {}
                None => return Err(refuse("this token is not valid")),
            }
        }
        match door.auth {
            Auth::Always => Err(refuse("a token is needed")),
            Auth::Never => {
                origin::refuse_strange_host(parts, &door.hosts)?;
                Ok(self.local())
            }
            Auth::Auto => {
                origin::refuse_remote(parts)?;
                origin::refuse_foreign(parts, &door.origins)?;
                Ok(self.local())
            }
        }
    }

    /// What someone at this machine may: everything.
    fn local(&self) -> Grant {
        Grant {
            role: Role::Admin,
            who: Arc::from("local"),
            project: None,
            ends: self.0.shutdown.clone(),
        }
    }
}

fn refuse(message: impl Into<String>) -> ApiError {
    ApiError::new(ErrorCode::Unauthorized, message)
}
