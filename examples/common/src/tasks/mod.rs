//! For programs of tasks.

mod stop;
mod tool;

pub use stop::Stop;
pub use tool::{Place, command, lines, toolchain};
