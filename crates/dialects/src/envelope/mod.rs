//! One JSON object as sent: its fields by name, and whether it is an event, a batch, or a frame that holds none.

mod event;
mod fields;

use std::borrow::Cow;

use loopscope_event::{Dialect, SessionId};
use serde_json::value::RawValue;

use crate::read::type_name;
use crate::refusal::Refusal;
use crate::{agents, training};
pub(crate) use event::{bounded, epoch_text};
use fields::string;

/// The fields of an event as sent; of a field that comes twice, the last.
#[derive(Default)]
pub(crate) struct Envelope<'a> {
    /// The whole object, as sent.
    source: &'a str,
    event_id: Option<&'a RawValue>,
    timestamp: Option<&'a RawValue>,
    session_id: Option<&'a RawValue>,
    iteration: Option<&'a RawValue>,
    state: Option<&'a RawValue>,
    event_type: Option<&'a RawValue>,
    name: Option<&'a RawValue>,
    type_: Option<&'a RawValue>,
    severity: Option<&'a RawValue>,
    dialect: Option<&'a RawValue>,
    data: Option<&'a RawValue>,
    events: Option<&'a RawValue>,
    others: Vec<(Cow<'a, str>, &'a RawValue)>,
}

/// Words in `type` of frames that hold no event.
const CONTROL: &[&str] = &[
    "connected",
    "welcome",
    "hello",
    "ping",
    "pong",
    "heartbeat",
    "subscribed",
    "unsubscribed",
    "ack",
];
/// Further ones, where the producer is known to be a convergence loop or another of its dashboards.
const CONVERGENCE_CONTROL: &[&str] = &["state", "response", "error", "metrics"];
/// Further ones, where the producer is known to be a crew of agents or another of its dashboards.
const AGENTS_CONTROL: &[&str] = &["state", "metrics", "get_state"];

impl<'a> Envelope<'a> {
    /// Reads an object's fields.
    pub(crate) fn read(text: &'a str) -> Result<Self, serde_json::Error> {
        let envelope: Self = serde_json::from_str(text)?;
        Ok(Self {
            source: text,
            ..envelope
        })
    }

    /// Reads an event of a batch, whose JSON is known to be valid.
    pub(crate) fn of_item(text: &'a str) -> Result<Self, Refusal> {
        if !text.starts_with('{') {
            return Err(Refusal {
                field: None,
                message: format!("expected an event object, got {}", type_name(text)),
                limit: None,
            });
        }
        Self::read(text).map_err(|error| Refusal {
            field: None,
            message: error.to_string(),
            limit: None,
        })
    }

    /// The batch that the object wraps, where it is no event itself.
    pub(crate) fn batch(&self) -> Option<&'a RawValue> {
        let is_event = self.event_type.is_some() || self.name.is_some();
        self.events.filter(|_| !is_event)
    }

    /// The whole object, as sent.
    pub(crate) const fn source(&self) -> &'a str {
        self.source
    }

    /// The session that a batch is of.
    pub(crate) fn session_id(&self) -> Option<SessionId> {
        SessionId::new(self.session_id.and_then(string)?).ok()
    }

    /// The id as sent.
    pub(crate) fn event_id_text(&self) -> Option<Cow<'a, str>> {
        self.event_id.and_then(string)
    }

    /// The event inside a frame: `{"type":"event","data":{event}}` and `{"type":"event","event":{event}}`.
    pub(crate) fn unwrapped(self) -> Self {
        let is_frame = self.event_type.is_none()
            && self.name.is_none()
            && self.type_.and_then(string).as_deref() == Some("event");
        if !is_frame {
            return self;
        }
        let event = self.others.iter().find(|(key, _)| key == "event");
        let inner = event.map(|(_, raw)| *raw).or(self.data);
        match inner.map(|raw| Self::read(raw.get())) {
            Some(Ok(inner)) if inner.event_type.is_some() || inner.name.is_some() => inner,
            _ => self,
        }
    }

    /// Whether the object is a greeting, a pong, or another frame that holds no event.
    pub(crate) fn is_control(&self, dialect: Option<Dialect>) -> bool {
        let greets = || self.event_type.and_then(string).as_deref() == Some(agents::GREETING);
        let named = self.event_type.is_some() || self.name.is_some();
        if self.data.is_none() && self.event_id.is_none() && greets() {
            return true;
        }
        if named || self.session_id.is_some() || self.event_id.is_some() {
            return false;
        }
        let Some(word) = self.type_.and_then(string) else {
            return false;
        };
        let further = match dialect {
            Some(Dialect::Convergence) => CONVERGENCE_CONTROL,
            Some(Dialect::Agents) => AGENTS_CONTROL,
            Some(Dialect::Training) => training::CONTROL,
            _ => &[],
        };
        CONTROL.contains(&&*word) || further.contains(&&*word)
    }
}
