//! The numbers of a session: every point of every metric. In: its events, in order. Out: points by metric.

use std::collections::HashMap;

use loopscope_event::{Event, Fact};
use loopscope_protocol::SeriesAxis;

/// The most metrics of a session that are kept apart, as on the server.
const MOST_METRICS: usize = 512;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Book {
    pub metrics: Vec<Metric>,
    /// Points of metrics beyond the most.
    pub left_out: u64,
    by_name: HashMap<String, usize>,
}

/// One metric.
#[derive(Debug)]
pub(crate) struct Metric {
    pub name: String,
    pub points: Vec<Point>,
}

/// A point, as its event says it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    /// When, in microseconds since the Unix epoch.
    pub at: i64,
    /// The step; NaN where there is none.
    pub step: f64,
    /// The epoch; NaN where there is none.
    pub epoch: f64,
    /// The value; NaN and infinities are values too.
    pub value: f64,
}

impl Point {
    /// Where it lies, given how many points came before; `None` where it has no place on that axis.
    pub(crate) fn place(&self, axis: SeriesAxis, index: usize) -> Option<f64> {
        let place = match axis {
            SeriesAxis::Step => self.step,
            SeriesAxis::Epoch => self.epoch,
            SeriesAxis::Time => self.at as f64 / 1_000.0,
            SeriesAxis::Index => index as f64,
        };
        place.is_finite().then_some(place)
    }
}

impl Book {
    pub(crate) fn apply(&mut self, event: &Event) {
        if !loopscope_dialects::may_measure(event) {
            return;
        }
        for fact in loopscope_dialects::facts(event) {
            let Fact::Metrics(metrics) = fact else {
                continue;
            };
            let place =
                |place: Option<f64>| place.filter(|place| place.is_finite()).unwrap_or(f64::NAN);
            let (step, epoch) = (place(metrics.step), place(metrics.epoch));
            for (name, value) in metrics.points {
                let point = Point {
                    at: event.timestamp.as_micros(),
                    step,
                    epoch,
                    value,
                };
                self.push(name, point);
            }
        }
    }

    /// One metric.
    pub(crate) fn find(&self, name: &str) -> Option<&Metric> {
        self.by_name.get(name).and_then(|at| self.metrics.get(*at))
    }

    fn push(&mut self, name: String, point: Point) {
        if let Some(at) = self.by_name.get(&name) {
            self.metrics[*at].points.push(point);
        } else if self.metrics.len() < MOST_METRICS {
            self.by_name.insert(name.clone(), self.metrics.len());
            let points = vec![point];
            self.metrics.push(Metric { name, points });
        } else {
            self.left_out += 1;
        }
    }
}
