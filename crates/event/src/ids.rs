//! Ids as newtypes: a session's, an event's, a command's, a project's. In: text. Out: a bounded, cheaply cloned id.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The longest id that is accepted, in bytes of UTF-8.
pub const MAX_ID_BYTES: usize = 512;

/// Why a text is no id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdError {
    /// The text is empty.
    Empty,
    /// The text is longer than [`MAX_ID_BYTES`]; holds its length in bytes.
    TooLong(usize),
    /// The text holds a control character.
    ControlCharacter,
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::TooLong(bytes) => write!(f, "has {bytes} bytes, the limit is {MAX_ID_BYTES}"),
            Self::ControlCharacter => f.write_str("holds a control character"),
        }
    }
}

impl std::error::Error for IdError {}

fn check(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        Err(IdError::Empty)
    } else if text.len() > MAX_ID_BYTES {
        Err(IdError::TooLong(text.len()))
    } else if text.chars().any(char::is_control) {
        Err(IdError::ControlCharacter)
    } else {
        Ok(())
    }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Takes the text as an id, or says why it is none.
            pub fn new(text: impl AsRef<str>) -> Result<Self, IdError> {
                let text = text.as_ref();
                check(text)?;
                Ok(Self(text.into()))
            }

            /// The id as it was sent.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }
    };
}

id! {
    /// One run of a program, as its producer names it. Unique within a project.
    SessionId
}
id! {
    /// One event; the idempotency key for as long as the event is retained.
    EventId
}
id! {
    /// One command to a program.
    CommandId
}
id! {
    /// A project: the namespace of sessions and of access tokens.
    ProjectId
}

impl EventId {
    /// A new UUIDv7 for an event whose producer gave none; `at` is the time it was received.
    pub fn mint(at: crate::Timestamp) -> Self {
        Self(uuid_at(at))
    }

    /// A new UUIDv4, for an event of a contract that names that version.
    pub fn random() -> Self {
        Self(written(uuid::Uuid::new_v4()))
    }
}

impl CommandId {
    /// A new UUIDv7.
    pub fn mint(at: crate::Timestamp) -> Self {
        Self(uuid_at(at))
    }
}

fn uuid_at(at: crate::Timestamp) -> Arc<str> {
    let micros = at.as_micros().max(0) as u64;
    let seconds = micros / 1_000_000;
    let nanos = (micros % 1_000_000) as u32 * 1_000;
    let stamp = uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos);
    written(uuid::Uuid::new_v7(stamp))
}

fn written(id: uuid::Uuid) -> Arc<str> {
    let mut buffer = uuid::Uuid::encode_buffer();
    let text: &str = id.hyphenated().encode_lower(&mut buffer);
    text.into()
}

impl ProjectId {
    /// The project of everything that names none.
    pub fn default_project() -> Self {
        Self("default".into())
    }
}

impl Default for ProjectId {
    fn default() -> Self {
        Self::default_project()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_bounded_and_clean() {
        assert!(SessionId::new("nightly run 7").is_ok());
        assert_eq!(SessionId::new(""), Err(IdError::Empty));
        assert_eq!(SessionId::new("x".repeat(513)), Err(IdError::TooLong(513)));
        assert_eq!(SessionId::new("a\nb"), Err(IdError::ControlCharacter));
        assert!(serde_json::from_str::<SessionId>("\"\"").is_err());
    }

    #[test]
    fn minted_ids_are_uuid_version_7_and_differ() {
        let at = crate::Timestamp::from_micros(1_700_000_000_123_456);
        let (a, b) = (EventId::mint(at), EventId::mint(at));
        assert_ne!(a, b);
        assert_eq!(a.as_str().len(), 36);
        assert_eq!(&a.as_str()[14..15], "7");
    }

    #[test]
    fn random_ids_are_uuid_version_4_and_differ() {
        let (a, b) = (EventId::random(), EventId::random());
        assert_ne!(a, b);
        assert_eq!(a.as_str().len(), 36);
        assert_eq!(&a.as_str()[14..15], "4");
    }
}
