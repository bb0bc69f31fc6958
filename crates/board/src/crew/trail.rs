//! A score over time: the newest values, and a line of bounded length that keeps every extreme.

use loopscope_event::Timestamp;
use serde::{Deserialize, Serialize};

use crate::limits::{MAX_SCORE, MAX_TRAIL_POINTS};

/// A score over time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Trail {
    /// The newest value; 0 before the first.
    pub last: f64,
    /// How many values there were.
    pub count: u64,
    /// Their sum.
    pub sum: f64,
    /// How many values a full point holds: 1, 2, 4 …
    stride: u32,
    /// The line, oldest first.
    points: Vec<TrailPoint>,
}

/// Neighbouring values of a line.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TrailPoint {
    /// When the newest of them was.
    pub at: Timestamp,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// The newest.
    pub last: f64,
    /// How many it holds.
    pub count: u32,
}

impl Trail {
    /// The line, oldest first.
    pub fn points(&self) -> &[TrailPoint] {
        &self.points
    }

    /// The mean of all values; `None` before the first.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }

    pub(super) fn push(&mut self, value: f64, at: Timestamp) {
        let value = value.clamp(-MAX_SCORE, MAX_SCORE);
        self.count = self.count.saturating_add(1);
        self.sum += value;
        self.last = value;
        self.stride = self.stride.max(1);
        let one = TrailPoint {
            at,
            min: value,
            max: value,
            last: value,
            count: 1,
        };
        match self.points.last_mut() {
            Some(last) if last.count < self.stride => last.absorb(&one),
            _ => self.points.push(one),
        }
        if self.points.len() > MAX_TRAIL_POINTS {
            self.stride = self.stride.saturating_mul(2);
            let merged = self.points.chunks(2).map(|pair| {
                let mut point = pair[0];
                if let Some(next) = pair.get(1) {
                    point.absorb(next);
                }
                point
            });
            self.points = merged.collect();
        }
    }
}

impl TrailPoint {
    fn absorb(&mut self, next: &Self) {
        self.at = self.at.max(next.at);
        self.min = self.min.min(next.min);
        self.max = self.max.max(next.max);
        self.last = next.last;
        self.count = self.count.saturating_add(next.count);
    }
}
