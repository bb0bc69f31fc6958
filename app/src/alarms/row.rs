//! One alert as a row: how bad, which rule, what is the case, where, since when; and what can be done about it.

use leptos::prelude::*;
use loopscope_event::Timestamp;
use loopscope_protocol::{AlertRow, AlertState, ApiError};

use super::alarms;
use crate::acts;
use crate::part::{IntoPart as _, Part};
use crate::source::{Loading, SessionKey};
use crate::store::live;
use crate::text;
use crate::ui::{icon, severity_look};
use crate::visit::prefs;

/// For how long a press mutes, in seconds.
const MUTE: f64 = 3_600.0;

/// The row; `whose` shows the session too.
pub fn alert_row(row: &AlertRow, whose: bool) -> Part {
    let fires = row.state == AlertState::Firing;
    let look = severity_look(row.severity);
    let tone = if fires { look.tone } else { "tone-success" };
    let mark = if fires { look.icon } else { "success" };
    let key = SessionKey {
        project: row.project.clone(),
        id: row.session_id.clone(),
    };
    let session = whose.then(|| {
        view! { <a class="link cut" href=key.page("alerts")>{row.session_name.clone()}</a>" · " }
    });
    let times = (row.count > 1).then(|| format!(" · {} times", text::count(row.count)));
    view! {
        <li class=format!("alarm {tone}")>
            <span class="ct" title=row.severity.as_str()>
                {icon(mark)}<span class="sr">{if fires { row.severity.as_str() } else { "resolved" }}</span>
            </span>
            <span class="two grow">
                <span class="label cut">{row.rule.clone()}<span class="t2 said">{row.summary.clone()}</span></span>
                <span class="small t3 cut">{session}{when(row)}{times}{known(row)}</span>
            </span>
            {fires.then(|| buttons(row))}
        </li>
    }
    .part()
}

fn when(row: &AlertRow) -> Part {
    let (live, zone) = (live(), prefs().zone);
    let fired = row.fired_at;
    if let Some(over) = row.resolved_at {
        let lasted = text::span(over.since(fired));
        let why = row.reason.as_deref().map(because).unwrap_or_default();
        let at = move || text::day_and_minute(fired, live.now.get(), zone.get());
        view! { {at}", for "{lasted}", "{why.to_owned()} }.part()
    } else {
        let age = move || format!("since {}", text::span(live.now.get().since(fired)));
        view! { {age} }.part()
    }
}

/// Why it resolved.
fn because(reason: &str) -> &str {
    match reason {
        "cleared" => "condition cleared",
        "quiet" => "not seen again",
        "session_ended" => "the session ended",
        "rule_changed" => "the rule was changed",
        "rule_removed" => "the rule was disabled or removed",
        other => other,
    }
}

fn known(row: &AlertRow) -> Option<String> {
    let acked = row
        .acked_by
        .as_ref()
        .map(|by| format!(" · acknowledged by {by}"));
    let muted = row.muted_until.map(|_| " · muted".to_owned());
    (acked.is_some() || muted.is_some())
        .then(|| format!("{}{}", acked.unwrap_or_default(), muted.unwrap_or_default()))
}

fn buttons(row: &AlertRow) -> Option<Part> {
    if !prefs().may_steer {
        return None;
    }
    let (acked, muted) = (
        row.acked_at.is_some(),
        is_muted(row, live().now.get_untracked()),
    );
    let (ack, mute) = (row.alert_id.clone(), row.alert_id.clone());
    let seconds = if muted { 0.0 } else { MUTE };
    let ack = (!acked).then(|| {
        view! {
            <button type="button" class="btn tiny" on:click=move |_| act(acts::ack_alert(&ack))>"Acknowledge"</button>
        }
    });
    let word = if muted { "Unmute" } else { "Mute 1 h" };
    Some(
        view! {
            <span class="more">
                {ack}
                <button type="button" class="btn ghost tiny" on:click=move |_| act(acts::mute_alert(&mute, seconds))>
                    {word}
                </button>
            </span>
        }
        .part(),
    )
}

fn is_muted(row: &AlertRow, now: Timestamp) -> bool {
    row.muted_until.is_some_and(|until| now < until)
}

fn act(answer: Loading<AlertRow>) {
    let alarms = alarms();
    leptos::task::spawn_local(async move {
        let done: Result<AlertRow, ApiError> = answer.await;
        // What was refused stays as it was; the row that is true comes by the live connection.
        if let Ok(row) = done {
            alarms.take_rows(vec![row]);
        }
    });
}
