//! Skill orchestrators: skills, files, decisions, validations, agents, checkpoints, and the commands that steer them.

mod answer;
mod as_sent;
mod command;
mod decode;
mod facts;
mod names;
mod refusal;
mod severity;
mod verb;

pub use answer::success;
pub use as_sent::{AsSent, as_sent};
pub use command::{
    CommandContext, MAX_PARAMETER_BYTES, MAX_REASON_BYTES, MAX_TYPE_BYTES, ParsedCommand,
    check_command, parse_command,
};
pub(crate) use decode::event;
pub(crate) use facts::facts;
pub use names::{NAMES, RESERVED, kind, lookup, tells};
pub(crate) use names::{borrowed, is_halting};
pub use refusal::{CommandRefusal, RefusalKind};
pub use verb::{HALT_REASON, Position, TYPES, Verb};
