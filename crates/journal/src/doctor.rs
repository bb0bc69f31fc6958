//! Whether a file is sound. In: a path. Out: a [`Report`]; nothing is changed.

use std::path::Path;

use crate::OpenError;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// What is wrong; empty where all is well.
    pub problems: Vec<String>,
}

/// Looks through a file.
pub async fn doctor(_path: impl AsRef<Path>) -> Result<Report, OpenError> {
    Ok(Report::default())
}
