//! Rebuilds the release binary when the browser half changes, because it carries that half inside.
//!
//! In: `target/site`, as `cargo xtask build` leaves it. A debug binary reads the folder at run time instead. The
//! folder is made here where it is not there yet: its real path is compiled in, and a path that does not exist has
//! none, so a server built before the site was would serve nothing of it for ever.

use std::fs;
use std::io;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed=../target/site");
    }
    fs::create_dir_all("../target/site")
}
