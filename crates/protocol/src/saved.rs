//! What people keep beside sessions: tags, and lists of sessions under a name. And what is done with many at once.

use loopscope_event::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ApiError, SessionRef};

/// The most sessions that one request changes.
pub const MAX_AT_ONCE: usize = 200;

/// The longest tag, in characters.
pub const MAX_TAG_CHARS: usize = 48;

/// The longest name of a view, in characters.
const MAX_VIEW_NAME_CHARS: usize = 64;

/// The longest query of a view, in bytes.
const MAX_VIEW_QUERY_BYTES: usize = 4_096;

/// Tags to add to sessions and to remove: `POST /api/v1/tags`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagSessions {
    /// The sessions, at most [`MAX_AT_ONCE`].
    #[cfg_attr(feature = "schema", schema(min_items = 1, max_items = 200))]
    pub sessions: Vec<SessionRef>,
    /// Tags to add.
    #[serde(default)]
    pub add: Vec<String>,
    /// Tags to remove.
    #[serde(default)]
    pub remove: Vec<String>,
}

/// A session and the tags that it has now.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaggedSession {
    /// The session.
    pub session: SessionRef,
    /// Its tags, sorted.
    pub tags: Vec<String>,
}

/// What [`TagSessions`] is answered with.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaggedSessions {
    /// The sessions that there are.
    pub sessions: Vec<TaggedSession>,
}

/// Sessions to delete with everything of them: `POST /api/v1/deletions`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteSessions {
    /// The sessions, at most [`MAX_AT_ONCE`].
    #[cfg_attr(feature = "schema", schema(min_items = 1, max_items = 200))]
    pub sessions: Vec<SessionRef>,
}

/// What [`DeleteSessions`] is answered with.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedSessions {
    /// Those that were there and are deleted.
    pub deleted: Vec<SessionRef>,
}

/// A list of sessions under a name.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// Its id.
    pub view_id: String,
    /// Its name.
    pub name: String,
    /// The query string of the list, as its address has it.
    pub query: String,
    /// How many sessions are in it now; not counted where it looks for words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Who made it.
    pub who: String,
    /// When.
    pub created_at: Timestamp,
}

/// The views: `GET /api/v1/views`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedViews {
    /// The oldest first.
    pub views: Vec<SavedView>,
}

/// A view to keep: `POST /api/v1/views`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewView {
    /// Its name, at most 64 characters.
    #[cfg_attr(
        feature = "schema",
        schema(
            min_length = 1,
            max_length = 64,
            pattern = r"^[^\x00-\x1f\x7f-\x9f]*\S[^\x00-\x1f\x7f-\x9f]*$"
        )
    )]
    pub name: String,
    /// The query string of the list, at most 4,096 bytes.
    #[serde(default)]
    pub query: String,
}

impl TagSessions {
    /// The same with tags as they are kept: trimmed, each once. An error where there is nothing to do, or too much.
    pub fn checked(mut self) -> Result<Self, ApiError> {
        at_once("sessions", &self.sessions)?;
        for (field, tags) in [("add", &mut self.add), ("remove", &mut self.remove)] {
            for tag in tags.iter_mut() {
                *tag = text(field, tag, MAX_TAG_CHARS)?;
            }
            tags.sort();
            tags.dedup();
        }
        if self.add.is_empty() && self.remove.is_empty() {
            return Err(ApiError::field("add", "name a tag to add or to remove"));
        }
        Ok(self)
    }
}

impl DeleteSessions {
    /// The same, or an error where there is nothing to do, or too much.
    pub fn checked(self) -> Result<Self, ApiError> {
        at_once("sessions", &self.sessions)?;
        Ok(self)
    }
}

impl NewView {
    /// The same with its name trimmed, or what is wrong with it.
    pub fn checked(mut self) -> Result<Self, ApiError> {
        self.name = text("name", &self.name, MAX_VIEW_NAME_CHARS)?;
        self.query = self.query.trim_start_matches('?').to_owned();
        if self.query.len() > MAX_VIEW_QUERY_BYTES {
            let limit = Some(format!("{MAX_VIEW_QUERY_BYTES} bytes"));
            let error = ApiError::field("query", "the address of this list is too long to be kept");
            return Err(ApiError { limit, ..error });
        }
        Ok(self)
    }
}

/// A tag as it is kept, or what is wrong with it.
pub fn tag_as_kept(tag: &str) -> Result<String, ApiError> {
    text("tags", tag, MAX_TAG_CHARS)
}

fn text(field: &str, value: &str, most: usize) -> Result<String, ApiError> {
    let value = value.trim();
    if value.is_empty() || value.chars().any(char::is_control) {
        return Err(ApiError::field(field, "a text without control characters"));
    }
    if value.chars().count() > most {
        let limit = Some(format!("{most} characters"));
        let error = ApiError::field(field, format!("at most {most} characters"));
        return Err(ApiError { limit, ..error });
    }
    Ok(value.to_owned())
}

fn at_once(field: &str, sessions: &[SessionRef]) -> Result<(), ApiError> {
    if sessions.is_empty() {
        return Err(ApiError::field(field, "name at least one session"));
    }
    if sessions.len() > MAX_AT_ONCE {
        let limit = Some(format!("{MAX_AT_ONCE} sessions"));
        let error = ApiError::field(field, format!("at most {MAX_AT_ONCE} sessions at once"));
        return Err(ApiError { limit, ..error });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_trimmed_and_each_is_there_once() {
        let sessions = vec!["a".parse().unwrap()];
        let add = [" nightly", "a", "nightly "].map(str::to_owned).to_vec();
        let asked = TagSessions {
            sessions: sessions.clone(),
            add,
            remove: Vec::new(),
        };
        assert_eq!(asked.checked().unwrap().add, ["a", "nightly"]);
        for (add, limit) in [
            ("", None),
            ("a\nb", None),
            (&"x".repeat(49), Some("48 characters")),
        ] {
            let asked = TagSessions {
                sessions: sessions.clone(),
                add: vec![add.to_owned()],
                remove: Vec::new(),
            };
            let error = asked.checked().unwrap_err();
            assert_eq!(
                (error.field.as_deref(), error.limit.as_deref()),
                (Some("add"), limit)
            );
        }
        assert_eq!(
            TagSessions {
                sessions,
                ..TagSessions::default()
            }
            .checked()
            .unwrap_err()
            .field
            .as_deref(),
            Some("add")
        );
    }

    #[test]
    fn nothing_is_done_with_none_and_not_with_too_many() {
        let error = DeleteSessions::default().checked().unwrap_err();
        assert_eq!(error.field.as_deref(), Some("sessions"));
        let many = (0..=MAX_AT_ONCE)
            .map(|n| format!("s{n}").parse().unwrap())
            .collect();
        let error = DeleteSessions { sessions: many }.checked().unwrap_err();
        assert_eq!(error.limit.as_deref(), Some("200 sessions"));
    }
}
