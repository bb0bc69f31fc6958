//! A real convergence loop.

fn main() {}
