//! A real crew of agents, for a dashboard to watch.
//!
//! In: a source tree. Out: events over a WebSocket, as the agents contract has them, while five agents read the tree
//! at the same time, each with a task of its own, and a synthesis looks at every finding a second time and makes
//! proposals of them.
//!
//! The way through: [`app`] starts the [`line`] and one [`round`] after another; a round reads a [`tree`] into a
//! [`shelf`], sets the [`agents`] to work, [`verify`]s what they found, and lets [`synthesis`] propose. The finders
//! themselves are in [`find`]; they read text that [`scan`] has taken apart.

pub mod agents;
pub mod app;
pub mod find;
pub mod finding;
pub mod health;
pub mod line;
pub mod options;
pub mod quality;
pub mod round;
pub mod scan;
pub mod shelf;
pub mod synthesis;
pub mod teller;
pub mod tree;
pub mod verify;
