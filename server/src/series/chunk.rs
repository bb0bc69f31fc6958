//! A run of points as it is stored: the points, a sum for every 128 of them, and one for all.

use loopscope_journal::SeriesChunk;

use super::bytes::{In, Out};
use super::codec;
use super::point::Point;
use super::sum::Sum;

/// The most points of a chunk.
pub(super) const CHUNK: usize = 4_096;

/// A chunk of at least so many points stays as it is.
pub(super) const FULL: u32 = 2_048;

/// So many points have a sum of their own.
pub(super) const BUCKET: usize = 128;

/// Points of a metric as chunks, given how many of its points come before.
pub(super) fn chunks(metric: u32, before: u64, points: &[Point]) -> Vec<SeriesChunk> {
    let mut first = before;
    points
        .chunks(CHUNK)
        .filter_map(|points| {
            let chunk = one(metric, first, points);
            first += points.len() as u64;
            chunk
        })
        .collect()
}

fn one(metric: u32, first: u64, points: &[Point]) -> Option<SeriesChunk> {
    let sums: Vec<Sum> = points.chunks(BUCKET).filter_map(Sum::of).collect();
    let mut buckets = Out::default();
    for sum in &sums {
        sum.write(&mut buckets);
    }
    let mut whole = Out::default();
    Sum::over(&sums)?.write(&mut whole);
    Some(SeriesChunk {
        metric,
        first,
        count: points.len() as u32,
        whole: whole.0,
        buckets: buckets.0,
        points: codec::write(points),
    })
}

/// The sums in some bytes, in order; `None` where they are none.
pub(super) fn sums(bytes: &[u8]) -> Option<Vec<Sum>> {
    let mut bytes = In(bytes);
    let mut sums = Vec::new();
    while !bytes.0.is_empty() {
        sums.push(Sum::read(&mut bytes)?);
    }
    Some(sums)
}

#[cfg(test)]
mod tests {
    use loopscope_protocol::SeriesAxis::{Epoch, Index, Step, Time};

    use super::*;

    #[test]
    fn sums_come_back_as_they_were_and_say_what_is_true() {
        let points: Vec<Point> = (0..1_000_u32)
            .map(|n| Point {
                seq: n.into(),
                at: i64::from(n) * 1_000,
                step: f64::from(if n == 500 { 3 } else { n }),
                epoch: if n < 10 { f64::NAN } else { 1.0 },
                value: match n {
                    0 => f64::NAN,
                    700 => -9.0,
                    701 => f64::INFINITY,
                    _ => f64::from(n % 7),
                },
            })
            .collect();
        let chunk = &chunks(4, 50, &points)[0];
        let sums = sums(&chunk.buckets).unwrap();
        assert_eq!(sums.len(), 8);
        let whole = super::sums(&chunk.whole).unwrap()[0];
        let mut again = Out::default();
        Sum::over(&sums).unwrap().write(&mut again);
        assert_eq!(again.0, chunk.whole);
        assert_eq!((whole.count, whole.finite, whole.first), (1_000, 998, 1.0));
        assert_eq!((whole.min, whole.min_index, whole.max), (-9.0, 700, 6.0));
        let places = |axis| whole.places(axis, 50);
        assert!(!places(Step).in_order && !places(Epoch).in_order && places(Time).in_order);
        assert_eq!((places(Step).low, places(Step).high), (0.0, 999.0));
        assert_eq!((places(Time).min_at, places(Index).min_at), (700.0, 750.0));
        assert_eq!(codec::read(&chunk.points), Some(points));
    }
}
