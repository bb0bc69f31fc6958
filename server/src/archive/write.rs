//! Writing archives. In: sessions. Out: bytes, a piece at a time, as whoever reads them takes them.

use bytes::Bytes;
use futures_util::Stream;
use loopscope_event::{ProjectId, Seq, SessionId};
use loopscope_journal::EventQuery;
use loopscope_protocol::{ArchiveHeader, write_archived};
use tokio::sync::mpsc;

use super::{ArchiveError, Packer, Packing, Shelf};

/// Events read at once.
const PAGE: u32 = 200;

/// Pieces that wait for their reader.
const PIECES: usize = 4;

/// The archive ends before its end. Whoever reads it must not take it for whole.
#[derive(Debug, thiserror::Error)]
#[error("the archive could not be written to its end: {0}")]
pub(crate) struct Broken(#[from] ArchiveError);

/// Sessions, one behind the other, as one file. One that is gone by its turn is left out. Ends with the reader.
pub(crate) fn stream(
    shelf: Shelf,
    sessions: Vec<(ProjectId, SessionId)>,
    packing: Packing,
) -> impl Stream<Item = Result<Bytes, Broken>> + Send + 'static {
    let (pieces, taken) = mpsc::channel(PIECES);
    tokio::spawn(async move {
        let mut writer = match Packer::new(packing) {
            Ok(packer) => Writer {
                shelf,
                packer,
                pieces,
            },
            Err(error) => {
                let _ = pieces.send(Err(ArchiveError::from(error).into())).await;
                return;
            }
        };
        match writer.all(&sessions).await {
            Ok(true) => {
                let rest = writer.packer.finish();
                let rest = rest.map_err(|error| ArchiveError::from(error).into());
                let _ = writer.pieces.send(rest).await;
            }
            // Nobody reads on.
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, "an archive was not written to its end");
                let _ = writer.pieces.send(Err(error.into())).await;
            }
        }
    });
    futures_util::stream::unfold(taken, |mut taken| async move {
        Some((taken.recv().await?, taken))
    })
}

struct Writer {
    shelf: Shelf,
    packer: Packer,
    pieces: mpsc::Sender<Result<Bytes, Broken>>,
}

impl Writer {
    /// Writes them all; `false` where nobody reads on.
    async fn all(&mut self, sessions: &[(ProjectId, SessionId)]) -> Result<bool, ArchiveError> {
        for (project, session) in sessions {
            if let Some(header) = self.shelf.header(project, session).await?
                && !self.session(&header).await?
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    async fn session(&mut self, header: &ArchiveHeader) -> Result<bool, ArchiveError> {
        let mut lines = serde_json::to_vec(header)?;
        lines.push(b'\n');
        let mut next = header.first_seq;
        while next <= header.last_seq {
            let query = EventQuery {
                after: Some(Seq(next.0 - 1)),
                before: Some(Seq(header.last_seq.0 + 1)),
                limit: PAGE,
                ..EventQuery::default()
            };
            let journal = &self.shelf.journal;
            let page = journal.session_events(&header.project, &header.session_id, &query);
            let page = page.await?;
            if page.events.is_empty() {
                return Err(ArchiveError::Gone(header.session_id.clone()));
            }
            for event in &page.events {
                if event.seq != next {
                    return Err(ArchiveError::Gone(header.session_id.clone()));
                }
                write_archived(event, &mut lines)?;
                next = Seq(next.0 + 1);
            }
            if !self.put(&std::mem::take(&mut lines)).await? {
                return Ok(false);
            }
        }
        self.put(&lines).await
    }

    async fn put(&mut self, lines: &[u8]) -> Result<bool, ArchiveError> {
        let ready = self.packer.put(lines)?;
        Ok(ready.is_empty() || self.pieces.send(Ok(ready)).await.is_ok())
    }
}
