//! The configuration: flags over environment over `loopscope.toml` over defaults.
//!
//! In: the command line, the environment, a file. Out: one typed [`Config`], and every value with where it came from
//! (`loopscope config`, the settings page). [`table`] is the one list of settings; the command line is built of it.

mod read;
mod resolve;
mod table;
mod typed;

pub use read::{ConfigError, read_file};
pub use resolve::{Layers, resolve};
pub use table::{SETTINGS, Spec};
pub use typed::{Auth, Config, Limits, Listener, Tls};
