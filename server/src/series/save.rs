//! Bringing a session's series up to its events, and onto the disk. One at a time works on a session.

use loopscope_event::Seq;
use loopscope_journal::{EventQuery, SeriesPart};

use super::built::Built;
use super::chunk::chunks;
use super::codec;
use super::sessions::Key;
use super::{AllSeries, SeriesError};

/// How many events are read at once.
const PAGE: u32 = 2_000;

/// So many points in hand are written: about half a megabyte in one turn at the journal's desk.
pub(super) const FLUSH: usize = 32_768;

/// Events without a point that are read once more at most after a crash.
const SILENT: u64 = 20_000;

impl AllSeries {
    /// Takes in every event that the series do not account for.
    pub(super) async fn catch_up(&self, key: &Key, built: &mut Built) -> Result<(), SeriesError> {
        let journal = &self.0.journal;
        if !built.loaded {
            let state = journal.series_state(&key.0, &key.1).await?;
            let known = state.and_then(Built::load);
            if known.is_none() {
                // By other rules, or what retention left of them.
                journal.drop_series(&key.0, &key.1).await?;
            }
            *built = known.unwrap_or_else(Built::begun);
        }
        loop {
            let query = EventQuery {
                after: Some(built.seq),
                limit: PAGE,
                ..EventQuery::default()
            };
            let page = journal.session_events(&key.0, &key.1, &query).await?;
            for event in &page.events {
                built.apply(event);
            }
            if built.pending >= FLUSH || built.seq.0 - built.stored.0 >= SILENT {
                self.flush(key, built).await?;
            }
            if !page.more {
                return Ok(());
            }
        }
    }

    /// Writes what is not on disk. Where it does not fit on what is there, that is looked at again when next needed.
    pub(super) async fn flush(&self, key: &Key, built: &mut Built) -> Result<(), SeriesError> {
        if !built.loaded || built.seq <= built.stored {
            return Ok(());
        }
        let write = built.write();
        let journal = &self.0.journal;
        if journal.put_series(&key.0, &key.1, write.clone()).await? {
            built.written(&write);
        } else {
            *built = Built::default();
        }
        Ok(())
    }

    /// Puts some small chunks of one metric together; answers whether there were any.
    pub(super) async fn merge_some(
        &self,
        key: &Key,
        built: &mut Built,
    ) -> Result<bool, SeriesError> {
        let Some((metric, run)) = built.to_merge() else {
            return Ok(false);
        };
        let Some(first) = run.first().map(|(first, _)| *first) else {
            return Ok(false);
        };
        let journal = &self.0.journal;
        let Some(mut reader) = journal.series_reader(&key.0, &key.1).await? else {
            return Ok(false);
        };
        let found = reader
            .chunks(metric, SeriesPart::Points, first..u64::MAX, u32::MAX)
            .await?;
        drop(reader);
        let mut points = Vec::new();
        for (_, _, bytes) in found {
            points.extend(codec::read(&bytes).ok_or(SeriesError::Unreadable)?);
        }
        let merged = chunks(metric, first, &points);
        let places: Vec<_> = merged
            .iter()
            .map(|chunk| (chunk.first, chunk.count))
            .collect();
        let fits = journal
            .merge_series(&key.0, &key.1, built.stored, merged)
            .await?;
        if fits {
            built.merged(metric, first, &places);
        } else {
            *built = Built::default();
        }
        Ok(fits)
    }

    /// Drops a session's series and makes them anew.
    pub(super) async fn make_anew(&self, key: &Key) -> Result<(), SeriesError> {
        tracing::warn!(session = key.1.as_str(), "its stored series are made anew");
        let slot = self.0.sessions.open(key);
        let mut built = slot.built.lock().await;
        self.0.journal.drop_series(&key.0, &key.1).await?;
        *built = Built::default();
        self.catch_up(key, &mut built).await
    }

    /// Writes a session's newest points where it is time, and puts small chunks together.
    pub(super) async fn save(&self, key: &Key) -> Result<(), SeriesError> {
        let Some(slot) = self.0.sessions.get(key) else {
            return Ok(());
        };
        {
            let mut built = slot.built.lock().await;
            self.flush(key, &mut built).await?;
            slot.note(built.pending);
        }
        // The lock is given up between two of them: whoever asks is not kept waiting.
        while {
            let mut built = slot.built.lock().await;
            self.merge_some(key, &mut built).await?
        } {}
        Ok(())
    }

    /// Brings a session that fell behind up to its events.
    pub(super) async fn bring_up(&self, key: &Key) -> Result<Seq, SeriesError> {
        let slot = self.0.sessions.open(key);
        let mut built = slot.built.lock().await;
        self.catch_up(key, &mut built).await?;
        slot.note(built.pending);
        Ok(built.seq)
    }
}
