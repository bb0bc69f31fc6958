//! How fast anyone may knock. In: who, from where. Out: yes, or when to try again.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use loopscope_protocol::{ApiError, ErrorCode};

use super::{Grant, Peer};
use crate::config::Limits;

/// Attempts to log in, a minute and at once, from one address.
const LOGINS_PER_MINUTE: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// Beyond so many addresses those that have been quiet are forgotten.
const MOST_KEYS: usize = 10_000;

/// Limits by token and address.
type ByProducer = DefaultKeyedRateLimiter<(Arc<str>, IpAddr)>;

pub(super) struct Rates {
    login: DefaultKeyedRateLimiter<IpAddr>,
    intake: Option<(NonZeroU32, ByProducer)>,
    commands: Option<(NonZeroU32, ByProducer)>,
}

impl Rates {
    /// A rate of 0 is no bound.
    pub(super) fn new(limits: &Limits) -> Self {
        let limiter = |rate| (rate, RateLimiter::keyed(Quota::per_second(rate)));
        Self {
            login: RateLimiter::keyed(Quota::per_minute(LOGINS_PER_MINUTE)),
            intake: NonZeroU32::new(limits.intake_per_second).map(limiter),
            commands: NonZeroU32::new(limits.commands_per_second).map(limiter),
        }
    }

    /// One attempt to log in.
    pub(super) fn login(&self, peer: &Peer) -> Result<(), ApiError> {
        let limit = || format!("{LOGINS_PER_MINUTE} attempts a minute");
        check(&self.login, &peer.ip(), limit)
    }

    /// One intake request.
    pub(super) fn intake(&self, grant: &Grant, peer: &Peer) -> Result<(), ApiError> {
        by_token(self.intake.as_ref(), grant, peer, "requests")
    }

    /// One command.
    pub(super) fn command(&self, grant: &Grant, peer: &Peer) -> Result<(), ApiError> {
        by_token(self.commands.as_ref(), grant, peer, "commands")
    }
}

fn by_token(
    limit: Option<&(NonZeroU32, ByProducer)>,
    grant: &Grant,
    peer: &Peer,
    what: &str,
) -> Result<(), ApiError> {
    let Some((rate, limiter)) = limit else {
        return Ok(());
    };
    let key = (Arc::clone(&grant.who), peer.ip());
    check(limiter, &key, || format!("{rate} {what} a second"))
}

fn check<K: Hash + Eq + Clone>(
    limiter: &DefaultKeyedRateLimiter<K>,
    key: &K,
    limit: impl FnOnce() -> String,
) -> Result<(), ApiError> {
    if limiter.len() > MOST_KEYS {
        limiter.retain_recent();
    }
    limiter.check_key(key).map_err(|not_until| {
        let wait = not_until.wait_time_from(DefaultClock::default().now());
        let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1);
        ApiError {
            limit: Some(limit()),
            ..ApiError::new(ErrorCode::RateLimited, "too many requests; slow down")
        }
        .retry_after_ms(millis)
    })
}
