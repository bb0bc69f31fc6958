//! The event itself, before and after it has its place in the journal.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Dialect, EventId, Kind, ProjectId, RawJson, SessionId, Severity, Timestamp};

/// An event's place in the journal: a total order over all sessions, rising, never reused. The first is 1.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Offset(pub u64);

/// An event's place in its session: 1, 2, 3 … without a gap.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a reader has seen: everything up to and including `offset`, in the journal's `epoch`.
///
/// The epoch changes when the journal was not closed cleanly, so that an offset which was shown but lost with the
/// power, and later given to another event, is noticed. Written `epoch-offset`, as in `3-1204`. A bare number is
/// an offset of an unknown epoch and is taken at its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Cursor {
    /// The journal's epoch, 0 for unknown.
    pub epoch: u32,
    /// The last offset seen, 0 for none.
    pub offset: Offset,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.epoch, self.offset)
    }
}

impl FromStr for Cursor {
    type Err = std::num::ParseIntError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (epoch, offset) = text.split_once('-').unwrap_or(("0", text));
        Ok(Self {
            epoch: epoch.parse()?,
            offset: Offset(offset.parse()?),
        })
    }
}

impl Serialize for Cursor {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads `"3-1204"`, `"1204"` and `1204`.
impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl serde::de::Visitor<'_> for Visitor {
            type Value = Cursor;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a cursor such as \"3-1204\", or an offset")
            }
            fn visit_u64<E: serde::de::Error>(self, offset: u64) -> Result<Cursor, E> {
                Ok(Cursor {
                    epoch: 0,
                    offset: Offset(offset),
                })
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Cursor, E> {
                text.parse()
                    .map_err(|_| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// An event that was decoded and waits for its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    /// The producer's id, else one minted at receipt.
    pub event_id: EventId,
    /// The project it belongs to.
    pub project: ProjectId,
    /// The run it belongs to.
    pub session_id: SessionId,
    /// When it happened, by the producer's clock; the time of receipt where that is missing or unreadable.
    pub timestamp: Timestamp,
    /// When it reached us.
    pub received_at: Timestamp,
    /// Exactly as sent: `STEP_COMPLETE`, `skill:started`.
    pub name: String,
    /// The normal form of the name.
    pub kind: Kind,
    /// What the producer speaks.
    pub dialect: Dialect,
    /// 1-based pass of the loop; 0 before the first.
    pub iteration: u32,
    /// The producer's state word, as sent.
    pub state: Option<String>,
    /// How much it matters, where the event says or implies it.
    pub severity: Option<Severity>,
    /// The payload, as sent.
    pub data: RawJson,
}

/// An event with its place in the journal.
///
/// As JSON (every route and frame of our own protocol): `offset`, `seq`, `event_id`, `project`, `session_id`,
/// `timestamp`, `received_at`, `name`, `kind`, `dialect`, `iteration`, `state`?, `severity`?, `data`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Place in the journal.
    pub offset: Offset,
    /// Place in its session.
    pub seq: Seq,
    /// The producer's id, else one minted at receipt.
    pub event_id: EventId,
    /// The project it belongs to; left out of JSON where it is `default`.
    #[serde(default, skip_serializing_if = "is_default_project")]
    pub project: ProjectId,
    /// The run it belongs to.
    pub session_id: SessionId,
    /// When it happened, by the producer's clock.
    pub timestamp: Timestamp,
    /// When it reached us.
    pub received_at: Timestamp,
    /// Exactly as sent.
    pub name: String,
    /// The normal form of the name.
    pub kind: Kind,
    /// What the producer speaks.
    pub dialect: Dialect,
    /// 1-based pass of the loop; 0 before the first.
    #[serde(default)]
    pub iteration: u32,
    /// The producer's state word, as sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// How much it matters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// The payload, as sent.
    #[serde(default)]
    pub data: RawJson,
}

fn is_default_project(project: &ProjectId) -> bool {
    project.as_str() == "default"
}

impl NewEvent {
    /// Gives the event its place.
    pub fn placed(self, offset: Offset, seq: Seq) -> Event {
        Event {
            offset,
            seq,
            event_id: self.event_id,
            project: self.project,
            session_id: self.session_id,
            timestamp: self.timestamp,
            received_at: self.received_at,
            name: self.name,
            kind: self.kind,
            dialect: self.dialect,
            iteration: self.iteration,
            state: self.state,
            severity: self.severity,
            data: self.data,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_read_in_every_form() {
        let full = Cursor {
            epoch: 3,
            offset: Offset(1204),
        };
        assert_eq!(full.to_string(), "3-1204");
        assert_eq!("3-1204".parse(), Ok(full));
        assert_eq!(
            "1204".parse(),
            Ok(Cursor {
                epoch: 0,
                offset: Offset(1204)
            })
        );
        assert_eq!(serde_json::from_str::<Cursor>("\"3-1204\"").unwrap(), full);
        assert_eq!(
            serde_json::from_str::<Cursor>("7").unwrap().offset,
            Offset(7)
        );
        assert!("-4".parse::<Cursor>().is_err());
        assert!(serde_json::from_str::<Cursor>("-4").is_err());
    }

    #[test]
    fn the_payload_passes_through_untouched() {
        let text = r#"{"offset":1,"seq":1,"event_id":"e","session_id":"s","timestamp":"2026-01-05T10:00:00Z","received_at":"2026-01-05T10:00:00Z","name":"METRICS","kind":"metric","dialect":"convergence","data":{"a" : 1.50e3, "b":[ ]}}"#;
        let event: Event = serde_json::from_str(text).unwrap();
        assert_eq!(event.data.as_str(), r#"{"a" : 1.50e3, "b":[ ]}"#);
        let again = serde_json::to_string(&event).unwrap();
        assert!(
            again.contains(r#""data":{"a" : 1.50e3, "b":[ ]}"#),
            "{again}"
        );
    }
}
