//! The bridge: dials programs and hands what they send to intake.

use loopscope_protocol::SourceStatus;

/// The rows of all links; cheap to clone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sources {
    rows: Vec<SourceStatus>,
}

impl Sources {
    /// All rows, in the order of the configuration.
    pub(crate) fn rows(&self) -> Vec<SourceStatus> {
        self.rows.clone()
    }
}
