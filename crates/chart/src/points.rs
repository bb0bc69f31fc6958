//! A series of points in rising x. In: pairs as they come. Out: the stretch that is in view, as few points as
//! show it truly, and the point nearest to a place.

use std::ops::Range;

use crate::pyramid::Pyramid;

/// Points of one line; more may be pushed at any time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Points {
    xs: Vec<f64>,
    ys: Pyramid,
    /// Where a point stands for several: from, to, how many.
    many: Vec<(f64, f64, u64)>,
    /// What lies where there is no value to draw: x and a word.
    marks: Vec<(f64, &'static str)>,
}

impl Points {
    /// Points from pairs of x and y. An x that steps back is held where the last one was; a y that is not
    /// finite is a gap.
    pub fn new(pairs: impl IntoIterator<Item = (f64, f64)>) -> Self {
        let mut points = Self::default();
        for (x, y) in pairs {
            points.push(x, y);
        }
        points
    }

    /// An exponential moving mean that does not start at zero: each value weighs `weight` (0 to 1) of the one after it.
    /// Points in one place (the extremes of a bucket) weigh as one. A gap stays a gap, and the mean goes on behind it.
    pub fn smoothed(pairs: impl IntoIterator<Item = (f64, f64)>, weight: f64) -> Self {
        let weight = weight.clamp(0.0, 0.999);
        let (mut mean, mut known) = (0.0, 0.0);
        Self::new(in_places(pairs).into_iter().map(|(x, y)| {
            if !y.is_finite() {
                return (x, f64::NAN);
            }
            mean = mean * weight + y * (1.0 - weight);
            known = known * weight + (1.0 - weight);
            (x, mean / known)
        }))
    }

    /// All points, gaps as NaN.
    pub fn pairs(&self) -> impl Iterator<Item = (f64, f64)> {
        self.xs
            .iter()
            .copied()
            .zip(self.ys.values().iter().copied())
    }

    /// What its points stand for, as another series has it.
    pub(crate) fn stand_like(&mut self, other: &Self) {
        self.many.clone_from(&other.many);
    }

    /// The smallest y above zero.
    pub(crate) fn least_positive(&self) -> Option<f64> {
        let all = self.ys.values().iter().copied();
        all.filter(|y| *y > 0.0 && y.is_finite()).reduce(f64::min)
    }

    /// A point a slot, counted from 0; `None` is a gap.
    pub fn in_slots(values: impl IntoIterator<Item = Option<f64>>) -> Self {
        Self::new(
            values
                .into_iter()
                .enumerate()
                .map(|(slot, value)| (slot as f64, value.unwrap_or(f64::NAN))),
        )
    }

    /// Appends one point; one without a finite x is left out.
    pub fn push(&mut self, x: f64, y: f64) {
        if !x.is_finite() {
            return;
        }
        let last = self.xs.last().copied().unwrap_or(x);
        self.xs.push(x.max(last));
        self.ys.push(y);
    }

    /// From the last stretch on, another one in which so many points are shown by a few: what a read-out says of them.
    pub fn stand_for(&mut self, from: f64, to: f64, count: u64) {
        self.many.push((from, to, count));
    }

    /// How many points there are around an x, where the points here stand for others.
    pub(crate) fn count_at(&self, x: f64) -> Option<usize> {
        let end = self.many.partition_point(|(from, ..)| *from <= x);
        let (_, to, count) = self.many.get(end.checked_sub(1)?)?;
        (x <= *to).then_some(*count as usize)
    }

    /// Something that is no number: a gap in the line, and a word where it is, such as `NaN`.
    pub fn mark(&mut self, x: f64, word: &'static str) {
        self.push(x, f64::NAN);
        if x.is_finite() {
            self.marks.push((x, word));
        }
    }

    /// All that are no numbers.
    pub(crate) fn marks(&self) -> &[(f64, &'static str)] {
        &self.marks
    }

    /// The word at an x, where there is one.
    pub(crate) fn word_at(&self, x: f64) -> Option<&'static str> {
        let found = self.marks.iter().find(|(at, _)| at.total_cmp(&x).is_eq());
        found.map(|(_, word)| *word)
    }

    /// How many there are, gaps among them.
    pub fn len(&self) -> usize {
        self.xs.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.xs.is_empty()
    }

    /// The x of a point.
    pub fn x(&self, index: usize) -> Option<f64> {
        self.xs.get(index).copied()
    }

    /// The y of a point, unless it is a gap.
    pub fn y(&self, index: usize) -> Option<f64> {
        self.ys
            .values()
            .get(index)
            .copied()
            .filter(|y| y.is_finite())
    }

    /// The last point that is not a gap.
    pub fn last(&self) -> Option<usize> {
        (0..self.len()).rev().find(|i| self.y(*i).is_some())
    }

    /// The first point that is not a gap.
    pub fn first(&self) -> Option<usize> {
        (0..self.len()).find(|i| self.y(*i).is_some())
    }

    /// The first and last x.
    pub fn x_range(&self) -> Option<(f64, f64)> {
        Some((*self.xs.first()?, *self.xs.last()?))
    }

    /// The smallest and largest y.
    pub fn y_range(&self) -> Option<(f64, f64)> {
        let seen = self.ys.extremes(0..self.len())?;
        Some((seen.min, seen.max))
    }

    /// The smallest and largest y between two x, where the line enters and leaves among them.
    pub(crate) fn y_range_between(&self, from: f64, to: f64) -> Option<(f64, f64)> {
        let inside = self.between(from, to);
        let seen = self.ys.extremes(inside.clone());
        let edge = |after: usize, x: f64| {
            let before = after.checked_sub(1)?;
            let ((ax, ay), (bx, by)) = (
                (self.x(before)?, self.y(before)?),
                (self.x(after)?, self.y(after)?),
            );
            (bx > ax).then(|| ay + (by - ay) * ((x - ax) / (bx - ax)).clamp(0.0, 1.0))
        };
        [
            seen.map(|seen| (seen.min, seen.max)),
            edge(inside.start, from).map(|y| (y, y)),
            edge(inside.end, to).map(|y| (y, y)),
        ]
        .into_iter()
        .flatten()
        .filter(|(low, high)| low.is_finite() && high.is_finite())
        .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
    }

    /// The first x above zero: where an axis by powers of ten can begin.
    pub(crate) fn first_positive_x(&self) -> Option<f64> {
        self.x(self.xs.partition_point(|x| *x <= 0.0))
    }

    /// The points with x from one value to another, both included.
    pub(crate) fn between(&self, from: f64, to: f64) -> Range<usize> {
        let start = self.xs.partition_point(|x| *x < from);
        let end = self.xs.partition_point(|x| *x <= to);
        start..end.max(start)
    }

    /// What is drawn of a stretch in so many columns, in runs without a gap.
    pub(crate) fn runs(&self, stretch: Range<usize>, columns: usize) -> Vec<Vec<usize>> {
        let outline = self.ys.outline(stretch, columns);
        let mut runs = vec![Vec::new()];
        for at in outline {
            match (at, runs.last_mut()) {
                (Some(at), Some(run)) => run.push(at),
                (None, Some(run)) if !run.is_empty() => runs.push(Vec::new()),
                _ => {}
            }
        }
        runs.retain(|run| !run.is_empty());
        runs
    }

    /// Of the points with x between two values the one that stands out: the extreme farther from what came
    /// before. Where there is none, the nearest point to the middle.
    pub(crate) fn outstanding(&self, from: f64, to: f64) -> Option<usize> {
        let stretch = self.between(from, to);
        if let Some(seen) = self.ys.extremes(stretch.clone()) {
            let before = stretch
                .start
                .checked_sub(1)
                .and_then(|i| self.y(i))
                .unwrap_or(seen.min);
            let low_stands_out = before - seen.min > seen.max - before;
            return Some(if low_stands_out {
                seen.min_at
            } else {
                seen.max_at
            });
        }
        let middle = f64::midpoint(from, to);
        let after = self.xs.partition_point(|x| *x < middle);
        let near = [after.checked_sub(1), (after < self.len()).then_some(after)];
        near.into_iter().flatten().min_by(|a, b| {
            let far = |i: &usize| (self.xs[*i] - middle).abs();
            far(a).total_cmp(&far(b))
        })
    }

    /// The point at an x, or none: the nearest not farther than `reach`.
    pub(crate) fn at(&self, x: f64, reach: f64) -> Option<usize> {
        let index = self.outstanding(x, x)?;
        ((self.xs[index] - x).abs() <= reach).then_some(index)
    }

    /// The newest point with a value up to an x, as long as the points go on.
    pub(crate) fn held(&self, x: f64) -> Option<usize> {
        let reach = x.abs() * 1e-9 + 1e-9;
        let last = *self.xs.last()?;
        let end = self.xs.partition_point(|own| *own <= x + reach);
        let newest = (0..end).rev().find(|i| self.y(*i).is_some());
        newest.filter(|_| x <= last + reach)
    }
}

/// One pair a place: the mean of those that share an x. Gaps stay.
fn in_places(pairs: impl IntoIterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
    let mut places: Vec<(f64, f64)> = Vec::new();
    let mut count = 0.0;
    for (x, y) in pairs {
        match places.last_mut() {
            Some((last, mean))
                if last.total_cmp(&x).is_eq() && mean.is_finite() && y.is_finite() =>
            {
                count += 1.0;
                *mean += (y - *mean) / count;
            }
            _ => {
                places.push((x, y));
                count = 1.0;
            }
        }
    }
    places
}
