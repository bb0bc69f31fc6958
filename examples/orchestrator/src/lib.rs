//! A real program to steer: it runs skills on a small crate, and obeys what it is told.
//!
//! In: a small crate (`morse/`), carried inside the program, and commands. Out: events in the orchestrator's words and
//! receipts, over Loopscope's `/ws/v1`; files and git commits in a folder of its own.
//!
//! The way through: [`app`] has one [`engine`] run after another; a run is a plan of [`skills`], and what it is and
//! what it was told is in [`run`], which is pure. [`house`] is what they share: the [`store`] (everything that must
//! survive a kill, in one file), the [`tree`] with its [`git`], the running [`child`]ren. [`line`] carries events out
//! and commands in.

pub mod app;
pub mod child;
pub mod engine;
pub mod git;
pub mod house;
pub mod line;
pub mod material;
pub mod options;
pub mod order;
pub mod run;
pub mod skills;
pub mod store;
pub mod tree;
