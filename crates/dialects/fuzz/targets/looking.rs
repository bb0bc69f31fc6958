//! Bytes of a producer of whom nothing is known: the dialect is told by looking at each event.

#![no_main]

use loopscope_fuzz::checks::check;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| check(None, bytes));
