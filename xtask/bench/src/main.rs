//! The measurements of `cargo xtask bench`: load on the release server, each figure beside its goal.
//!
//! In: `--server PATH`, `--end2end DIR`, `--journal PATH`, `--client PATH`, and names of lines to measure (none: all).
//! Out: a table. Times are this machine's, and the load comes from the same machine, so compare figures of one run, not
//! of two machines.

mod events;
mod http;
mod lines;
mod producer;
mod report;
mod server;
mod stats;
mod viewer;
mod ws;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};

use report::Report;

/// What the lines need to know.
struct Bench {
    /// The release binary.
    server: PathBuf,
    /// The folder of the browser scripts.
    end2end: PathBuf,
    /// The journal's own example.
    journal: PathBuf,
    /// The Rust SDK's own example.
    client: PathBuf,
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("bench: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Measures the asked lines; false when a line could not be measured.
fn run() -> anyhow::Result<bool> {
    let mut args = std::env::args().skip(1);
    let (mut server, mut end2end, mut journal, mut client) = (None, None, None, None);
    let mut asked = Vec::new();
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--server" => server = args.next().map(PathBuf::from),
            "--journal" => journal = args.next().map(PathBuf::from),
            "--client" => client = args.next().map(PathBuf::from),
            "--end2end" => end2end = args.next().map(PathBuf::from),
            _ => asked.push(arg),
        }
    }
    let bench = Bench {
        // The server is started in a folder of its own, where a relative path means something else.
        server: server
            .context("--server PATH is missing")?
            .canonicalize()
            .context("no server")?,
        end2end: end2end.context("--end2end DIR is missing")?,
        journal: journal.context("--journal PATH is missing")?,
        client: client.context("--client PATH is missing")?,
    };
    if let Some(unknown) = asked
        .iter()
        .find(|name| !lines::ALL.iter().any(|line| line.name == **name))
    {
        let known: Vec<&str> = lines::ALL.iter().map(|line| line.name).collect();
        bail!(
            "there is no line {unknown}; there are: {}",
            known.join(", ")
        );
    }
    raise_open_files()?;
    let mut report = Report::default();
    let mut whole = true;
    for line in lines::ALL {
        if !asked.is_empty() && !asked.iter().any(|name| name == line.name) {
            continue;
        }
        eprintln!("bench: {} ({})", line.name, line.about);
        if let Err(error) = (line.measure)(&bench, &mut report) {
            eprintln!("bench: {}: {error:#}", line.name);
            report.broken(line.name, &error);
            whole = false;
        }
    }
    print!("{report}");
    Ok(whole)
}

/// Ten thousand sockets need as many open files, here and in the server, which inherits the limit.
fn raise_open_files() -> anyhow::Result<()> {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    setrlimit(Resource::Nofile, limit).context("cannot raise the limit of open files")
}
