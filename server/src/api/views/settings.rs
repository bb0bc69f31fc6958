//! The effective configuration, and the storage.

use loopscope_protocol::{ApiError, Settings, StorageReport};

use super::unreadable;
use crate::state::AppState;

/// What the settings page shows.
pub(crate) async fn settings(state: &AppState) -> Result<Settings, ApiError> {
    let storage = state.journal.storage().await;
    let storage = storage.map_err(|error| unreadable(&error))?;
    Ok(Settings {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        settings: state.config.report.clone(),
        viewer: crate::site::has_viewer(),
        storage: StorageReport {
            path: state.config.db_path.display().to_string(),
            bytes: storage.file_bytes + storage.log_bytes,
            wal_bytes: storage.log_bytes,
            disk_free_bytes: disk_free_bytes(&state.config.db_path),
            events: storage.events,
            sessions: storage.sessions,
            first_offset: if storage.events > 0 {
                storage.horizon + 1
            } else {
                0
            },
            last_offset: storage.head,
            epoch: state.journal.epoch(),
            schema_version: loopscope_journal::SCHEMA_VERSION,
            writable: state.telemetry.is_writable(),
        },
    })
}

/// Bytes that the disk of a file has left for us.
fn disk_free_bytes(path: &std::path::Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(path).ok()?;
    Some(disk.f_bavail * disk.f_frsize)
}
