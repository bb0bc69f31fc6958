//! Rebuilds the release binary when the browser half changes, because it carries that half inside.
//!
//! In: `target/site`, as `cargo xtask build` leaves it. A debug binary reads the folder at run time instead.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed=../target/site");
    }
}
