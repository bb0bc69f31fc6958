//! What the example programs share. A program of threads and one of tasks wish to stop in their own ways.

mod length;
#[cfg(feature = "tasks")]
pub mod tasks;
#[cfg(feature = "threads")]
pub mod threads;

pub use length::duration;
