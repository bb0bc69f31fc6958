//! All points of some series as CSV. In: a query. Out: lines, a page at a time, however many there are.

use std::fmt::Write as _;

use loopscope_event::Timestamp;
use loopscope_journal::{SeriesPart, SeriesReader};
use loopscope_protocol::{Number, SeriesQuery};

use super::point::Point;
use super::sessions::Key;
use super::{AllSeries, Found, SeriesError, codec, cut};

/// How many chunks are in one page.
const AT_ONCE: u32 = 16;

/// Columns of the table.
const HEAD: &str = "name,seq,time,step,epoch,value\n";

/// A table being written.
pub(crate) struct Table {
    query: SeriesQuery,
    found: Vec<(String, Found)>,
    reader: Option<SeriesReader>,
    /// Which series is written, and how many of its points were.
    at: (usize, u64),
    begun: bool,
}

impl AllSeries {
    /// The points of a query, in the order in which they came, one series after the other.
    pub(crate) async fn table(&self, key: &Key, query: SeriesQuery) -> Result<Table, SeriesError> {
        let slot = self.0.sessions.open(key);
        let mut built = slot.built.lock().await;
        self.catch_up(key, &mut built).await?;
        let found = query.names.iter().filter_map(|name| {
            let number = built.find(name)?;
            let found = Found {
                number: number as u32,
                total: built.metrics[number].total,
                tail: built.tail(number),
                disk: u64::MAX,
            };
            Some((name.clone(), found))
        });
        let mut found: Vec<_> = found.collect();
        drop(built);
        let mut reader = self.0.journal.series_reader(&key.0, &key.1).await?;
        if let (Some(upto), Some(reader)) = (query.upto, &mut reader) {
            for (_, found) in &mut found {
                cut::cut(reader, found, upto).await?;
            }
        }
        Ok(Table {
            found,
            reader,
            query,
            at: (0, 0),
            begun: false,
        })
    }
}

impl Table {
    /// The next lines; `None` where there are no more.
    pub(crate) async fn next(&mut self) -> Result<Option<String>, SeriesError> {
        if !std::mem::replace(&mut self.begun, true) {
            return Ok(Some(HEAD.to_owned()));
        }
        let (which, from) = self.at;
        let Some((name, found)) = self.found.get(which) else {
            return Ok(None);
        };
        let mut lines = String::new();
        let rows = match &mut self.reader {
            Some(reader) => {
                reader
                    .chunks(found.number, SeriesPart::Points, from..found.disk, AT_ONCE)
                    .await?
            }
            None => Vec::new(),
        };
        let mut upto = from;
        for (first, _, bytes) in &rows {
            let points = codec::read(bytes).ok_or(SeriesError::Unreadable)?;
            for (n, point) in points.iter().enumerate() {
                line(&mut lines, &self.query, name, point, first + n as u64);
            }
            upto = first + points.len() as u64;
        }
        self.at = (which, upto);
        if rows.is_empty() {
            // The rest is not on disk yet.
            let skip = upto.saturating_sub(found.tail.first) as usize;
            for (n, point) in found.tail.points.iter().enumerate().skip(skip) {
                let index = found.tail.first + n as u64;
                line(&mut lines, &self.query, name, point, index);
            }
            self.at = (which + 1, 0);
        }
        Ok(Some(lines))
    }
}

fn line(out: &mut String, query: &SeriesQuery, name: &str, point: &Point, index: u64) {
    if query.from.is_some() || query.to.is_some() {
        let place = point.place(query.axis, index);
        let is_in = place.is_some_and(|place| {
            query.from.is_none_or(|from| place >= from) && query.to.is_none_or(|to| place <= to)
        });
        if !is_in {
            return;
        }
    }
    let number = |value: f64| {
        if value.is_nan() {
            String::new()
        } else {
            value.to_string()
        }
    };
    let _ = writeln!(
        out,
        "{},{},{},{},{},{}",
        cell(name),
        point.seq,
        Timestamp::from_micros(point.at),
        number(point.step),
        number(point.epoch),
        Number(point.value),
    );
}

/// A name as a cell: quoted where it has to be, and never a formula to a spreadsheet.
fn cell(name: &str) -> String {
    let is_formula = name.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if is_formula || name.contains([',', '"', '\n', '\r']) {
        let guard = if is_formula { "'" } else { "" };
        format!("\"{guard}{}\"", name.replace('"', "\"\""))
    } else {
        name.to_owned()
    }
}
