//! Rules: who made which, and what they are. In: what was sent. Out: rows, in the journal and in memory.

use std::sync::{Arc, PoisonError};

use loopscope_alerts::{check, shipped};
use loopscope_event::{EventId, Timestamp};
use loopscope_journal::{JournalError, NewAudit, RuleRecord};
use loopscope_protocol::{AlertRule, AlertRuleBody, ApiError, ErrorCode};

use super::channels::Told;
use super::{Alerts, json, parse, unreadable};
use crate::life::now;

/// The most rules.
const MOST_RULES: usize = 200;

fn rule_of(row: RuleRecord) -> Option<AlertRule> {
    Some(AlertRule {
        body: parse(row.body.as_str())?,
        rule_id: row.rule_id,
        shipped: row.shipped,
        muted_until: row.muted_until,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

fn record_of(rule: &AlertRule) -> RuleRecord {
    RuleRecord {
        rule_id: rule.rule_id.clone(),
        shipped: rule.shipped,
        body: json(&rule.body),
        muted_until: rule.muted_until,
        created_at: rule.created_at,
        updated_at: rule.updated_at,
    }
}

/// An administrative act.
pub(super) fn audit(
    who: &str,
    action: &str,
    subject: &str,
    detail: &serde_json::Value,
) -> NewAudit {
    NewAudit {
        at: now(),
        who: who.to_owned(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        session: None,
        detail: json(detail),
    }
}

impl Alerts {
    /// Reads rules and channels; makes the rules that come with the server where they are missing.
    pub(crate) async fn load(&self) -> Result<(), JournalError> {
        let known = self.0.journal.alert_rules().await?;
        for (index, (id, body)) in shipped().into_iter().enumerate() {
            if known.iter().all(|row| row.rule_id != id) {
                // In the order of their list.
                let at = Timestamp::from_micros(now().as_micros() + index as i64);
                let rule = AlertRule {
                    rule_id: id.to_owned(),
                    body,
                    shipped: true,
                    muted_until: None,
                    created_at: at,
                    updated_at: at,
                };
                self.0
                    .journal
                    .put_alert_rule(record_of(&rule), None)
                    .await?;
            }
        }
        self.reload().await
    }

    pub(super) async fn reload(&self) -> Result<(), JournalError> {
        let rules = self.0.journal.alert_rules().await?;
        let rules = rules.into_iter().filter_map(rule_of).collect();
        let channels = self.0.journal.alert_channels().await?;
        let channels = channels.into_iter().filter_map(|row| {
            Some(Told {
                new: parse(row.body.as_str())?,
                channel_id: row.channel_id,
                created_at: row.created_at,
            })
        });
        *self.0.rules.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(rules);
        *self
            .0
            .channels
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Arc::new(channels.collect());
        self.0.rules_changed.notify_one();
        Ok(())
    }

    /// One rule.
    pub(crate) fn rule(&self, id: &str) -> Result<AlertRule, ApiError> {
        let rules = self.rules();
        let found = rules.iter().find(|rule| rule.rule_id == id).cloned();
        found.ok_or_else(|| ApiError::new(ErrorCode::NotFound, "there is no such rule"))
    }

    /// Keeps a rule; `id` is the one that it takes the place of.
    pub(crate) async fn put_rule(
        &self,
        who: &str,
        id: Option<&str>,
        mut body: AlertRuleBody,
    ) -> Result<AlertRule, ApiError> {
        body.name = body.name.trim().to_owned();
        check(&body)?;
        let channels = self.channels();
        for named in body.channels.iter().flatten() {
            if channels.iter().all(|told| told.channel_id != *named) {
                return Err(ApiError::field(
                    "channels",
                    format!("there is no channel `{named}`"),
                ));
            }
        }
        let at = now();
        let (rule, action) = if let Some(id) = id {
            (
                AlertRule {
                    body,
                    updated_at: at,
                    ..self.rule(id)?
                },
                "alert.rule.change",
            )
        } else {
            too_many(self.rules().len(), MOST_RULES, "rules")?;
            let rule_id = EventId::mint(at).to_string();
            let rule = AlertRule {
                rule_id,
                body,
                shipped: false,
                muted_until: None,
                created_at: at,
                updated_at: at,
            };
            (rule, "alert.rule.create")
        };
        self.write_rule(who, rule, action).await
    }

    /// Nobody is told of a rule's alerts until then.
    pub(crate) async fn mute_rule(
        &self,
        who: &str,
        id: &str,
        until: Option<Timestamp>,
    ) -> Result<AlertRule, ApiError> {
        let rule = AlertRule {
            muted_until: until,
            ..self.rule(id)?
        };
        let action = if until.is_some() {
            "alert.rule.mute"
        } else {
            "alert.rule.unmute"
        };
        self.write_rule(who, rule, action).await
    }

    async fn write_rule(
        &self,
        who: &str,
        rule: AlertRule,
        action: &str,
    ) -> Result<AlertRule, ApiError> {
        let detail = serde_json::json!({"name": rule.body.name, "kind": rule.body.condition.kind(), "enabled": rule.body.enabled, "muted_until": rule.muted_until});
        let audit = audit(who, action, &rule.rule_id, &detail);
        let done = self
            .0
            .journal
            .put_alert_rule(record_of(&rule), Some(audit))
            .await;
        done.map_err(unreadable)?;
        self.reload().await.map_err(unreadable)?;
        Ok(rule)
    }

    /// Removes a rule; what it fires is over.
    pub(crate) async fn delete_rule(&self, who: &str, id: &str) -> Result<(), ApiError> {
        let rule = self.rule(id)?;
        if rule.shipped {
            let message = "this rule comes with Loopscope; disable it instead";
            return Err(ApiError::new(ErrorCode::Conflict, message));
        }
        let audit = audit(
            who,
            "alert.rule.delete",
            id,
            &serde_json::json!({"name": rule.body.name}),
        );
        self.0
            .journal
            .delete_alert_rule(id, audit)
            .await
            .map_err(unreadable)?;
        self.reload().await.map_err(unreadable)
    }
}

pub(super) fn too_many(count: usize, most: usize, what: &str) -> Result<(), ApiError> {
    if count < most {
        return Ok(());
    }
    Err(ApiError {
        limit: Some(format!("{most} {what}")),
        ..ApiError::new(ErrorCode::Conflict, format!("there are too many {what}"))
    })
}
