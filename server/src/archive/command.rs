//! `loopscope export SESSION`. In: sessions, and where to. Out: a file that is whole or not there.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use futures_util::StreamExt as _;
use loopscope_event::{ProjectId, SessionId};
use loopscope_journal::Journal;

use super::{Packing, Shelf, file_name, stream};
use crate::bar::Bar;
use crate::output;

/// What is to be exported.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The sessions' project.
    pub project: ProjectId,
    /// The sessions; none for all of the project.
    pub sessions: Vec<SessionId>,
    /// The file; `-` is standard output; without one, a name is made of the session's or the project's.
    pub file: Option<PathBuf>,
    /// Whether it stays unpacked; a file named `….jsonl` does too.
    pub plain: bool,
}

/// Writes sessions of the journal at a path to a file, also while a server runs on it. Answers the file's name and how
/// many sessions are in it.
pub async fn export(journal: &Path, wanted: Wanted) -> anyhow::Result<(PathBuf, usize)> {
    let journal = Journal::look(journal).await?;
    let is_plain = |file: &PathBuf| file.extension().is_some_and(|ending| ending == "jsonl");
    let packing = if wanted.plain || wanted.file.as_ref().is_some_and(is_plain) {
        Packing::Plain
    } else {
        Packing::Zstd
    };
    let name = match wanted.sessions.as_slice() {
        [session] => session.as_str(),
        [] => wanted.project.as_str(),
        _ => "sessions",
    };
    let file = wanted
        .file
        .unwrap_or_else(|| file_name(name, packing).into());
    let shelf = Shelf {
        journal,
        fold: None,
    };
    let sessions = sessions(&shelf, wanted.project, wanted.sessions).await?;
    let count = sessions.len();
    let mut pieces = Box::pin(stream(shelf, sessions, packing));
    if file == Path::new("-") {
        while let Some(piece) = pieces.next().await {
            output::write(&piece?);
        }
        return Ok((file, count));
    }
    // Half a file never has the name of a whole one.
    let part = beside(&file);
    let written = async {
        let mut out = std::fs::File::create(&part)?;
        let bar = Bar::of_bytes("exporting", None);
        let mut bytes = 0;
        while let Some(piece) = pieces.next().await {
            let piece = piece?;
            out.write_all(&piece)?;
            bytes += piece.len() as u64;
            bar.at(bytes);
        }
        out.sync_all()?;
        anyhow::Ok(std::fs::rename(&part, &file)?)
    };
    if let Err(error) = written.await {
        let _ = std::fs::remove_file(&part);
        return Err(error).with_context(|| format!("cannot write {}", file.display()));
    }
    Ok((file, count))
}

async fn sessions(
    shelf: &Shelf,
    project: ProjectId,
    wanted: Vec<SessionId>,
) -> anyhow::Result<Vec<(ProjectId, SessionId)>> {
    if wanted.is_empty() {
        let all = shelf.sessions(Some(&project)).await?;
        if all.is_empty() {
            bail!("there is no session in project `{project}`");
        }
        return Ok(all);
    }
    let mut sessions = Vec::new();
    for session in wanted {
        if shelf.journal.session(&project, &session).await?.is_none() {
            bail!("there is no session `{session}` in project `{project}`");
        }
        sessions.push((project.clone(), session));
    }
    Ok(sessions)
}

fn beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".part");
    name.into()
}
