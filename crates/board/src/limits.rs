//! How much a board may hold: whatever a session's length, a board stays within these bounds.

/// The most iteration rows; beyond, neighbouring rows merge and each stands for twice as many passes.
pub const MAX_ROWS: usize = 4_096;
/// The most distinct step names that are told apart; further ones are counted as `other`.
pub const MAX_STEP_NAMES: usize = 32;
/// The most distinct findings that are listed; fixed ones leave first, the rest is counted.
pub const MAX_FINDINGS: usize = 2_000;
/// The newest fixes that are listed.
pub const MAX_FIXES: usize = 500;
/// The newest errors that are listed.
pub const MAX_ERRORS: usize = 100;
/// The newest events that are listed as lines.
pub const MAX_LINES: usize = 100;
/// The most metrics that are told apart; points of further ones are counted.
pub const MAX_METRICS: usize = 200;
/// The most buckets of one metric's curve; beyond, neighbours merge, minimum and maximum kept.
pub const MAX_METRIC_BUCKETS: usize = 128;
/// The most steps that run at once; beyond, the oldest is forgotten.
pub const MAX_RUNNING: usize = 64;
/// The most buckets of the event density; beyond, each spans twice the time.
pub const MAX_DENSITY_BUCKETS: usize = 240;
/// The most machine states that are told apart.
pub const MAX_STATES: usize = 32;
/// The longest sentence of an event line, in characters.
pub const MAX_SENTENCE_CHARS: usize = 200;
/// The longest figures of an event line, in characters.
pub const MAX_FIGURES_CHARS: usize = 64;
/// The largest configuration that is kept, in bytes.
pub const MAX_CONFIG_BYTES: usize = 64 * 1024;
