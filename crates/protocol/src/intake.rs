//! Answers to a producer: one receipt an event. Out of `POST /api/v1/events` and of `publish` on `/ws/v1`.

use loopscope_event::{EventId, Offset, Seq};
use serde::{Deserialize, Serialize};

use crate::ApiError;

/// What became of a batch. It is sent after the fsync that covers every stored event of it.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntakeAnswer {
    /// Events stored by this request.
    pub accepted: u64,
    /// Events that were stored before, by their `event_id`.
    pub duplicates: u64,
    /// Events that were refused; the others of the batch are kept.
    pub rejected: u64,
    /// One an event, in the order sent.
    pub receipts: Vec<Receipt>,
}

/// What became of one event.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Its place in the batch, from 0.
    pub index: usize,
    /// What became of it.
    pub status: ReceiptStatus,
    /// Its id: the producer's, or the one given here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_id: Option<EventId>,
    /// Its place in the journal; a duplicate's is that of the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<Offset>,
    /// Its place in its session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<Seq>,
    /// What was odd but taken (`timestamp: not a time, time of receipt used`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
    /// Why it was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ApiError>,
}

/// What became of one event, in a word.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptStatus {
    /// On disk.
    Stored,
    /// On disk since before.
    Duplicate,
    /// Not taken; `error` says why.
    Rejected,
}

/// What an import came to: the answer of `POST /api/v1/import`.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportAnswer {
    /// Lines read.
    pub lines: u64,
    /// Sessions of an archive that are here now as they are there.
    pub sessions: u64,
    /// Events stored.
    pub stored: u64,
    /// Events that were stored before.
    pub duplicates: u64,
    /// Sessions of an archive, or events of other lines, that were refused.
    pub refused: u64,
    /// Why, of the first of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<ImportFault>,
}

/// What was refused of a file.
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportFault {
    /// Its line, from 1.
    pub line: u64,
    /// Why.
    pub error: ApiError,
}
