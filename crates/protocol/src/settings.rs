//! What the settings page shows: the effective configuration, where each value comes from, and the storage.

use serde::{Deserialize, Serialize};

/// `GET /api/v1/settings`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The server's version.
    pub version: String,
    /// Every setting, secrets left out.
    pub settings: Vec<Setting>,
    /// The journal's storage.
    pub storage: StorageReport,
    /// Whether the static viewer is at `/viewer/`.
    #[serde(default)]
    pub viewer: bool,
}

/// One effective setting.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Its name in `loopscope.toml` (`retention.max_age_days`).
    pub key: String,
    /// Its effective value, as text.
    pub value: String,
    /// Where the value comes from.
    pub source: SettingSource,
    /// The flag that sets it, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<String>,
    /// The environment variable that sets it, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub env: Option<String>,
    /// What it does, in one line.
    pub help: String,
}

/// Where a setting's value comes from, the strongest first.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingSource {
    /// A command-line flag.
    Flag,
    /// An environment variable.
    Environment,
    /// `loopscope.toml`.
    File,
    /// Built in.
    Default,
}

/// Where the journal is and how big.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageReport {
    /// The database file.
    pub path: String,
    /// Its size in bytes, write-ahead log included.
    pub bytes: u64,
    /// Of these, the write-ahead log.
    pub wal_bytes: u64,
    /// Bytes free on that disk.
    pub disk_free_bytes: Option<u64>,
    /// Events kept.
    pub events: u64,
    /// Sessions kept.
    pub sessions: u64,
    /// The oldest offset that is still kept.
    pub first_offset: u64,
    /// The newest offset.
    pub last_offset: u64,
    /// The journal's epoch.
    pub epoch: u32,
    /// The database's schema version.
    pub schema_version: u32,
    /// Whether the journal can be written right now.
    pub writable: bool,
}
