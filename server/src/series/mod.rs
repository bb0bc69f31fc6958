//! Metric series at full resolution: every point of every metric, in chunks that tell their extremes.
//!
//! In: the ring, like any reader; the journal, where a session's series are behind its events. Out: the list of a
//! session's metrics, stretches of series in columns, all points as CSV. Derived: the journal's tables of series can be
//! dropped, and come back from the events. After a crash a session's series go on from the event that they were
//! written up to, when they are next needed.

mod built;
mod bytes;
mod chunk;
mod codec;
mod columns;
mod cut;
mod facts;
mod point;
mod run;
mod save;
mod sessions;
mod stretch;
mod sum;
mod table;
mod total;

use std::sync::Arc;

use loopscope_event::{ProjectId, SessionId};
use loopscope_journal::{Journal, JournalError};
use loopscope_protocol::{
    MetricsAnswer, SERIES_COLUMNS, Series, SeriesAnswer, SeriesAxis, SeriesQuery,
};

use columns::{Shown, Stretch};
pub(crate) use run::run;
use sessions::{Key, Sessions};
use stretch::Tail;
pub(crate) use table::Table;
use total::{Span, Total};

/// The handle on the series.
#[derive(Clone)]
pub(crate) struct AllSeries(Arc<Shared>);

struct Shared {
    journal: Journal,
    sessions: Sessions,
}

/// Why series could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SeriesError {
    /// The journal said no.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// What is stored is not what was written; it is made anew.
    #[error("a stored series cannot be read")]
    Unreadable,
}

/// A metric as it stands: its number on disk, what is known of it, what is not on disk.
struct Found {
    number: u32,
    total: Total,
    tail: Tail,
    /// Only chunks that begin before this many points are its own.
    disk: u64,
}

impl AllSeries {
    /// Series that begin with what is in the journal; [`run`] keeps them up with the ring.
    pub(crate) fn new(journal: Journal) -> Self {
        Self(Arc::new(Shared {
            journal,
            sessions: Sessions::default(),
        }))
    }

    /// A session is deleted: nothing of it is kept.
    pub(crate) fn forget(&self, project: &ProjectId, session: &SessionId) {
        self.0.sessions.remove(&(project.clone(), session.clone()));
    }

    /// Every metric of a session that is there, by name.
    pub(crate) async fn metrics(
        &self,
        project: &ProjectId,
        session: &SessionId,
    ) -> Result<MetricsAnswer, SeriesError> {
        let key = (project.clone(), session.clone());
        let slot = self.0.sessions.open(&key);
        let mut built = slot.built.lock().await;
        self.catch_up(&key, &mut built).await?;
        let rows = built.metrics.iter();
        let mut metrics: Vec<_> = rows.map(|metric| metric.total.row(&metric.name)).collect();
        metrics.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(MetricsAnswer {
            metrics,
            left_out: built.left_out,
            seq: built.seq,
        })
    }

    /// Stretches of a session's series.
    pub(crate) async fn stretches(
        &self,
        project: &ProjectId,
        session: &SessionId,
        query: &SeriesQuery,
    ) -> Result<SeriesAnswer, SeriesError> {
        let key = (project.clone(), session.clone());
        let answer = self.try_stretches(&key, query).await;
        if matches!(answer, Err(SeriesError::Unreadable)) {
            self.make_anew(&key).await?;
            return self.try_stretches(&key, query).await;
        }
        answer
    }

    async fn try_stretches(
        &self,
        key: &Key,
        query: &SeriesQuery,
    ) -> Result<SeriesAnswer, SeriesError> {
        let slot = self.0.sessions.open(key);
        let mut built = slot.built.lock().await;
        self.catch_up(key, &mut built).await?;
        let seq = built.seq;
        let mut found: Vec<Option<Found>> = query
            .names
            .iter()
            .map(|name| {
                let number = built.find(name)?;
                Some(Found {
                    number: number as u32,
                    total: built.metrics[number].total,
                    tail: built.tail(number),
                    disk: u64::MAX,
                })
            })
            .collect();
        drop(built);
        let mut reader = self.0.journal.series_reader(&key.0, &key.1).await?;
        if let (Some(upto), Some(reader)) = (query.upto, &mut reader) {
            for found in found.iter_mut().flatten() {
                cut::cut(reader, found, upto).await?;
            }
        }
        let stretch = stretch(query, &found);
        let mut series = Vec::with_capacity(found.len());
        for (name, found) in query.names.iter().zip(&found) {
            let (Some(found), Some(stretch), Some(reader)) = (found, stretch, &mut reader) else {
                series.push(unknown(name, found.as_ref(), query.axis));
                continue;
            };
            let shown = stretch::read(reader, found, stretch).await?;
            series.push(one(name, &found.total, query.axis, shown));
        }
        Ok(SeriesAnswer {
            axis: query.axis,
            seq: query.upto.map_or(seq, |upto| seq.min(upto)),
            series,
        })
    }
}

/// What is shown of these; `None` where none of them has a point on the axis.
fn stretch(query: &SeriesQuery, found: &[Option<Found>]) -> Option<Stretch> {
    let ranges = found.iter().flatten();
    let ranges = ranges.filter_map(|found| found.total.span(query.axis).range);
    let (low, high) = ranges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))?;
    let from = query.from.unwrap_or(low);
    let to = query.to.unwrap_or(high).max(from);
    let columns = match query.columns {
        0 => SERIES_COLUMNS,
        columns => columns,
    };
    Some(Stretch {
        axis: query.axis,
        from,
        to,
        // A stretch of one place, or one wider than a number can say, is one column.
        columns: if to > from && (to - from).is_finite() {
            columns as usize
        } else {
            1
        },
    })
}

fn one(name: &str, total: &Total, axis: SeriesAxis, shown: Shown) -> Series {
    let Span {
        count,
        out_of_order,
        range,
    } = total.span(axis);
    Series {
        name: name.to_owned(),
        total: total.count,
        points: shown.points,
        without_place: total.count - count,
        out_of_order,
        range,
        columns: shown.columns,
        non_finite: shown.non_finite,
        before: shown.before,
        after: shown.after,
    }
}

/// A series of which nothing is shown: nobody knows it, or none of its points is on the axis.
fn unknown(name: &str, found: Option<&Found>, axis: SeriesAxis) -> Series {
    let total = found.map_or(Total::NONE, |found| found.total);
    Series {
        name: name.to_owned(),
        total: total.count,
        without_place: total.count - total.span(axis).count,
        ..Series::default()
    }
}

#[cfg(test)]
mod tests;
