//! Backups of the whole store. Out of `/api/v1/backups`.

use loopscope_event::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a backup stands.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackupState {
    /// It is being made.
    Running,
    /// Its file can be fetched.
    Ready,
    /// It could not be made.
    Failed,
}

/// A copy of the whole store.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backup {
    /// Its id.
    pub id: String,
    /// Where it stands.
    pub state: BackupState,
    /// What its file is called.
    pub file_name: String,
    /// When it was begun.
    pub started_at: Timestamp,
    /// When it was ready, or given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// How large the file is by now.
    pub bytes: u64,
    /// About how large it is going to be.
    pub expected_bytes: u64,
    /// Why it could not be made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// The backups that can be fetched, or are being made.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Backups {
    /// The newest first.
    pub backups: Vec<Backup>,
}
