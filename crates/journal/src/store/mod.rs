//! The file itself: who may open it, what is in it, how a value is written in a column.

pub(crate) mod code;
pub(crate) mod connect;
pub(crate) mod lock;
pub(crate) mod open;
pub(crate) mod probe;
pub(crate) mod row;

/// "LoSc" in SQLite's header: this file is a Loopscope journal.
pub(crate) const APPLICATION_ID: u32 = 0x4c6f_5363;

/// The newest schema known here; the last migration sets it as `user_version`.
pub const SCHEMA: u32 = 8;
