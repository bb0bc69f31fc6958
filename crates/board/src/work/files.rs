//! The files that a run changed, each once, the newest change last.

use std::collections::VecDeque;

use loopscope_event::{Event, FileChange, FileFact, Timestamp};
use serde::{Deserialize, Serialize};

use crate::limits::{MAX_DIFF_BYTES, MAX_DIFFS_BYTES, MAX_FILES};

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRow {
    /// Its path, as sent; only ever shown.
    pub path: String,
    /// What happened to it last, approvals apart.
    pub change: FileChange,
    /// Where it was before it moved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_path: Option<String>,
    /// How often it changed.
    pub changes: u32,
    /// Lines changed by the newest change, where said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lines_changed: Option<u64>,
    /// Its size in bytes, where said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size_bytes: Option<u64>,
    /// The newest change, as a diff or in other words; none where there is no room for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub diff: Option<String>,
    /// What changed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// When it changed last.
    pub changed_at: Timestamp,
    /// Whether the program said that the newest change was approved.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub approved: bool,
}

/// The files that a run changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Files {
    rows: VecDeque<FileRow>,
    diff_bytes: usize,
    left_out: u64,
}

impl Files {
    /// The files, the one that changed last at the end.
    pub const fn rows(&self) -> &VecDeque<FileRow> {
        &self.rows
    }

    /// How many of the listed ones are approved.
    pub fn approved(&self) -> usize {
        self.rows.iter().filter(|row| row.approved).count()
    }

    /// Files that are no longer listed.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    pub(super) fn take(&mut self, file: &FileFact, event: &Event) {
        let is_verdict = matches!(file.change, FileChange::Approved | FileChange::Reverted);
        let known = self.rows.iter().rposition(|row| row.path == file.path);
        let before = || {
            let from = file.from_path.as_ref()?;
            self.rows.iter().rposition(|row| row.path == *from)
        };
        let row = known
            .or_else(before)
            .and_then(|index| self.rows.remove(index));
        let is_new = row.is_none();
        let mut row = row.unwrap_or_else(|| FileRow {
            path: file.path.clone(),
            change: file.change,
            from_path: None,
            changes: 0,
            lines_changed: None,
            size_bytes: None,
            diff: None,
            operation: None,
            changed_at: event.timestamp,
            approved: false,
        });
        if file.change == FileChange::Approved {
            row.approved = true;
        } else {
            row.approved = false;
            row.change = file.change;
        }
        if !is_verdict {
            row.path.clone_from(&file.path);
            row.changes = row.changes.saturating_add(1);
            row.changed_at = event.timestamp;
            row.lines_changed = file.lines_changed;
            row.size_bytes = file.size_bytes.or(row.size_bytes);
            row.from_path.clone_from(&file.from_path);
            row.operation.clone_from(&file.operation);
            self.diff_bytes -= row.diff.as_ref().map_or(0, String::len);
            row.diff = file
                .diff
                .clone()
                .filter(|diff| diff.len() <= MAX_DIFF_BYTES);
            self.diff_bytes += row.diff.as_ref().map_or(0, String::len);
        }
        if is_new && self.rows.len() >= MAX_FILES {
            if let Some(gone) = self.rows.pop_front() {
                self.diff_bytes -= gone.diff.map_or(0, |diff| diff.len());
            }
            self.left_out = self.left_out.saturating_add(1);
        }
        self.rows.push_back(row);
        self.forget_diffs();
    }

    fn forget_diffs(&mut self) {
        for row in &mut self.rows {
            if self.diff_bytes <= MAX_DIFFS_BYTES {
                return;
            }
            self.diff_bytes -= row.diff.take().map_or(0, |diff| diff.len());
        }
    }
}
