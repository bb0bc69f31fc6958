//! Why an event is refused: the field, what was expected, the bound.

use loopscope_event::{IdError, MAX_ID_BYTES};
use serde_json::value::RawValue;

use crate::read::type_name;

/// Why an event is refused.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) field: Option<&'static str>,
    pub(crate) message: String,
    pub(crate) limit: Option<String>,
}

impl Refusal {
    pub(crate) fn field(field: &'static str, message: impl Into<String>) -> Self {
        Self {
            field: Some(field),
            message: message.into(),
            limit: None,
        }
    }

    pub(crate) fn wrong_type(field: &'static str, expected: &str, raw: &RawValue) -> Self {
        let got = type_name(raw.get());
        Self::field(field, format!("must be {expected}, got {got}"))
    }

    pub(crate) fn limit(
        field: Option<&'static str>,
        what: impl std::fmt::Display,
        limit: String,
    ) -> Self {
        Self {
            field,
            message: format!("{what}, the limit is {limit}"),
            limit: Some(limit),
        }
    }

    pub(crate) fn id(field: &'static str, error: IdError) -> Self {
        match error {
            IdError::TooLong(bytes) => Self::limit(
                Some(field),
                format!("has {bytes} bytes"),
                format!("{MAX_ID_BYTES} bytes"),
            ),
            other => Self::field(field, other.to_string()),
        }
    }
}
