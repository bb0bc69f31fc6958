//! Sessions as files. In: a session of the journal. Out: its archive, as a stream; and the way back is
//! [`crate::import`].
//!
//! The format is `loopscope_protocol`'s: a header line, then a line an event, packed with zstd. Both ways the memory
//! that is used does not grow with the session.

mod command;
mod pack;
#[cfg(test)]
mod tests;
mod write;

use std::sync::Arc;

use loopscope_board::Board;
use loopscope_event::{ProjectId, Seq, SessionId};
use loopscope_journal::{Journal, JournalError, SessionQuery, SessionSort};
use loopscope_protocol::{ARCHIVE_VERSION, ARCHIVE_WORD, ArchiveFacts, ArchiveHeader};

pub use command::{Wanted, export};
pub(crate) use pack::Packing;
pub(crate) use write::stream;

use pack::Packer;

use crate::fold::{self, Fold, LoadError};
use crate::notes;

/// Sessions of a page of the list.
const PAGE: u32 = 200;

/// Where sessions are read from.
#[derive(Clone)]
pub(crate) struct Shelf {
    pub journal: Journal,
    /// The boards in memory, where a server runs.
    pub fold: Option<Fold>,
}

/// Why a session could not be written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArchiveError {
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error("an event cannot be written: {0}")]
    Line(#[from] serde_json::Error),
    #[error("the archive cannot be packed: {0}")]
    Pack(#[from] std::io::Error),
    #[error("events of session `{0}` went while it was written")]
    Gone(SessionId),
}

impl Shelf {
    /// What an archive of the session begins with, as of now; `None` where there is no such session.
    pub(crate) async fn header(
        &self,
        project: &ProjectId,
        session: &SessionId,
    ) -> Result<Option<ArchiveHeader>, ArchiveError> {
        let Some(row) = self.journal.session(project, session).await? else {
            return Ok(None);
        };
        let Some(board) = self.board(project, session, row.first_seq).await? else {
            return Ok(None);
        };
        Ok(Some(ArchiveHeader {
            archive: ARCHIVE_WORD.to_owned(),
            version: ARCHIVE_VERSION,
            project: project.clone(),
            session_id: session.clone(),
            first_seq: row.first_seq,
            last_seq: board.seq(),
            facts: ArchiveFacts {
                // As the events say: that they came from a file here is no part of the session.
                status: Some(board.told_status()),
                ..ArchiveFacts::of(&board.summary())
            },
            tags: self.tags(project, session).await?,
            commands: self.journal.all_commands(project, session).await?,
            annotations: self
                .journal
                .annotations(project, session)
                .await?
                .into_iter()
                .map(notes::shown)
                .collect(),
        }))
    }

    async fn tags(
        &self,
        project: &ProjectId,
        session: &SessionId,
    ) -> Result<Vec<String>, JournalError> {
        let names = [(project.clone(), session.clone())];
        let tags = self.journal.tags_of(&names).await?;
        Ok(tags.into_iter().flatten().collect())
    }

    /// The board of exactly what the archive holds: where the oldest events are gone, they count for nothing.
    async fn board(
        &self,
        project: &ProjectId,
        session: &SessionId,
        first: Seq,
    ) -> Result<Option<Arc<Board>>, ArchiveError> {
        let key = (project.clone(), session.clone());
        if first > Seq(1) {
            return Ok(fold::from_events(&self.journal, &key).await?.map(Arc::new));
        }
        Ok(match &self.fold {
            Some(fold) => fold.board(project, session).await?.map(|(board, _)| board),
            None => fold::from_journal(&self.journal, &key).await?.map(Arc::new),
        })
    }

    /// The sessions of a project, or of all, in the order in which they began.
    pub(crate) async fn sessions(
        &self,
        project: Option<&ProjectId>,
    ) -> Result<Vec<(ProjectId, SessionId)>, JournalError> {
        let mut query = SessionQuery {
            project: project.cloned(),
            sort: SessionSort::Started,
            ascending: true,
            limit: PAGE,
            ..SessionQuery::default()
        };
        let mut found = Vec::new();
        loop {
            let page = self.journal.sessions(&query).await?;
            let names = page.rows.into_iter();
            found.extend(names.map(|row| (row.project, row.session_id)));
            query.after = page.next;
            if query.after.is_none() {
                return Ok(found);
            }
        }
    }
}

/// A name for the file of a session: letters, digits, dots and dashes of its id.
pub(crate) fn file_name(session: &str, packing: Packing) -> String {
    const MOST: usize = 100;
    let plain = |character: char| match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '-' | '_' => character,
        _ => '-',
    };
    let name: String = session.chars().take(MOST).map(plain).collect();
    let name = name.trim_matches(['.', '-']);
    let name = if name.is_empty() { "session" } else { name };
    format!("{name}{}", packing.ending())
}

#[cfg(test)]
mod names {
    use super::*;

    #[test]
    fn names_of_files_are_no_paths() {
        assert_eq!(
            file_name("night run/7", Packing::Zstd),
            "night-run-7.jsonl.zst"
        );
        assert_eq!(file_name("../../etc", Packing::Plain), "etc.jsonl");
        assert_eq!(file_name("…", Packing::Plain), "session.jsonl");
    }
}
