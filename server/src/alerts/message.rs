//! What is sent. In: an alert and a channel. Out: a body, frozen: every attempt sends the same.

use loopscope_event::{EventId, Timestamp};
use loopscope_journal::DeliveryRecord;
use loopscope_protocol::{AlertRow, AlertState, ChannelKind, Delivery, DeliveryState};
use serde_json::json;

use super::channels::Told;

/// The delivery that tells a channel of an alert.
pub(super) fn delivery(told: &Told, row: &AlertRow, at: Timestamp) -> DeliveryRecord {
    let event = match row.state {
        AlertState::Firing => "alert.firing",
        AlertState::Resolved => "alert.resolved",
    };
    new(told, event, Some(row), at)
}

/// The delivery of a test.
pub(super) fn test(told: &Told, at: Timestamp) -> DeliveryRecord {
    new(told, "test", None, at)
}

fn new(told: &Told, event: &str, row: Option<&AlertRow>, at: Timestamp) -> DeliveryRecord {
    let delivery_id = EventId::mint(at).to_string();
    let summary = row.map_or_else(
        || "Test message: no alert is firing.".to_owned(),
        |row| format!("{}: {}", row.rule, row.summary),
    );
    let body = match told.new.kind {
        ChannelKind::Webhook => json!({
            "version": 1,
            "delivery_id": delivery_id,
            "event": event,
            "test": row.is_none(),
            "sent_for": at,
            "alert": row,
        }),
        ChannelKind::Slack => json!({"text": words(event, row)}),
    };
    let about = Delivery {
        delivery_id: delivery_id.clone(),
        channel_id: told.channel_id.clone(),
        channel: told.new.name.clone(),
        alert_id: row.map(|row| row.alert_id.clone()),
        event: event.to_owned(),
        summary,
        state: DeliveryState::Pending,
        attempts: 0,
        created_at: at,
        next_at: Some(at),
        ended_at: None,
        status: None,
        answer: None,
    };
    DeliveryRecord {
        number: 0,
        delivery_id,
        channel_id: told.channel_id.clone(),
        alert_id: about.alert_id.clone(),
        state: 0,
        next_at: at,
        about: super::json(&about),
        body: body.to_string(),
    }
}

/// One line, in Slack's own markup; what programs sent is no markup.
fn words(event: &str, row: Option<&AlertRow>) -> String {
    let plain = |text: &str| {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
    };
    let Some(row) = row else {
        return "*Test* from Loopscope: no alert is firing.".to_owned();
    };
    let (rule, summary, name) = (
        plain(&row.rule),
        plain(&row.summary),
        plain(&row.session_name),
    );
    if event == "alert.firing" {
        format!("*{rule}* ({}): {summary}. Session: {name}", row.severity)
    } else {
        format!("Resolved: *{rule}*, after {summary}. Session: {name}")
    }
}
