//! `loopscope tail FILE`: follows a growing file of events and sends them to a running server.
//!
//! In: a file that a program appends to, across rotation. Out: its events at the server, each once: an event without an
//! id gets one of its place in the file, and a batch is sent again until the server has said that it is on the disk.
//! An incomplete last line waits until it is whole.

mod batch;
mod follow;
mod send;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use loopscope_event::Dialect;
use tokio_util::sync::CancellationToken;

use batch::Batch;
use follow::Follow;
use send::Sender;

/// How often the file is looked at when there is nothing new.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Options {
    /// The file.
    pub file: PathBuf,
    /// The server's address, `http://host:port`.
    pub server: String,
    /// What the file's program speaks; told by looking where nobody says.
    pub dialect: Option<Dialect>,
    /// The name of the source, by which runs are called that have no id.
    pub source: Option<String>,
    /// Whether what is in the file already is sent too.
    pub from_start: bool,
    /// A token that may send events, where the server wants one.
    pub token: Option<String>,
}

/// What following came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Events that were new to the server.
    pub stored: u64,
    /// Events that it had.
    pub duplicates: u64,
    /// Lines and events that were refused.
    pub refused: u64,
}

/// Follows a file until told to stop. Fails where the server refuses us for good, and where the file cannot be read.
pub async fn run(options: Options, stop: CancellationToken) -> anyhow::Result<Summary> {
    let sender = Sender::new(&options)?;
    let mut follow = Follow::new(options.file.clone(), options.from_start);
    let mut summary = Summary::default();
    while !stop.is_cancelled() {
        let (lines, back) = tokio::task::spawn_blocking(move || {
            let lines = follow.lines(batch::LINES, batch::BYTES);
            (lines, follow)
        })
        .await?;
        follow = back;
        let lines = lines?;
        if lines.is_empty() {
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = stop.cancelled() => {}
            }
            continue;
        }
        sender.send(Batch::of(&lines), &mut summary, &stop).await?;
    }
    Ok(summary)
}

/// What a file's source is called where nobody says: its stem, or its folder's name where the stem says no more than
/// what all such files are called.
pub(crate) fn name_of(file: &Path) -> String {
    let text = |part: Option<&OsStr>| part.map(|part| part.to_string_lossy().into_owned());
    let stem = text(file.file_stem()).unwrap_or_default();
    let folder = file.parent().and_then(Path::file_name);
    match (stem.as_str(), text(folder)) {
        ("events" | "telemetry" | "", Some(folder)) => folder,
        ("-", _) => "import".to_owned(),
        _ => stem,
    }
}
