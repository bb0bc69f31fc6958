//! What people do to an alert: they acknowledge it, or mute it.

use loopscope_journal::AlertStep;
use loopscope_protocol::{ApiError, ErrorCode};

use super::super::asks::{Act, Ask};
use super::super::steps::record;
use super::super::{is_muted, json};
use super::Engine;
use crate::life::now;

impl Engine {
    /// Does what somebody asked of an alert.
    pub(super) async fn answer(&mut self, ask: Ask) {
        let slots = self
            .sessions
            .0
            .values_mut()
            .flat_map(|session| &mut session.slots);
        let mut rows = slots.filter_map(|slot| slot.alert.as_mut());
        let row = rows.find(|row| {
            row.alert_id == ask.alert_id
                && ask
                    .project
                    .as_ref()
                    .is_none_or(|project| *project == row.project)
        });
        let Some(row) = row else {
            let gone = ApiError::new(
                ErrorCode::NotFound,
                "this alert is not firing: it is resolved, or does not exist",
            );
            let _ = ask.reply.send(Err(gone));
            return;
        };
        let at = now();
        let before = row.clone();
        let action = match ask.act {
            Act::Ack => {
                row.acked_at.get_or_insert(at);
                row.acked_by.get_or_insert(ask.who.clone());
                "alert.ack"
            }
            Act::Mute(until) => {
                row.muted_until = until;
                if is_muted(until, at) {
                    "alert.mute"
                } else {
                    "alert.unmute"
                }
            }
        };
        let changed = row.clone();
        let audit = loopscope_journal::NewAudit {
            at,
            who: ask.who,
            action: action.to_owned(),
            subject: row.alert_id.clone(),
            session: Some((row.project.clone(), row.session_id.clone())),
            detail: json(&serde_json::json!({"rule": row.rule, "until": row.muted_until})),
        };
        let step = AlertStep {
            alerts: vec![record(row)],
            audit: vec![audit],
            ..AlertStep::default()
        };
        let done = self.alerts.0.journal.put_alerts(step).await;
        let answer = match done {
            Ok(()) => {
                self.alerts.tell(vec![changed.clone()]);
                Ok(changed)
            }
            Err(error) => {
                *row = before;
                Err(crate::alerts::unreadable(error))
            }
        };
        let _ = ask.reply.send(answer);
    }
}
