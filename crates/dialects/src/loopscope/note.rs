//! Annotations as events of a session: `loopscope:annotated`. It names the note and not its text, so that a note that is
//! deleted is gone.

use loopscope_event::{NewEvent, ProjectId, Seq, SessionId, Severity, Timestamp};

use super::{ANNOTATED, own};

/// What became of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoteChange {
    /// It was left.
    Added,
    /// Its text was changed.
    Edited,
    /// It was taken away.
    Deleted,
}

impl NoteChange {
    /// As the event says it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Edited => "edited",
            Self::Deleted => "deleted",
        }
    }
}

/// `loopscope:annotated`: `by` left, changed or took away a note at an event.
pub fn annotated(
    project: ProjectId,
    session_id: SessionId,
    at: Timestamp,
    change: NoteChange,
    (annotation_id, seq, by): (&str, Seq, &str),
) -> NewEvent {
    let did = match change {
        NoteChange::Added => "left",
        NoteChange::Edited => "changed",
        NoteChange::Deleted => "took away",
    };
    let data = serde_json::json!({
        "annotation_id": annotation_id, "change": change.as_str(), "seq": seq, "by": by,
        "message": format!("{by} {did} a note at event {seq}"),
    });
    own(project, session_id, at, ANNOTATED, Severity::Info, &data)
}
