//! The board from outside: events in, what a page shows out.

mod agents;
mod alerts;
mod compare;
mod ends;
mod numbers;
mod orchestrator;
mod resume;
mod spans;
mod status;
mod support;
mod training;
mod transcript;
mod widgets;
mod widgets_pushed;
