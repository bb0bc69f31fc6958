//! Every input that the fuzz targets keep, on stable Rust: seeds, regressions, and what fuzzing found worth keeping.

#![expect(
    unreachable_pub,
    reason = "these modules are a library's where they live"
)]

#[path = "../../dialects/fuzz/src/checks.rs"]
mod checks;
#[path = "../../dialects/fuzz/src/inputs.rs"]
mod inputs;

use loopscope_event::Dialect;

/// A test for each target, over its two lists.
macro_rules! replay {
    ($($target:ident: $dialect:expr),* $(,)?) => {$(
        #[test]
        fn $target() {
            let name = stringify!($target);
            let lists = [
                include_str!(concat!("../../dialects/fuzz/seeds/", stringify!($target), ".txt")),
                include_str!(concat!("../../dialects/fuzz/corpus/", stringify!($target), ".txt")),
            ];
            for input in lists.iter().flat_map(|list| inputs::read(list)) {
                // Of what an assertion says, the input is left out: it is printed when the test fails.
                println!("{name}: {}", String::from_utf8_lossy(&input));
                checks::check($dialect, &input);
            }
        }
    )*};
}

replay! {
    convergence: Some(Dialect::Convergence),
    orchestrator: Some(Dialect::Orchestrator),
    agents: Some(Dialect::Agents),
    training: Some(Dialect::Training),
    looking: None,
}
