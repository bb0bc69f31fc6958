//! What is known of a run of points without looking at them. In: points, or sums of neighbouring runs. Out: extremes
//! and where they are, on every axis.

use loopscope_protocol::SeriesAxis;

use super::bytes::{In, Out};
use super::point::{OWN_AXES, Point};

/// What is known of a run of points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sum {
    /// How many points it has.
    pub count: u32,
    /// How many of them are finite; all figures below are of these.
    pub finite: u32,
    pub first: f64,
    pub last: f64,
    pub min: f64,
    pub max: f64,
    pub mean: f64,
    /// How many points of the run come before the smallest and the largest one.
    pub min_index: u32,
    pub max_index: u32,
    /// On the axes of [`OWN_AXES`].
    places: [Places; 3],
}

/// Where the points of a run are on an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Places {
    /// Whether every point has a place, and none lies before one that came earlier.
    pub in_order: bool,
    /// The lowest place, and the highest; a low end above the high one where no point has a place.
    pub low: f64,
    pub high: f64,
    /// Where the extremes are.
    pub min_at: f64,
    pub max_at: f64,
}

impl Sum {
    /// Of some points; `None` of none.
    pub(super) fn of(points: &[Point]) -> Option<Self> {
        let mut points = points.iter().map(Self::one);
        let mut sum = points.next()?;
        points.for_each(|next| sum.add(&next));
        Some(sum)
    }

    /// Of runs that follow each other; `None` of none.
    pub(super) fn over<'a>(sums: impl IntoIterator<Item = &'a Self>) -> Option<Self> {
        let mut sums = sums.into_iter();
        let mut sum = *sums.next()?;
        sums.for_each(|next| sum.add(next));
        Some(sum)
    }

    fn one(point: &Point) -> Self {
        let value = point.value;
        Self {
            count: 1,
            finite: u32::from(value.is_finite()),
            first: value,
            last: value,
            min: value,
            max: value,
            mean: value,
            min_index: 0,
            max_index: 0,
            places: OWN_AXES.map(|axis| Places::one(point.place(axis, 0))),
        }
    }

    /// Takes in the run that follows.
    fn add(&mut self, next: &Self) {
        let (is_lower, is_higher) = match (self.finite, next.finite) {
            (_, 0) => (false, false),
            (0, _) => (true, true),
            _ => (next.min < self.min, next.max > self.max),
        };
        for (places, others) in self.places.iter_mut().zip(&next.places) {
            places.add(others, is_lower, is_higher);
        }
        if is_lower {
            (self.min, self.min_index) = (next.min, self.count + next.min_index);
        }
        if is_higher {
            (self.max, self.max_index) = (next.max, self.count + next.max_index);
        }
        if next.finite > 0 {
            if self.finite == 0 {
                (self.first, self.mean) = (next.first, next.mean);
            } else {
                let share = f64::from(next.finite) / f64::from(self.finite + next.finite);
                self.mean = self.mean * (1.0 - share) + next.mean * share;
            }
            self.last = next.last;
        }
        self.count += next.count;
        self.finite += next.finite;
    }

    /// Where its points are on an axis, given how many points come before the run.
    pub(super) fn places(&self, axis: SeriesAxis, before: u64) -> Places {
        match OWN_AXES.iter().position(|own| *own == axis) {
            Some(own) => self.places[own],
            None => Places {
                in_order: true,
                low: before as f64,
                high: (before + u64::from(self.count).saturating_sub(1)) as f64,
                min_at: (before + u64::from(self.min_index)) as f64,
                max_at: (before + u64::from(self.max_index)) as f64,
            },
        }
    }

    /// As bytes.
    pub(super) fn write(&self, out: &mut Out) {
        for count in [self.count, self.finite, self.min_index, self.max_index] {
            out.unsigned(count.into());
        }
        for value in [self.first, self.last, self.min, self.max, self.mean] {
            out.float(value);
        }
        for places in &self.places {
            let has_any = places.low <= places.high;
            out.byte(u8::from(has_any) << 1 | u8::from(places.in_order));
            if has_any {
                for place in [places.low, places.high, places.min_at, places.max_at] {
                    out.float(place);
                }
            }
        }
    }

    /// From bytes; `None` where they are not what [`write`](Self::write) wrote.
    pub(super) fn read(bytes: &mut In<'_>) -> Option<Self> {
        let mut count = || u32::try_from(bytes.unsigned()?).ok();
        let (all, finite, min_index, max_index) = (count()?, count()?, count()?, count()?);
        let mut sum = Self {
            count: all,
            finite,
            min_index,
            max_index,
            first: bytes.float()?,
            last: bytes.float()?,
            min: bytes.float()?,
            max: bytes.float()?,
            mean: bytes.float()?,
            places: [Places::one(None); 3],
        };
        for places in &mut sum.places {
            let flags = bytes.byte()?;
            if flags & 2 != 0 {
                *places = Places {
                    in_order: flags & 1 != 0,
                    low: bytes.float()?,
                    high: bytes.float()?,
                    min_at: bytes.float()?,
                    max_at: bytes.float()?,
                };
            }
        }
        Some(sum)
    }
}

impl Places {
    fn one(place: Option<f64>) -> Self {
        let at = place.unwrap_or(f64::NAN);
        Self {
            in_order: place.is_some(),
            low: place.unwrap_or(f64::INFINITY),
            high: place.unwrap_or(f64::NEG_INFINITY),
            min_at: at,
            max_at: at,
        }
    }

    fn add(&mut self, next: &Self, is_lower: bool, is_higher: bool) {
        self.in_order &= next.in_order && self.high <= next.low;
        self.low = self.low.min(next.low);
        self.high = self.high.max(next.high);
        if is_lower {
            self.min_at = next.min_at;
        }
        if is_higher {
            self.max_at = next.max_at;
        }
    }
}
