//! Named numbers over a run: the last value, and a curve of bounded size that keeps every spike.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::limits::{MAX_METRIC_BUCKETS, MAX_METRICS};

/// Every metric that a session logged, by name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    by_name: BTreeMap<String, Curve>,
    /// Points of metrics beyond the most that are told apart.
    #[serde(default)]
    left_out: u64,
}

/// One metric.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The newest finite value; 0 before the first.
    pub last: f64,
    /// How many finite points there were.
    pub count: u64,
    /// The smallest and the largest value; `None` before the first.
    #[serde(default, skip_serializing_if = "is_default")]
    pub range: Option<(f64, f64)>,
    /// How many points were NaN or infinite.
    #[serde(default, skip_serializing_if = "is_default")]
    pub non_finite: u64,
    /// How many points a full bucket holds: 1, 2, 4 …
    pub stride: u32,
    /// The curve, oldest first.
    pub buckets: Vec<Bucket>,
}

/// Neighbouring points of a curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Bucket {
    /// Where the first point lies.
    pub x: f64,
    /// The smallest value.
    pub min: f64,
    /// The largest value.
    pub max: f64,
    /// The newest value.
    pub last: f64,
    /// How many points it holds.
    pub count: u32,
    /// Where the last point lies, where that is elsewhere.
    #[serde(default, skip_serializing_if = "is_default")]
    pub end: Option<f64>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Metrics {
    /// The metrics, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Curve)> {
        self.by_name
            .iter()
            .map(|(name, curve)| (name.as_str(), curve))
    }

    /// One metric.
    pub fn get(&self, name: &str) -> Option<&Curve> {
        self.by_name.get(name)
    }

    /// How many metrics there are.
    pub fn len(&self) -> usize {
        self.by_name.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }

    /// Points of metrics beyond the most that are told apart.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Adds a point; where the producer gave no `x`, points are numbered.
    pub(crate) fn push(&mut self, name: &str, x: Option<f64>, value: f64) {
        if let Some(curve) = self.by_name.get_mut(name) {
            curve.push(x, value);
        } else if self.by_name.len() < MAX_METRICS {
            self.by_name
                .entry(name.to_owned())
                .or_default()
                .push(x, value);
        } else {
            self.left_out = self.left_out.saturating_add(1);
        }
    }
}

impl Curve {
    /// Adds a point; a curve is drawn from left to right, so a point that lies before the last is put behind it.
    pub(crate) fn push(&mut self, x: Option<f64>, value: f64) {
        if !value.is_finite() {
            self.non_finite = self.non_finite.saturating_add(1);
            return;
        }
        self.count = self.count.saturating_add(1);
        self.last = value;
        self.stride = self.stride.max(1);
        let (min, max) = self.range.unwrap_or((value, value));
        self.range = Some((min.min(value), max.max(value)));
        let last = self
            .buckets
            .last()
            .map_or(0.0, |bucket| bucket.end.unwrap_or(bucket.x));
        let behind = |x: &f64| x.is_finite() && (self.buckets.is_empty() || *x >= last);
        let x = x.filter(behind).unwrap_or(last + 1.0);
        let one = Bucket {
            x,
            min: value,
            max: value,
            last: value,
            count: 1,
            end: None,
        };
        match self.buckets.last_mut() {
            Some(last) if last.count < self.stride => last.absorb(&one),
            _ => self.buckets.push(one),
        }
        if self.buckets.len() > MAX_METRIC_BUCKETS {
            self.stride = self.stride.saturating_mul(2);
            self.buckets = self
                .buckets
                .chunks(2)
                .map(|pair| {
                    let mut bucket = pair[0];
                    if let Some(next) = pair.get(1) {
                        bucket.absorb(next);
                    }
                    bucket
                })
                .collect();
        }
    }
}

impl Bucket {
    fn absorb(&mut self, next: &Self) {
        self.min = self.min.min(next.min);
        self.max = self.max.max(next.max);
        self.last = next.last;
        self.end = Some(next.end.unwrap_or(next.x)).filter(|end| *end > self.x);
        self.count = self.count.saturating_add(next.count);
    }
}
