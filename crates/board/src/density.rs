//! How many events happened when: buckets of equal width for the replay bar.
//!
//! In: event times in any order. Out: at most [`MAX_DENSITY_BUCKETS`] counts; a bucket spans 1 s, then 2 s, 4 s …
//! as the run grows.

use loopscope_event::Timestamp;
use serde::{Deserialize, Serialize};

use crate::limits::MAX_DENSITY_BUCKETS;

/// Events over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Density {
    width_seconds: i64,
    /// Index of the first bucket: its start in seconds since the epoch, divided by the width.
    first: i64,
    counts: Vec<u32>,
}

impl Default for Density {
    fn default() -> Self {
        Self {
            width_seconds: 1,
            first: 0,
            counts: Vec::new(),
        }
    }
}

impl Density {
    /// How long a bucket is, in seconds: a power of two.
    pub const fn width_seconds(&self) -> i64 {
        self.width_seconds
    }

    /// When the first bucket begins.
    pub const fn starts_at(&self) -> Timestamp {
        Timestamp::from_micros(self.first * self.width_seconds * 1_000_000)
    }

    /// Events a bucket, oldest first.
    pub fn counts(&self) -> &[u32] {
        &self.counts
    }

    pub(crate) fn push(&mut self, at: Timestamp) {
        let second = at.as_micros().div_euclid(1_000_000);
        let mut index = second.div_euclid(self.width_seconds);
        if self.counts.is_empty() {
            self.first = index;
        }
        while self.span_with(index) > MAX_DENSITY_BUCKETS as i64 {
            self.widen();
            index = second.div_euclid(self.width_seconds);
        }
        if index < self.first {
            let missing = (self.first - index) as usize;
            self.counts.splice(0..0, std::iter::repeat_n(0, missing));
            self.first = index;
        }
        let place = (index - self.first) as usize;
        if place >= self.counts.len() {
            self.counts.resize(place + 1, 0);
        }
        self.counts[place] = self.counts[place].saturating_add(1);
    }

    /// How many buckets there would be if `index` were one of them.
    fn span_with(&self, index: i64) -> i64 {
        let end = self.first + self.counts.len() as i64;
        end.max(index + 1) - self.first.min(index)
    }

    fn widen(&mut self) {
        self.width_seconds *= 2;
        let first = self.first.div_euclid(2);
        let mut counts: Vec<u32> = Vec::with_capacity(self.counts.len() / 2 + 1);
        for (place, count) in self.counts.iter().enumerate() {
            let target = ((self.first + place as i64).div_euclid(2) - first) as usize;
            if target >= counts.len() {
                counts.resize(target + 1, 0);
            }
            counts[target] = counts[target].saturating_add(*count);
        }
        self.first = first;
        self.counts = counts;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_micros(second * 1_000_000)
    }

    #[test]
    fn the_sum_stays_exact_and_the_size_bounded_whatever_the_order() {
        let mut density = Density::default();
        let times = [
            100,
            99,
            500,
            101,
            0,
            1_000_000,
            -62_135_596_800,
            253_402_300_799,
        ];
        for (done, second) in times.iter().enumerate() {
            density.push(at(*second));
            let sum: u32 = density.counts().iter().sum();
            assert_eq!(sum as usize, done + 1);
            assert!(density.counts().len() <= MAX_DENSITY_BUCKETS);
        }
    }

    #[test]
    fn short_runs_have_a_bucket_a_second() {
        let mut density = Density::default();
        for second in [10, 10, 12] {
            density.push(at(second));
        }
        assert_eq!(density.counts(), [2, 0, 1]);
        assert_eq!(density.starts_at(), at(10));
        assert_eq!(density.width_seconds(), 1);
    }
}
