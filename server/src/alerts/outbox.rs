//! The outbox: tells channels, again and again until they have it. In: deliveries on record. Out: the same, further on.
//!
//! What is not received is tried again after a while that doubles, with some chance in it, up to [`LONGEST`]; a
//! receiver's own wish is honoured. After [`GIVE_UP`] it is given up. A crash between an answer and its note sends
//! once more: receivers tell deliveries apart by their id.

use std::sync::Arc;
use std::time::Duration as Wait;

use loopscope_event::{Duration, Timestamp};
use loopscope_journal::{AlertStep, DeliveryRecord};
use loopscope_protocol::{ApiError, ChannelKind, Delivery, DeliveryState, ErrorCode};
use tokio::sync::Semaphore;
use tokio::time::sleep;

use super::channels::Told;
use super::send::{Answer, Sender, signature};
use super::{Alerts, json, message, parse, unreadable};
use crate::life::now;

/// The most attempts at once.
const AT_ONCE: usize = 8;
/// The first pause after a failed attempt, and the longest.
const FIRST: f64 = 1.0;
const LONGEST: f64 = 300.0;
/// The longest pause that a receiver may ask for.
const ASKED: Wait = Wait::from_hours(1);
/// For so long it is tried.
const GIVE_UP: Duration = Duration::from_millis(24 * 3_600_000);

impl Alerts {
    /// Sends what is due, until the server stops.
    pub(crate) async fn send(self) {
        let sender = Sender::new(self.0.refuse_private);
        let places = Arc::new(Semaphore::new(AT_ONCE));
        loop {
            let due = match self.0.journal.due_deliveries(now(), AT_ONCE as u32).await {
                Ok(due) => due,
                Err(error) => {
                    tracing::warn!(%error, "the outbox could not be read");
                    Vec::new()
                }
            };
            let none = due.is_empty();
            let mut tasks = tokio::task::JoinSet::new();
            for row in due {
                let (alerts, sender, places) = (self.clone(), sender.clone(), Arc::clone(&places));
                tasks.spawn(async move {
                    let _place = places.acquire_owned().await;
                    alerts.deliver(&sender, row).await;
                });
            }
            tokio::select! {
                () = async { while tasks.join_next().await.is_some() {} } => {}
                () = self.0.shutdown.cancelled() => return,
            }
            if none {
                tokio::select! {
                    () = sleep(self.until_next().await) => {}
                    () = self.0.post.notified() => {}
                    () = self.0.shutdown.cancelled() => return,
                }
            }
        }
    }

    async fn until_next(&self) -> Wait {
        let next = self.0.journal.next_delivery().await.ok().flatten();
        let micros = next.map_or(5_000_000, |next| next.since(now()).as_micros());
        Wait::from_micros(micros.clamp(20_000, 5_000_000) as u64)
    }

    /// One attempt, and what came of it.
    async fn deliver(&self, sender: &Sender, row: DeliveryRecord) {
        let Some(mut about) = parse::<Delivery>(row.about.as_str()) else {
            return;
        };
        let told = self
            .channels()
            .iter()
            .find(|told| told.channel_id == row.channel_id)
            .cloned();
        let answer = match &told {
            Some(told) => attempt(sender, told, &row).await,
            None => Answer {
                words: "the channel was removed".to_owned(),
                ..Answer::default()
            },
        };
        let at = now();
        after(&mut about, &answer, at, told.is_some());
        let state = match about.state {
            DeliveryState::Pending => 0,
            DeliveryState::Delivered => 1,
            DeliveryState::Failed => 2,
        };
        let word = match about.state {
            DeliveryState::Pending => "again",
            DeliveryState::Delivered => "delivered",
            DeliveryState::Failed => "given_up",
        };
        metrics::counter!("loopscope_alert_deliveries_total", "outcome" => word).increment(1);
        let changed = DeliveryRecord {
            state,
            next_at: about.next_at.unwrap_or(at),
            about: json(&about),
            ..row
        };
        let step = AlertStep {
            deliveries: vec![changed],
            ..AlertStep::default()
        };
        if let Err(error) = self.0.journal.note_alerts(step).await {
            tracing::warn!(%error, "what came of a delivery could not be noted; it is sent again");
            sleep(Wait::from_secs(1)).await;
        }
    }

    /// Tells a channel a test, once, and what it answered.
    pub(crate) async fn test_channel(&self, channel_id: &str) -> Result<Delivery, ApiError> {
        let told = self
            .channels()
            .iter()
            .find(|told| told.channel_id == channel_id)
            .cloned();
        let told =
            told.ok_or_else(|| ApiError::new(ErrorCode::NotFound, "there is no such channel"))?;
        let row = message::test(&told, now());
        let mut about: Delivery = parse(row.about.as_str())
            .ok_or_else(|| ApiError::new(ErrorCode::Internal, "the test could not be made"))?;
        let sender = Sender::new(self.0.refuse_private);
        let answer = attempt(&sender, &told, &row).await;
        after(&mut about, &answer, now(), true);
        if about.state == DeliveryState::Pending {
            // A test is not sent again: somebody looks at the answer.
            about.state = DeliveryState::Failed;
            about.next_at = None;
            about.ended_at = Some(now());
        }
        let state = if about.state == DeliveryState::Delivered {
            1
        } else {
            2
        };
        let row = DeliveryRecord {
            state,
            about: json(&about),
            ..row
        };
        let step = AlertStep {
            deliveries: vec![row],
            ..AlertStep::default()
        };
        self.0.journal.note_alerts(step).await.map_err(unreadable)?;
        Ok(about)
    }
}

async fn attempt(sender: &Sender, told: &Told, row: &DeliveryRecord) -> Answer {
    let url = told.new.url.as_deref().unwrap_or_default();
    let mut headers = Vec::new();
    if told.new.kind == ChannelKind::Webhook {
        let event = parse::<Delivery>(row.about.as_str()).map(|about| about.event);
        headers.push(("loopscope-event", event.unwrap_or_default()));
        headers.push(("loopscope-delivery", row.delivery_id.clone()));
        if let Some(secret) = &told.new.secret {
            let seconds = now().as_millis() / 1_000;
            headers.push(("loopscope-signature", signature(secret, seconds, &row.body)));
        }
    }
    sender.post(url, &headers, row.body.clone()).await
}

/// Where a delivery stands after an attempt.
fn after(about: &mut Delivery, answer: &Answer, at: Timestamp, has_channel: bool) {
    about.attempts = about.attempts.saturating_add(1);
    about.status = answer.status;
    about.answer = Some(answer.words.clone()).filter(|words| !words.is_empty());
    about.next_at = None;
    about.ended_at = Some(at);
    about.state = if answer.is_received() {
        DeliveryState::Delivered
    } else {
        DeliveryState::Failed
    };
    let pause = pause(about.attempts, answer.retry_after);
    let next = at.plus(pause);
    if about.state == DeliveryState::Failed
        && has_channel
        && next.since(about.created_at).as_micros() < GIVE_UP.as_micros()
    {
        about.state = DeliveryState::Pending;
        about.next_at = Some(next);
        about.ended_at = None;
    }
}

/// How long to wait after so many attempts: doubling, between half and one and a half of it, never less than asked.
fn pause(attempts: u32, asked: Option<Wait>) -> Duration {
    let doubled = FIRST * 2_f64.powi(attempts.saturating_sub(1).min(16) as i32);
    let mut bits = [0; 2];
    // Without chance it is the middle.
    let _ = getrandom::fill(&mut bits);
    let chance = 0.5 + f64::from(u16::from_le_bytes(bits)) / f64::from(u16::MAX);
    let own = (doubled * chance).min(LONGEST);
    let asked = asked.map_or(0.0, |asked| asked.min(ASKED).as_secs_f64());
    Duration::from_secs_f64(own.max(asked))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_within_bounds_and_honour_what_is_asked() {
        for attempts in 1..40 {
            let seconds = pause(attempts, None).as_secs_f64();
            let middle = 2_f64.powi(attempts as i32 - 1).min(1e6);
            assert!(
                seconds >= (middle * 0.5).min(LONGEST) - 0.01,
                "{attempts}: {seconds}"
            );
            assert!(
                seconds <= (middle * 1.5).min(LONGEST) + 0.01,
                "{attempts}: {seconds}"
            );
        }
        let asked = pause(1, Some(Wait::from_mins(2)));
        assert!((120.0..121.0).contains(&asked.as_secs_f64()));
        let asked = pause(1, Some(Wait::from_hours(9)));
        assert!(asked.as_secs_f64() <= 3_601.0);
    }
}
