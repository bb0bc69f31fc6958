//! The loopscope binary.

fn main() {}
