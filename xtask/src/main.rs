//! Build, run, test, measure.

fn main() {}
