//! Channels: where people are told of alerts. In: what was sent. Out: rows, in the journal and in memory.
//!
//! A secret is shown once, when it is made; of an address only scheme and host are shown: hooks keep secrets in paths.

use std::sync::{Arc, PoisonError};

use loopscope_event::{EventId, ProjectId, Timestamp};
use loopscope_journal::ChannelRecord;
use loopscope_protocol::{
    AlertRow, AlertRule, AlertState, ApiError, Channel, ChannelKind, ChannelMade, ErrorCode,
    NewChannel,
};

use super::settings::{audit, too_many};
use super::{Alerts, json, unreadable};
use crate::life::now;

/// The most channels.
const MOST_CHANNELS: usize = 50;

/// A channel with its secret.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub channel_id: String,
    pub new: NewChannel,
    pub created_at: Timestamp,
}

impl Told {
    /// Whether the channel is told of an alert of a rule.
    pub(super) fn wants(&self, rule: &AlertRule, row: &AlertRow) -> bool {
        let new = &self.new;
        let named = rule.body.channels.as_ref();
        new.enabled
            && row.severity <= new.severity
            && (new.resolved || row.state == AlertState::Firing)
            && new
                .project
                .as_ref()
                .is_none_or(|project| *project == row.project)
            && named.is_none_or(|named| named.contains(&self.channel_id))
    }
}

/// A channel as people see it.
fn shown(channel_id: &str, new: &NewChannel, created_at: Timestamp) -> Channel {
    Channel {
        channel_id: channel_id.to_owned(),
        name: new.name.clone(),
        kind: new.kind,
        url: short(new.url.as_deref().unwrap_or_default()),
        enabled: new.enabled,
        severity: new.severity,
        resolved: new.resolved,
        project: new.project.clone(),
        created_at,
    }
}

/// Scheme and host, and that there is more: paths of hooks are secrets too.
fn short(url: &str) -> String {
    let Ok(uri) = url.parse::<hyper::Uri>() else {
        return String::new();
    };
    let host = uri.authority().map_or("", |authority| {
        authority.as_str().rsplit('@').next().unwrap_or_default()
    });
    let more = if uri.path().len() > 1 { "/…" } else { "" };
    format!("{}://{host}{more}", uri.scheme_str().unwrap_or("http"))
}

impl Alerts {
    pub(super) fn channels(&self) -> Arc<Vec<Told>> {
        Arc::clone(
            &self
                .0
                .channels
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Channels as people see them.
    pub(crate) fn shown_channels(&self, project: Option<&ProjectId>) -> Vec<Channel> {
        let channels = self.channels();
        let seen = channels.iter().filter(|told| {
            let own = told.new.project.as_ref();
            project.is_none() || own.is_none() || own == project
        });
        seen.map(|told| shown(&told.channel_id, &told.new, told.created_at))
            .collect()
    }

    /// Keeps a channel; `id` is the one that it takes the place of. A secret that was made is in the answer, once.
    pub(crate) async fn put_channel(
        &self,
        who: &str,
        id: Option<&str>,
        mut new: NewChannel,
    ) -> Result<ChannelMade, ApiError> {
        let old = id.map(|id| self.channel(id)).transpose()?;
        new.name = new.name.trim().to_owned();
        if new.name.is_empty() || new.name.len() > 256 {
            return Err(ApiError::field("name", "must be from 1 to 256 bytes"));
        }
        let old_url = old.as_ref().and_then(|old| old.new.url.clone());
        new.url = new.url.filter(|url| !url.trim().is_empty()).or(old_url);
        address(new.url.as_deref())?;
        if new
            .secret
            .as_ref()
            .is_some_and(|secret| secret.len() < 16 || secret.len() > 256)
        {
            return Err(ApiError::field("secret", "must be from 16 to 256 bytes"));
        }
        let mut made = None;
        if new.kind == ChannelKind::Webhook && new.secret.is_none() {
            new.secret = old.as_ref().and_then(|old| old.new.secret.clone());
            if new.secret.is_none() {
                made = Some(fresh_secret()?);
                new.secret.clone_from(&made);
            }
        }
        let (channel_id, created_at, action) = if let Some(old) = old {
            (old.channel_id, old.created_at, "alert.channel.change")
        } else {
            too_many(self.channels().len(), MOST_CHANNELS, "channels")?;
            (
                EventId::mint(now()).to_string(),
                now(),
                "alert.channel.create",
            )
        };
        self.write_channel(
            who,
            Told {
                channel_id,
                new,
                created_at,
            },
            action,
            made,
        )
        .await
    }

    /// Makes a new secret for a channel, and shows it, once.
    pub(crate) async fn new_secret(&self, who: &str, id: &str) -> Result<ChannelMade, ApiError> {
        let mut told = self.channel(id)?;
        let made = Some(fresh_secret()?);
        told.new.secret.clone_from(&made);
        self.write_channel(who, told, "alert.channel.secret", made)
            .await
    }

    async fn write_channel(
        &self,
        who: &str,
        told: Told,
        action: &str,
        made: Option<String>,
    ) -> Result<ChannelMade, ApiError> {
        let channel = shown(&told.channel_id, &told.new, told.created_at);
        let detail = serde_json::json!({"name": channel.name, "url": channel.url, "enabled": channel.enabled});
        let audit = audit(who, action, &told.channel_id, &detail);
        let row = ChannelRecord {
            channel_id: told.channel_id,
            body: json(&told.new),
            created_at: told.created_at,
        };
        self.0
            .journal
            .put_alert_channel(row, audit)
            .await
            .map_err(unreadable)?;
        self.reload().await.map_err(unreadable)?;
        Ok(ChannelMade {
            channel,
            secret: made,
        })
    }

    /// Removes a channel; what it was still to be told is given up.
    pub(crate) async fn delete_channel(&self, who: &str, id: &str) -> Result<(), ApiError> {
        let told = self.channel(id)?;
        let audit = audit(
            who,
            "alert.channel.delete",
            id,
            &serde_json::json!({"name": told.new.name}),
        );
        self.0
            .journal
            .delete_alert_channel(id, audit)
            .await
            .map_err(unreadable)?;
        self.reload().await.map_err(unreadable)
    }

    fn channel(&self, id: &str) -> Result<Told, ApiError> {
        let channels = self.channels();
        let found = channels.iter().find(|told| told.channel_id == id).cloned();
        found.ok_or_else(|| ApiError::new(ErrorCode::NotFound, "there is no such channel"))
    }
}

fn address(url: Option<&str>) -> Result<(), ApiError> {
    let Some(url) = url else {
        return Err(ApiError::field("url", "an address is needed"));
    };
    let uri = url
        .parse::<hyper::Uri>()
        .ok()
        .filter(|uri| uri.host().is_some());
    let scheme = uri.as_ref().and_then(hyper::Uri::scheme_str);
    if url.len() > 2_048 || !matches!(scheme, Some("http" | "https")) {
        return Err(ApiError::field("url", "an http or https address is needed"));
    }
    Ok(())
}

fn fresh_secret() -> Result<String, ApiError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes)
        .map_err(|_| ApiError::new(ErrorCode::Internal, "no random bits to be had"))?;
    Ok(format!("whsec_{}", super::hex(&bytes)))
}
