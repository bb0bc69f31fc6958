//! Files: made, changed, removed, moved, approved, taken back.

use loopscope_event::{Fact, FileChange, FileFact};

use crate::read::{Json, Object};

/// The largest diff that a fact carries, in bytes.
const MAX_DIFF_BYTES: usize = 64 * 1024;

pub(super) fn facts(what: &str, data: &Object<'_>) -> Vec<Fact> {
    let paths = ["path", "file_path", "file", "filename", "new_path", "to"];
    let Some(path) = data.first(&paths, Json::id) else {
        return Vec::new();
    };
    let change = match what {
        "created" => FileChange::Created,
        "deleted" => FileChange::Deleted,
        "moved" => FileChange::Moved,
        "approved" => FileChange::Approved,
        "reverted" => FileChange::Reverted,
        "changed" => match data.first(&["status", "change"], Json::word).as_deref() {
            Some("added" | "created" | "new") => FileChange::Created,
            Some("deleted" | "removed") => FileChange::Deleted,
            Some("moved" | "renamed") => FileChange::Moved,
            _ => FileChange::Modified,
        },
        _ => FileChange::Modified,
    };
    vec![Fact::File(Box::new(FileFact {
        path,
        change,
        from_path: data.first(&["old_path", "from_path", "from", "source"], Json::id),
        lines_changed: data.get("lines_changed").count(),
        size_bytes: data.first(&["size", "size_bytes"], Json::count),
        diff: data.first(&["diff", "changes"], |value| {
            value
                .long_text(MAX_DIFF_BYTES)
                .filter(|diff| !diff.is_empty())
        }),
        operation: data.first(&["operation", "tool"], Json::word),
    }))]
}
