//! Tools that a program runs in a folder of its own, as if nobody had started the program by such a tool.

use std::path::Path;
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::Command;

/// The variables of a surrounding cargo, or of a person's set-up, that would change what the tools do.
const STRANGERS: [&str; 6] = [
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CLIPPY_ARGS",
    "CLIPPY_CONF_DIR",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTFLAGS",
];

/// Where a tool works.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Its working folder.
    pub folder: &'a Path,
    /// Where cargo puts what it builds.
    pub build: &'a Path,
    /// The toolchain in force where the program was started.
    pub toolchain: Option<&'a str>,
}

/// A tool that leads a process group of its own, reads nothing, and is read. It is ended when it is dropped.
pub fn command(place: Place<'_>, program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(args)
        .current_dir(place.folder)
        .env("CARGO_TARGET_DIR", place.build)
        .env("CARGO_BUILD_JOBS", "1")
        .env("CARGO_NET_OFFLINE", "true")
        .env("CARGO_TERM_COLOR", "never")
        .env("RUSTC_WRAPPER", "")
        .env("RUST_BACKTRACE", "0")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .kill_on_drop(true);
    for name in STRANGERS {
        command.env_remove(name);
    }
    if let Some(toolchain) = place.toolchain {
        command.env("RUSTUP_TOOLCHAIN", toolchain);
    }
    command
}

/// Reads lines to the end, whatever bytes they are made of; each is given to `on_line` at once.
pub async fn lines(
    source: Option<impl AsyncRead + Unpin>,
    mut on_line: impl FnMut(&str),
) -> String {
    let mut all = String::new();
    let Some(source) = source else { return all };
    let mut source = BufReader::new(source);
    let mut line = Vec::new();
    while let Ok(1..) = source.read_until(b'\n', &mut line).await {
        let text = String::from_utf8_lossy(&line);
        on_line(text.trim_end_matches(['\r', '\n']));
        all.push_str(&text);
        line.clear();
    }
    all
}

/// The toolchain in force where the program was started: its tools work elsewhere, where another might be.
pub async fn toolchain() -> Option<String> {
    if std::env::var_os("RUSTUP_TOOLCHAIN").is_some() {
        return None;
    }
    let shown = Command::new("rustup")
        .args(["show", "active-toolchain"])
        .output()
        .await
        .ok()?;
    let text = String::from_utf8(shown.stdout).ok()?;
    text.split_whitespace().next().map(str::to_owned)
}
