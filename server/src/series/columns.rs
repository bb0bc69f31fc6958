//! A stretch of a series in columns. In: points, and sums of runs that fall into one column. Out: what the protocol
//! shows of each column; every point where they fit.

use std::collections::BTreeMap;

use loopscope_protocol::{Columns, NonFinite, Number, SeriesAxis};

use super::point::Point;
use super::sum::Sum;

/// A run may reach into the next column by this share of a column and is counted in its first all the same: less than
/// a pixel, for a tenth of the bytes.
const LEAN: f64 = 0.25;

/// Which stretch is shown, and in how many columns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stretch {
    pub axis: SeriesAxis,
    pub from: f64,
    pub to: f64,
    pub columns: usize,
}

impl Stretch {
    fn width(&self) -> f64 {
        (self.to - self.from) / self.columns as f64
    }

    /// The column of a place within the stretch.
    fn column(&self, place: f64) -> usize {
        let share = (place - self.from) / (self.to - self.from);
        // The last place belongs to the last column; in a stretch of one place there is one column.
        let column = (share * self.columns as f64) as usize;
        column.min(self.columns - 1)
    }

    fn holds(&self, place: f64) -> bool {
        (self.from..=self.to).contains(&place)
    }
}

/// What is to be done with a run of points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// None of it is in the stretch.
    Pass,
    /// Its sum says enough.
    Take,
    /// Its parts must be looked at.
    Open,
}

/// Puts columns together.
pub(super) struct Builder {
    stretch: Stretch,
    bins: Vec<Option<Bin>>,
    /// Every finite point as place, value and index, while they fit.
    exact: Option<Vec<(f64, f64, u64)>>,
    non_finite: BTreeMap<(usize, u8), (f64, u64)>,
    points: u64,
    before: Option<(f64, f64)>,
    after: Option<(f64, f64)>,
}

#[derive(Debug, Clone, Copy)]
struct Bin {
    count: u64,
    first: (f64, f64),
    last: (f64, f64),
    min: (f64, f64),
    max: (f64, f64),
    mean: f64,
}

/// What came of it.
pub(super) struct Shown {
    pub points: u64,
    pub columns: Columns,
    pub non_finite: Vec<NonFinite>,
    pub before: Option<(f64, f64)>,
    pub after: Option<(f64, f64)>,
}

impl Builder {
    pub(super) fn new(stretch: Stretch) -> Self {
        Self {
            stretch,
            bins: vec![None; stretch.columns],
            exact: Some(Vec::new()),
            non_finite: BTreeMap::new(),
            points: 0,
            before: None,
            after: None,
        }
    }

    /// How many points are shown one by one.
    pub(super) const fn most_exact(stretch: &Stretch) -> usize {
        stretch.columns * 2
    }

    /// What is to be done with a run, given how many points come before it. `only_points`: no sum will do.
    pub(super) fn judge(&mut self, sum: &Sum, before: u64, only_points: bool) -> Verdict {
        let stretch = self.stretch;
        let places = sum.places(stretch.axis, before);
        let is_plain = places.in_order && sum.finite == sum.count;
        // Written so that a run without any place is passed over.
        let is_inside = places.low <= stretch.to && places.high >= stretch.from;
        if !is_inside {
            if is_plain && places.high < stretch.from {
                self.note_before(places.high, sum.last);
            } else if is_plain && places.low > stretch.to {
                self.note_after(places.low, sum.first);
            }
            return Verdict::Pass;
        }
        let fits = stretch.holds(places.low) && stretch.holds(places.high);
        if only_points || !is_plain || !fits {
            return Verdict::Open;
        }
        let is_narrow = places.high - places.low <= stretch.width() * LEAN;
        if is_narrow || stretch.column(places.low) == stretch.column(places.high) {
            Verdict::Take
        } else {
            Verdict::Open
        }
    }

    /// Takes in a run for which the [verdict](Self::judge) was to take it.
    pub(super) fn take(&mut self, sum: &Sum, before: u64) {
        let places = sum.places(self.stretch.axis, before);
        self.exact = None;
        self.points += u64::from(sum.count);
        let bin = Bin {
            count: sum.finite.into(),
            first: (places.low, sum.first),
            last: (places.high, sum.last),
            min: (places.min_at, sum.min),
            max: (places.max_at, sum.max),
            mean: sum.mean,
        };
        self.put(bin);
    }

    /// Takes in a point, given how many came before it.
    pub(super) fn point(&mut self, point: &Point, index: u64) {
        let Some(place) = point.place(self.stretch.axis, index) else {
            return;
        };
        let value = point.value;
        if !self.stretch.holds(place) {
            if value.is_finite() && place < self.stretch.from {
                self.note_before(place, value);
            } else if value.is_finite() {
                self.note_after(place, value);
            }
            return;
        }
        self.points += 1;
        if !value.is_finite() {
            let kind = u8::from(value.is_infinite()) + u8::from(value == f64::NEG_INFINITY);
            let key = (self.stretch.column(place), kind);
            let mark = self.non_finite.entry(key).or_insert((place, 0));
            (mark.0, mark.1) = (mark.0.min(place), mark.1 + 1);
            return;
        }
        let most = Self::most_exact(&self.stretch);
        self.exact = self.exact.take().filter(|all| all.len() < most);
        if let Some(all) = &mut self.exact {
            all.push((place, value, index));
        }
        let here = (place, value);
        self.put(Bin {
            count: 1,
            first: here,
            last: here,
            min: here,
            max: here,
            mean: value,
        });
    }

    fn put(&mut self, next: Bin) {
        match &mut self.bins[self.stretch.column(next.first.0)] {
            Some(bin) => bin.add(&next),
            bin @ None => *bin = Some(next),
        }
    }

    fn note_before(&mut self, place: f64, value: f64) {
        if self.before.is_none_or(|(known, _)| place >= known) {
            self.before = Some((place, value));
        }
    }

    fn note_after(&mut self, place: f64, value: f64) {
        if self.after.is_none_or(|(known, _)| place < known) {
            self.after = Some((place, value));
        }
    }

    /// The columns, in the order of the axis.
    pub(super) fn finish(self) -> Shown {
        let words = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
        let non_finite = self.non_finite.iter();
        Shown {
            points: self.points,
            columns: match self.exact {
                Some(all) => one_by_one(all),
                None => gathered(&self.bins),
            },
            non_finite: non_finite
                .map(|((_, kind), (at, count))| NonFinite {
                    at: *at,
                    value: Number(words[usize::from(*kind)]),
                    count: *count,
                })
                .collect(),
            before: self.before,
            after: self.after,
        }
    }
}

impl Bin {
    /// Takes in what came later.
    fn add(&mut self, next: &Self) {
        if next.first.0 < self.first.0 {
            self.first = next.first;
        }
        if next.last.0 >= self.last.0 {
            self.last = next.last;
        }
        if next.min.1 < self.min.1 {
            self.min = next.min;
        }
        if next.max.1 > self.max.1 {
            self.max = next.max;
        }
        let count = self.count + next.count;
        let share = next.count as f64 / count as f64;
        self.mean = self.mean * (1.0 - share) + next.mean * share;
        self.count = count;
    }
}

fn one_by_one(mut all: Vec<(f64, f64, u64)>) -> Columns {
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
    Columns {
        exact: true,
        at: all.iter().map(|(place, ..)| *place).collect(),
        first: all.iter().map(|(_, value, _)| *value).collect(),
        count: vec![1; all.len()],
        ..Columns::default()
    }
}

fn gathered(bins: &[Option<Bin>]) -> Columns {
    let mut columns = Columns::default();
    for bin in bins.iter().flatten() {
        columns.at.push(bin.first.0);
        columns.first.push(bin.first.1);
        columns.last_at.push(bin.last.0);
        columns.last.push(bin.last.1);
        columns.min_at.push(bin.min.0);
        columns.min.push(bin.min.1);
        columns.max_at.push(bin.max.0);
        columns.max.push(bin.max.1);
        columns.mean.push(bin.mean);
        columns.count.push(bin.count);
    }
    columns
}
