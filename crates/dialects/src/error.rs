//! What can be wrong with a body, and with one event of it.

use std::fmt;

use loopscope_event::EventId;

/// Why nothing of a body could be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The body is empty.
    #[error("the body is empty")]
    Empty,
    /// The bytes are no UTF-8.
    #[error("not UTF-8 at byte {offset}")]
    InvalidUtf8 {
        /// Where, from 0.
        offset: usize,
    },
    /// The text is no JSON.
    #[error("not JSON at line {line}, column {column}: {message}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column in bytes, from 1.
        column: usize,
        /// What was expected.
        message: String,
    },
    /// The JSON is neither an event nor a batch.
    #[error("expected an event, an array of events or {{\"events\":[…]}}, got {got}")]
    Shape {
        /// What it is.
        got: &'static str,
    },
    /// `events` of a batch is not an array.
    #[error("`events` must be an array, got {got}")]
    EventsShape {
        /// What it is.
        got: &'static str,
    },
    /// Nested too deep to be read.
    #[error("nested deeper than {limit} at byte {offset}")]
    TooDeep {
        /// The bound.
        limit: usize,
        /// Where the bound was crossed, from 0.
        offset: usize,
    },
    /// Too many events.
    #[error("more than {limit} events in one body")]
    TooManyEvents {
        /// The bound.
        limit: usize,
    },
}

impl DecodeError {
    /// The bound that was crossed, with its unit; `None` where none was.
    pub fn limit(&self) -> Option<String> {
        match self {
            Self::TooDeep { limit, .. } => Some(format!("{limit} levels")),
            Self::TooManyEvents { limit } => Some(format!("{limit} events")),
            _ => None,
        }
    }

    /// The field at fault, where it is one.
    pub const fn field(&self) -> Option<&'static str> {
        match self {
            Self::EventsShape { .. } => Some("events"),
            _ => None,
        }
    }
}

/// Why one event of a body was refused; the others are kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ItemError {
    /// Its place in the body, from 0.
    pub index: usize,
    /// Its id, where it could be read.
    pub event_id: Option<EventId>,
    /// The field at fault, within the event.
    pub field: Option<&'static str>,
    /// What is wrong with it and what was expected.
    pub message: String,
    /// The bound that was crossed, with its unit.
    pub limit: Option<String>,
}

impl fmt::Display for ItemError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            Some(field) => write!(f, "event {}: `{field}` {}", self.index, self.message),
            None => write!(f, "event {}: {}", self.index, self.message),
        }
    }
}

/// Something odd about an event that was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The field.
    pub field: &'static str,
    /// What was odd, and what was made of it.
    pub message: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}
