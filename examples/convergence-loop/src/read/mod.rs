//! Reads what the tools print. Pure: text in, findings and figures out.

pub mod attack;
pub mod diagnostics;
pub mod libtest;
