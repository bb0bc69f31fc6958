//! What a client asks for over the socket. In: one text frame. Out: an [`Action`], or a [`Refusal`] to send back.

use serde_json::{Map, Value};

use super::query::Page;

/// The largest frame that is read as an action, in bytes.
pub(crate) const MAX_ACTION_BYTES: usize = 64 * 1024;

/// What a client asks for (section 3.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    /// Hear these events.
    Subscribe(Vec<String>),
    /// Hear these no more; none means all.
    Unsubscribe(Vec<String>),
    /// A page of sessions.
    ListSessions(Page),
    /// One session's detail.
    GetSession(String),
    /// A `pong`.
    Ping,
}

/// Why a frame is refused; it becomes an `error` frame and the socket stays open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// The action's name, where the frame had one.
    pub(crate) request_action: Option<String>,
    /// A word for programs.
    pub(crate) error: &'static str,
    /// A sentence for people.
    pub(crate) message: String,
}

impl Refusal {
    /// A refusal of a frame that has no action.
    pub(crate) fn frame(error: &'static str, message: impl Into<String>) -> Self {
        Self {
            request_action: None,
            error,
            message: message.into(),
        }
    }

    /// A refusal of an action.
    pub(crate) fn action(action: &str, error: &'static str, message: impl Into<String>) -> Self {
        Self {
            request_action: Some(action.to_owned()),
            error,
            message: message.into(),
        }
    }
}

/// Reads one text frame.
pub(crate) fn read(text: &str) -> Result<Action, Refusal> {
    if text.len() > MAX_ACTION_BYTES {
        return Err(Refusal::frame(
            "too_large",
            format!("a message has at most {MAX_ACTION_BYTES} bytes"),
        ));
    }
    let value: Value = serde_json::from_str(text)
        .map_err(|error| Refusal::frame("invalid_json", format!("not JSON: {error}")))?;
    let Value::Object(fields) = value else {
        return Err(Refusal::frame(
            "invalid_message",
            "a message is a JSON object with an `action`",
        ));
    };
    let Some(Value::String(action)) = fields.get("action") else {
        return Err(Refusal::frame(
            "invalid_message",
            "`action` is missing or not a string",
        ));
    };
    match action.as_str() {
        "subscribe" => match names(&fields, action)? {
            Some(names) => Ok(Action::Subscribe(names)),
            None => Err(wrong_field(
                action,
                "`events` is missing; `[\"*\"]` means all",
            )),
        },
        "unsubscribe" => Ok(Action::Unsubscribe(
            names(&fields, action)?.unwrap_or_default(),
        )),
        "list_sessions" => {
            let mut page = Page::sessions();
            if let Some(limit) = whole_number(&fields, "limit", action)? {
                page.set_limit(limit);
            }
            if let Some(offset) = whole_number(&fields, "offset", action)? {
                page.set_offset(offset);
            }
            Ok(Action::ListSessions(page))
        }
        "get_session" => match fields.get("session_id") {
            Some(Value::String(id)) => Ok(Action::GetSession(id.clone())),
            _ => Err(wrong_field(
                action,
                "`session_id` is missing or not a string",
            )),
        },
        "ping" => Ok(Action::Ping),
        unknown => {
            let shown: String = unknown.chars().take(64).collect();
            let message = format!(
                "unknown action `{shown}`; known are subscribe, unsubscribe, list_sessions, get_session, ping"
            );
            Err(Refusal::action(&shown, "unknown_action", message))
        }
    }
}

fn wrong_field(action: &str, message: &str) -> Refusal {
    Refusal::action(action, "invalid_field", message)
}

/// The `events` of a message: `None` where the field is missing or null.
fn names(fields: &Map<String, Value>, action: &str) -> Result<Option<Vec<String>>, Refusal> {
    let list = match fields.get("events") {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(list)) => list,
        Some(_) => return Err(wrong_field(action, "`events` is not an array of strings")),
    };
    list.iter()
        .map(|name| name.as_str().map(str::to_owned))
        .collect::<Option<Vec<_>>>()
        .map(Some)
        .ok_or_else(|| wrong_field(action, "`events` is not an array of strings"))
}

/// A whole number, also written `10.0`; `None` where the field is missing or null.
fn whole_number(
    fields: &Map<String, Value>,
    field: &str,
    action: &str,
) -> Result<Option<i64>, Refusal> {
    let number = match fields.get(field) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Number(number)) => number,
        Some(_) => return Err(wrong_field(action, &format!("`{field}` is not a number"))),
    };
    let whole = number.as_i64().or_else(|| {
        let float = number.as_f64()?;
        // Beyond i64 the cast stops at its ends, which is what clamping wants.
        (float.fract() == 0.0).then_some(float as i64)
    });
    whole
        .map(Some)
        .ok_or_else(|| wrong_field(action, &format!("`{field}` is not a whole number")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(limit: usize, offset: u64) -> Page {
        Page { limit, offset }
    }

    #[test]
    fn every_action_reads() {
        let strings = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        for (text, expected) in [
            (r#"{"action":"ping"}"#, Action::Ping),
            (
                r#"{"action":"subscribe","events":["*","STEP_COMPLETE"]}"#,
                Action::Subscribe(strings(&["*", "STEP_COMPLETE"])),
            ),
            (
                r#"{"action":"subscribe","events":[]}"#,
                Action::Subscribe(vec![]),
            ),
            (r#"{"action":"unsubscribe"}"#, Action::Unsubscribe(vec![])),
            (
                r#"{"action":"unsubscribe","events":["A"],"extra":1}"#,
                Action::Unsubscribe(strings(&["A"])),
            ),
            (
                r#"{"action":"list_sessions"}"#,
                Action::ListSessions(page(10, 0)),
            ),
            (
                r#"{"action":"list_sessions","limit":5000,"offset":20}"#,
                Action::ListSessions(page(1000, 20)),
            ),
            (
                r#"{"action":"list_sessions","limit":-1,"offset":-3}"#,
                Action::ListSessions(page(1, 0)),
            ),
            (
                r#"{"action":"list_sessions","limit":2.0,"offset":1e30}"#,
                Action::ListSessions(page(2, i64::MAX as u64)),
            ),
            (
                r#"{"action":"get_session","session_id":"s"}"#,
                Action::GetSession("s".into()),
            ),
        ] {
            assert_eq!(read(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_action_says_why() {
        let long = format!(
            r#"{{"action":"ping","pad":"{}"}}"#,
            "x".repeat(MAX_ACTION_BYTES)
        );
        let deep = "[".repeat(10_000);
        for (text, action, error) in [
            ("nonsense", None, "invalid_json"),
            ("", None, "invalid_json"),
            (deep.as_str(), None, "invalid_json"),
            (r#"{"action":NaN}"#, None, "invalid_json"),
            ("[]", None, "invalid_message"),
            ("1", None, "invalid_message"),
            ("null", None, "invalid_message"),
            ("{}", None, "invalid_message"),
            (r#"{"action":7}"#, None, "invalid_message"),
            (r#"{"action":"dance"}"#, Some("dance"), "unknown_action"),
            (
                r#"{"action":"subscribe"}"#,
                Some("subscribe"),
                "invalid_field",
            ),
            (
                r#"{"action":"subscribe","events":"*"}"#,
                Some("subscribe"),
                "invalid_field",
            ),
            (
                r#"{"action":"unsubscribe","events":[1]}"#,
                Some("unsubscribe"),
                "invalid_field",
            ),
            (
                r#"{"action":"list_sessions","limit":"ten"}"#,
                Some("list_sessions"),
                "invalid_field",
            ),
            (
                r#"{"action":"list_sessions","offset":1.5}"#,
                Some("list_sessions"),
                "invalid_field",
            ),
            (
                r#"{"action":"get_session"}"#,
                Some("get_session"),
                "invalid_field",
            ),
            (long.as_str(), None, "too_large"),
        ] {
            let refusal = read(text).unwrap_err();
            let shown: String = text.chars().take(60).collect();
            assert_eq!(refusal.request_action.as_deref(), action, "{shown}");
            assert_eq!(refusal.error, error, "{shown}");
            assert!(!refusal.message.is_empty());
        }
    }
}
