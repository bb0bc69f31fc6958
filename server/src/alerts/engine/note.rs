//! What is noted now and then: how far rules have looked, and what they remember.

use loopscope_event::Timestamp;
use loopscope_journal::AlertStep;

use super::super::steps::{memory, record};
use super::{Engine, NOTE_EVERY};

impl Engine {
    pub(super) async fn note_now_and_then(&mut self, at: Timestamp) {
        if at.since(self.noted.1).as_micros() >= NOTE_EVERY {
            self.note(at).await;
        }
    }

    /// Notes how far rules have looked, and what they remember.
    pub(super) async fn note(&mut self, at: Timestamp) {
        let mut step = AlertStep::default();
        let mut told = Vec::new();
        for (key, session) in &mut self.sessions.0 {
            for slot in session.slots.iter_mut().filter(|slot| slot.dirty) {
                slot.dirty = false;
                step.watches.push(memory(key, &slot.rule_id, &slot.watch));
                if let (Some(row), Some(firing)) = (&mut slot.alert, &slot.watch.firing)
                    && row.count != firing.count
                {
                    row.count = firing.count;
                    row.last_at = firing.last_at;
                    row.summary.clone_from(&firing.summary);
                    step.alerts.push(record(row));
                    told.push(row.clone());
                }
            }
        }
        let is_same = self.noted.0 == Some(self.place);
        self.noted = (Some(self.place), at);
        // What is over and says nothing more needs no place here.
        self.sessions.0.retain(|_, session| {
            session.touched || !session.glance.status.is_ended() || !session.is_blank()
        });
        if is_same && step.watches.is_empty() {
            return;
        }
        step.place = Some(self.place.0);
        if let Err(error) = self.alerts.0.journal.note_alerts(step).await {
            tracing::warn!(%error, "what alert rules remember could not be noted");
        }
        self.alerts.tell(told);
    }
}
