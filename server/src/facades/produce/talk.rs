//! The reading side of a producer's socket. In: frames. Out: acknowledgements where they were asked for.

use std::task::{Context, Poll};

use loopscope_dialects::json::{self, NonFinite};
use serde::Deserialize;
use serde_json::value::RawValue;
use tokio::sync::oneshot;

use super::inbox::{Inbox, Told};
use crate::deliver::Presence;
use crate::life::now;
use crate::socket::{Conversation, Later, Outbox};

/// The longest id that is given back with an acknowledgement, in bytes as written.
const ACK_BYTES: usize = 1024;

/// See the module.
pub(super) struct Talk {
    inbox: Inbox,
    _presence: Presence,
}

#[derive(Deserialize)]
struct Asked<'a> {
    #[serde(borrow, default)]
    ack: Option<&'a RawValue>,
}

impl Talk {
    pub(super) fn new(inbox: Inbox, presence: Presence) -> Self {
        Self {
            inbox,
            _presence: presence,
        }
    }
}

impl Conversation for Talk {
    fn begin(&mut self, _: &mut Outbox) {}

    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.inbox.poll_room(cx)
    }

    fn on_text(&mut self, text: &str, _: &mut Outbox) -> Option<Later> {
        let Some(ack) = ack_of(text) else {
            self.inbox.put(text, now(), None);
            return None;
        };
        let (tell, told) = oneshot::channel();
        self.inbox.put(text, now(), Some(tell));
        Some(Box::pin(async move {
            match told.await {
                Ok(told) => answer(&ack, told),
                // Not stored, as the server stops: nothing is said of it.
                Err(_) => std::future::pending().await,
            }
        }))
    }

    fn on_refused(&mut self, limit: Option<usize>, out: &mut Outbox) {
        let message = match limit {
            Some(limit) => format!("a frame has at most {limit} bytes"),
            None => "a frame is text, not binary".to_owned(),
        };
        tracing::warn!(message, "a producer sent a frame that is not taken");
        metrics::counter!("loopscope_producer_bad_frames_total").increment(1);
        let refusal = serde_json::json!({"error": "refused", "message": message});
        out.text(&refusal.to_string());
    }

    fn poll_frames(&mut self, _: &mut Context<'_>, _: &mut Outbox) -> Poll<()> {
        Poll::Pending
    }
}

/// The id under which a frame wants to be acknowledged, as it was written.
fn ack_of(text: &str) -> Option<String> {
    let is_object = text.trim_start().starts_with('{');
    if !is_object || !text.contains("\"ack\"") {
        return None;
    }
    // Python writes `NaN`, which a strict reader would stumble over.
    let clean = json::clean(text.as_bytes(), NonFinite::Null).ok()?;
    let asked: Asked<'_> = serde_json::from_str(&clean.text).ok()?;
    let ack = asked.ack?.get();
    (ack != "null" && ack.len() <= ACK_BYTES).then(|| ack.to_owned())
}

fn answer(ack: &str, told: Told) -> String {
    let Told { accepted, rejected } = told;
    if rejected == 0 {
        format!(r#"{{"ack":{ack},"accepted":{accepted}}}"#)
    } else {
        format!(r#"{{"ack":{ack},"accepted":{accepted},"rejected":{rejected}}}"#)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_acknowledgement_is_asked_for_at_the_top_only() {
        for (frame, ack) in [
            (r#"{"event_type":"x"}"#, None),
            (r#"{"event_type":"x","ack":7,"data":{"v":NaN}}"#, Some("7")),
            (r#"{"events":[],"ack":"a\"b"}"#, Some(r#""a\"b""#)),
            (r#"{"event_type":"x","data":{"ack":7}}"#, None),
            (r#"{"event_type":"x","ack":null}"#, None),
            (r#"[{"event_type":"x","ack":7}]"#, None),
            (r#"{"ack":"#, None),
        ] {
            assert_eq!(ack_of(frame).as_deref(), ack, "{frame}");
        }
    }
}
