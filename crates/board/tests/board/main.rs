//! The board from outside: events in, what a page shows out.

mod numbers;
mod resume;
mod status;
mod support;
mod transcript;
