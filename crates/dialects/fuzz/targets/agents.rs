//! Bytes of a producer that is known to speak the agents dialect.

#![no_main]

use loopscope_event::Dialect;
use loopscope_fuzz::checks::check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check(Some(Dialect::Agents), bytes));
