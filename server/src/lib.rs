//! The `loopscope` server. In: a configuration. Out: the dashboard on its port, until it is told to stop.
//!
//! The way of an event: a transport hands bytes to [`intake`], which decodes and stores them; the journal's writer
//! gives what it committed to the [`ring`], from which [`deliver`] and the contracts' [`facades`] serve live readers
//! and the [`fold`] keeps the boards of sessions; [`api`] and the pages answer from boards and journal.

mod access;
mod alerts;
mod api;
pub mod archive;
pub mod ask;
pub mod backup;
mod bar;
mod bridge;
pub mod config;
mod deliver;
mod error;
mod facades;
mod fold;
mod http;
pub mod import;
mod intake;
mod life;
mod lines;
mod mock;
mod notes;
mod open;
pub mod output;
mod pages;
mod ring;
mod router;
mod runs;
mod search;
mod series;
mod serve;
mod site;
mod socket;
mod spans;
mod state;
mod steer;
pub mod tail;
mod telemetry;
#[cfg(test)]
mod testing;
pub mod tokens;
mod waiting;
mod widgets;

pub use serve::{Running, ServeError, serve};
