//! Real training, for a dashboard to watch: seeds grafted into a host network, judged by what they contribute.
//!
//! In: a seed for every number. Out: events as the training contract has them, on a WebSocket that the program serves
//! and in a file, while a policy learns when to plant, keep and take out small networks beside a host that learns to
//! tell two spirals apart.
//!
//! The way through: [`app`] opens the [`hub`]'s outlets ([`stream`], [`mod@file`]) and starts one [`run`] after another. A
//! run has [`plot`]s: a [`field`] (host, [`seed`]s, [`data`]) and what may be done with it. The [`policy`] acts and
//! learns by [`ppo`]; [`contribution`]s are measured with and without. [`teller`] puts all of it in the contract's words.

pub mod app;
pub mod contribution;
pub mod data;
pub mod field;
pub mod file;
pub mod frame;
pub mod hub;
pub mod net;
pub mod options;
pub mod plot;
pub mod policy;
pub mod ppo;
pub mod random;
pub mod run;
pub mod seed;
pub mod stream;
pub mod teller;
