//! Rebuilds the release binary when the browser half changes, because it carries that half inside.
//!
//! In: `target/site`, as `cargo xtask build` leaves it. A debug binary reads the folder at run time instead. The
//! folder is made here where it is not there yet: its real path is compiled in, and a path that does not exist has
//! none, so a server built before the site was would serve nothing of it for ever.
//!
//! A release is linked so that functions of the same code are kept once: much of the pages' code is the same for many
//! types. `safe` leaves functions alone whose address is taken. It is asked for where Rust brings its own linker along.
//! Its symbols are left out here as well: Cargo forgets `strip = true` of a profile for a package that the profile has a
//! section of its own for.

use std::fs;
use std::io;

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed=../target/site");
        if std::env::var("TARGET").is_ok_and(|target| target == "x86_64-unknown-linux-gnu") {
            println!("cargo::rustc-link-arg-bins=-Wl,--icf=safe");
            println!("cargo::rustc-link-arg-bins=-Wl,--strip-all");
        }
    }
    fs::create_dir_all("../target/site")
}
