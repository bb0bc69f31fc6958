//! The min/max pyramid: a series at every zoom without losing a single spike.
//!
//! In: values in order, NaN where there is none; more may be pushed at any time. Out: for any stretch and any
//! number of columns, each column's smallest and largest value with their places. Level 0 is the values
//! themselves; a bucket of level n sums up eight of level n-1 in 12 bytes, so that the whole costs a fifth
//! more memory, and a question touches a few buckets a column, however long the series.

use std::ops::Range;

/// How many buckets one of the next level sums up.
const FAN: usize = 8;

/// The extremes of a stretch of values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extremes {
    /// The smallest value.
    pub min: f64,
    /// Where it is: an index into the series.
    pub min_at: usize,
    /// The largest value.
    pub max: f64,
    /// Where it is.
    pub max_at: usize,
    /// How many values there are, gaps not counted.
    pub count: usize,
}

/// Where the extremes of a bucket are. With a count of 0 both places mean nothing.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bucket {
    min_at: u32,
    max_at: u32,
    count: u32,
}

/// A series with its extremes at every scale; see the module. Holds up to `u32::MAX` values.
#[derive(Debug, Clone, Default)]
pub struct Pyramid {
    values: Vec<f64>,
    /// `levels[n]` sums up `FAN^(n+1)` values a bucket; the last bucket of a level may be partly filled.
    levels: Vec<Vec<Bucket>>,
}

/// A gap is like a gap: with NaN as a number is compared, a series with one would never be equal to itself, and every
/// chart with a gap would be drawn anew whatever happened.
impl PartialEq for Pyramid {
    fn eq(&self, other: &Self) -> bool {
        let alike = |(a, b): (&f64, &f64)| a == b || (a.is_nan() && b.is_nan());
        self.len() == other.len() && self.values.iter().zip(&other.values).all(alike)
    }
}

impl Pyramid {
    /// A pyramid over these values.
    pub fn new(values: impl IntoIterator<Item = f64>) -> Self {
        let mut pyramid = Self::default();
        for value in values {
            pyramid.push(value);
        }
        pyramid
    }

    /// Appends one value; what is not finite is a gap.
    pub fn push(&mut self, value: f64) {
        let at = self.values.len();
        if at >= u32::MAX as usize {
            return;
        }
        self.values.push(value);
        let leaf = self.leaf(at);
        let mut bucket = at;
        for level in 0.. {
            bucket /= FAN;
            if let Some(buckets) = self.levels.get(level) {
                let sum = buckets
                    .get(bucket)
                    .map_or(leaf, |sum| self.join(*sum, leaf));
                let buckets = &mut self.levels[level];
                buckets.truncate(bucket);
                buckets.push(sum);
            } else {
                // A level is worth having once the one below fills more than a bucket.
                if bucket > 0 {
                    let whole = self.level_from(level);
                    self.levels.push(whole);
                }
                return;
            }
        }
    }

    /// The values themselves.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// How many there are, gaps among them.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The extremes of a stretch; `None` where it holds no value. Of equal values the first counts.
    pub fn extremes(&self, range: Range<usize>) -> Option<Extremes> {
        let sum = self.sum(range)?;
        let (min_at, max_at) = (sum.min_at as usize, sum.max_at as usize);
        Some(Extremes {
            min: self.values[min_at],
            min_at,
            max: self.values[max_at],
            max_at,
            count: sum.count as usize,
        })
    }

    /// What is seen of a stretch in this many columns: every value where they fit, else each column's
    /// smallest and largest in the order they came. A `None` is a break of the line.
    pub fn outline(&self, range: Range<usize>, columns: usize) -> Vec<Option<usize>> {
        let (from, to) = (range.start, range.end.min(self.len()));
        let (count, columns) = (to.saturating_sub(from), columns.max(1));
        if count <= columns * 2 {
            return (from..to)
                .map(|at| self.values[at].is_finite().then_some(at))
                .collect();
        }
        let edge =
            |column: usize| from + (count as u128 * column as u128 / columns as u128) as usize;
        let mut outline = Vec::with_capacity(columns * 2);
        for column in 0..columns {
            let stretch = edge(column)..edge(column + 1);
            let length = stretch.len();
            let Some(seen) = self.sum(stretch) else {
                outline.push(None);
                continue;
            };
            let first = seen.min_at.min(seen.max_at) as usize;
            let second = seen.min_at.max(seen.max_at) as usize;
            outline.push(Some(first));
            if second != first {
                outline.push(Some(second));
            }
            if (seen.count as usize) < length {
                outline.push(None);
            }
        }
        outline
    }

    /// Climbs while whole buckets fit, then descends: some `FAN` × levels steps at most.
    fn sum(&self, range: Range<usize>) -> Option<Bucket> {
        let (mut from, to) = (range.start, range.end.min(self.len()));
        let mut sum: Option<Bucket> = None;
        while from < to {
            let (mut size, mut level) = (1, 0);
            while level < self.levels.len()
                && from.is_multiple_of(size * FAN)
                && from + size * FAN <= to
            {
                size *= FAN;
                level += 1;
            }
            let next = if level == 0 {
                self.leaf(from)
            } else {
                self.levels[level - 1][from / size]
            };
            sum = Some(sum.map_or(next, |sum| self.join(sum, next)));
            from += size;
        }
        sum.filter(|sum| sum.count > 0)
    }

    fn leaf(&self, at: usize) -> Bucket {
        Bucket {
            min_at: at as u32,
            max_at: at as u32,
            count: u32::from(self.values[at].is_finite()),
        }
    }

    fn join(&self, a: Bucket, b: Bucket) -> Bucket {
        if a.count == 0 || b.count == 0 {
            return if a.count == 0 { b } else { a };
        }
        let value = |at: u32| self.values[at as usize];
        let less = value(b.min_at) < value(a.min_at);
        let more = value(b.max_at) > value(a.max_at);
        Bucket {
            min_at: if less { b.min_at } else { a.min_at },
            max_at: if more { b.max_at } else { a.max_at },
            count: a.count + b.count,
        }
    }

    /// Builds a level that has just become worth having.
    fn level_from(&self, level: usize) -> Vec<Bucket> {
        let size = FAN.pow(level as u32 + 1);
        (0..self.len())
            .step_by(size)
            .filter_map(|start| {
                (start..(start + size).min(self.len()))
                    .map(|at| self.leaf(at))
                    .reduce(|a, b| self.join(a, b))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
