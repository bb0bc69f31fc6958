//! Annotations: notes that people leave at a moment of a session.

use loopscope_event::{Seq, Timestamp};
use serde::{Deserialize, Serialize};

/// The longest text of a note, in characters.
pub const MAX_ANNOTATION_CHARS: usize = 2_000;

/// A note at a moment of a session.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Annotation {
    /// Its id.
    pub annotation_id: String,
    /// The event after which it stands.
    pub seq: Seq,
    /// When that event happened.
    pub at: Timestamp,
    /// In which pass; 0 before the first.
    pub iteration: u32,
    /// What it says.
    pub text: String,
    /// Who left it.
    pub by: String,
    /// When it was left.
    pub made_at: Timestamp,
    /// Who changed it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_by: Option<String>,
    /// When it was changed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<Timestamp>,
}

/// `GET /api/v1/sessions/{id}/annotations`: all of them, by moment.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annotations {
    /// The notes.
    pub annotations: Vec<Annotation>,
}

/// What is left or changed: `POST …/annotations`, `PUT …/annotations/{annotation_id}`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewAnnotation {
    /// What it says: 1 to [`MAX_ANNOTATION_CHARS`] characters.
    #[cfg_attr(
        feature = "schema",
        schema(min_length = 1, max_length = 2000, pattern = r"\S")
    )]
    pub text: String,
    /// The event after which it stands, or a time; where left out, the newest. A change does not move it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(example = "1204"))]
    pub at: Option<String>,
}
