//! Reading a stretch of a series. In: what is on disk, and the points that are not yet. Out: columns. Sums of chunks
//! first, then those of their parts, and points only where a column is narrower than a part.

use loopscope_journal::{SeriesPart, SeriesReader};

use super::chunk::{BUCKET, CHUNK, sums};
use super::codec;
use super::columns::{Builder, Shown, Stretch, Verdict};
use super::point::Point;
use super::sum::Sum;
use super::{Found, SeriesError};

/// How many chunks are read at once: some 4 MB at most.
const AT_ONCE: u32 = 64;

/// Points that are not on disk yet.
#[derive(Debug, Clone, Default)]
pub(super) struct Tail {
    /// How many points of the metric come before.
    pub first: u64,
    pub points: Vec<Point>,
}

/// A chunk that is looked at.
pub(super) struct Place {
    pub first: u64,
    pub count: u32,
    pub sum: Sum,
}

/// A stretch of a metric.
pub(super) async fn read(
    reader: &mut SeriesReader,
    found: &Found,
    stretch: Stretch,
) -> Result<Shown, SeriesError> {
    let (metric, tail) = (found.number, &found.tail);
    let mut builder = Builder::new(stretch);
    let mut places = places(reader, metric).await?;
    places.retain(|place| place.first < found.disk);
    let on_disk = places
        .last()
        .map_or(0, |last| last.first + u64::from(last.count));
    let seen = places.iter().filter(|place| {
        let at = place.sum.places(stretch.axis, place.first);
        at.low <= stretch.to && at.high >= stretch.from
    });
    let seen: usize = seen.map(|place| place.count as usize).sum();
    // So few that they may fit one by one: then no sum will do.
    let only_points = seen <= Builder::most_exact(&stretch) + 2 * CHUNK;
    let mut open = Vec::new();
    for place in &places {
        match builder.judge(&place.sum, place.first, only_points) {
            Verdict::Pass => {}
            Verdict::Take => builder.take(&place.sum, place.first),
            Verdict::Open => open.push(place.first),
        }
    }
    for some in open.chunks(AT_ONCE as usize) {
        read_some(reader, metric, some, only_points, &mut builder).await?;
        tokio::task::yield_now().await;
    }
    // What was flushed since the tail was taken is on disk already.
    let skip = on_disk.saturating_sub(tail.first) as usize;
    for (n, point) in tail.points.iter().enumerate().skip(skip) {
        builder.point(point, tail.first + n as u64);
    }
    Ok(builder.finish())
}

/// Every chunk of a metric with the sum of all of it.
pub(super) async fn places(
    reader: &mut SeriesReader,
    metric: u32,
) -> Result<Vec<Place>, SeriesError> {
    let mut places: Vec<Place> = Vec::new();
    let mut from = 0;
    loop {
        let limit = 4_096;
        let found = reader
            .chunks(metric, SeriesPart::Whole, from..u64::MAX, limit)
            .await?;
        for (first, count, bytes) in &found {
            let sums = sums(bytes).ok_or(SeriesError::Unreadable)?;
            let [sum] = sums[..] else {
                return Err(SeriesError::Unreadable);
            };
            from = first + u64::from(*count);
            places.push(Place {
                first: *first,
                count: *count,
                sum,
            });
        }
        if found.len() < limit as usize {
            return Ok(places);
        }
    }
}

/// Some chunks, by where they begin.
async fn read_some(
    reader: &mut SeriesReader,
    metric: u32,
    firsts: &[u64],
    only_points: bool,
    builder: &mut Builder,
) -> Result<(), SeriesError> {
    let mut wanted: Vec<(u64, Vec<bool>)> = Vec::new();
    if only_points {
        wanted = firsts.iter().map(|first| (*first, Vec::new())).collect();
    } else {
        for (first, bytes) in of(reader, metric, SeriesPart::Buckets, firsts).await? {
            let sums = sums(&bytes).ok_or(SeriesError::Unreadable)?;
            let mut open = vec![false; sums.len()];
            for (n, sum) in sums.iter().enumerate() {
                let before = first + (n * BUCKET) as u64;
                match builder.judge(sum, before, false) {
                    Verdict::Pass => {}
                    Verdict::Take => builder.take(sum, before),
                    Verdict::Open => open[n] = true,
                }
            }
            if open.contains(&true) {
                wanted.push((first, open));
            }
        }
    }
    let firsts: Vec<u64> = wanted.iter().map(|(first, _)| *first).collect();
    for (first, bytes) in of(reader, metric, SeriesPart::Points, &firsts).await? {
        let points = codec::read(&bytes).ok_or(SeriesError::Unreadable)?;
        let open = wanted.iter().find(|(own, _)| *own == first);
        let open = open.map_or(&[][..], |(_, open)| open);
        for (n, points) in points.chunks(BUCKET).enumerate() {
            if open.is_empty() || open.get(n).copied().unwrap_or(true) {
                for (m, point) in points.iter().enumerate() {
                    builder.point(point, first + (n * BUCKET + m) as u64);
                }
            }
        }
    }
    Ok(())
}

/// A part of some chunks; those in between are passed over.
async fn of(
    reader: &mut SeriesReader,
    metric: u32,
    part: SeriesPart,
    firsts: &[u64],
) -> Result<Vec<(u64, Vec<u8>)>, SeriesError> {
    let mut found = Vec::with_capacity(firsts.len());
    // Chunks that follow each other are read in one go.
    for run in firsts.chunk_by(|a, b| b - a <= CHUNK as u64) {
        let [from, .., to] = run else {
            let only = run.first().copied().unwrap_or_default();
            let rows = reader.chunks(metric, part, only..only + 1, 1).await?;
            found.extend(rows.into_iter().map(|(first, _, bytes)| (first, bytes)));
            continue;
        };
        let rows = reader
            .chunks(metric, part, *from..*to + 1, u32::MAX)
            .await?;
        let rows = rows.into_iter().filter(|(first, ..)| run.contains(first));
        found.extend(rows.map(|(first, _, bytes)| (first, bytes)));
    }
    Ok(found)
}
