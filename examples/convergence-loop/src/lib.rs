//! A real convergence loop, for a dashboard to watch.
//!
//! In: a small crate (`gatehouse/`) and a catalogue of defects (`defects/`), both carried inside the program.
//! Out: events on a WebSocket, as the convergence contract has them, while the program plants some defects in a
//! copy of the crate and then diagnoses, fixes, attacks and validates it until a whole pass finds nothing.
//!
//! The way through: [`app`] starts the server and one [`session`] after another; a session runs the four
//! [`steps`] with the help of [`cargo`] and [`read`], works on a [`workshop`], and says everything that happens
//! on the [`bus`], which [`serve`] and [`webhook`] carry out of the house. A Loopscope that listens may halt it: [`helm`].

pub mod app;
pub mod bus;
pub mod cargo;
pub mod catalogue;
pub mod edits;
pub mod embedded;
pub mod finding;
pub mod helm;
pub mod options;
pub mod random;
pub mod read;
pub mod serve;
pub mod session;
pub mod steered;
pub mod steps;
pub mod teller;
pub mod webhook;
pub mod workshop;
