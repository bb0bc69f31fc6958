//! Metric series at full resolution. In: chunks of points, and up to which event they account for. Out: the same.
//!
//! What is in a chunk only the server knows. Everything here is derived from the events: it is written without an
//! fsync, goes with its session, and is dropped where the events that it was made of go, to be made anew.

mod read;
mod write;

use loopscope_event::Seq;

pub use read::{SeriesPart, SeriesReader};
pub(crate) use write::{clear_chunks, clear_oldest, clear_words};

/// Up to where a session's series are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesState {
    /// By which rules; the server's own number.
    pub version: u32,
    /// The events up to this one are in them.
    pub seq: Seq,
    /// Points of metrics beyond the most that are kept apart.
    pub left_out: u64,
    /// The metrics, by their numbers: 0, 1, 2 …
    pub metrics: Vec<SeriesMetric>,
    /// All chunks, by metric and in order: metric, points before it, points in it.
    pub chunks: Vec<(u32, u64, u32)>,
}

/// A metric of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesMetric {
    /// Its number in the session.
    pub number: u32,
    /// Its name.
    pub name: String,
    /// What is known of all its points, as the server wrote it.
    pub total: Vec<u8>,
}

/// A run of points of a metric.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesChunk {
    /// The metric's number.
    pub metric: u32,
    /// How many points of the metric come before.
    pub first: u64,
    /// How many points it holds.
    pub count: u32,
    /// The extremes of all of it, as the server wrote them.
    pub whole: Vec<u8>,
    /// The extremes of its parts.
    pub buckets: Vec<u8>,
    /// The points.
    pub points: Vec<u8>,
}

/// What a session's newer events add to its series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesWrite {
    /// By which rules.
    pub version: u32,
    /// Up to where the series are written already; 0 where there are none yet.
    pub after: Seq,
    /// Up to where they are with this.
    pub upto: Seq,
    /// Points of metrics beyond the most that are kept apart.
    pub left_out: u64,
    /// Metrics that are new or have new points.
    pub metrics: Vec<SeriesMetric>,
    /// The new points.
    pub chunks: Vec<SeriesChunk>,
}
