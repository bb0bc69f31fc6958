//! One session's series: what is on disk is known by its places, what is newer is here. In: its events, in order. Out:
//! what is to be written.

use std::collections::HashMap;

use loopscope_event::{Event, Seq};
use loopscope_journal::{SeriesMetric, SeriesState, SeriesWrite};

use super::chunk::{FULL, chunks};
use super::facts;
use super::point::Point;
use super::stretch::Tail;
use super::total::Total;

/// By which rules series are derived; a higher number has all of them made anew.
pub(super) const VERSION: u32 = 1;

/// The most metrics of a session that are kept apart.
pub(super) const MOST_METRICS: usize = 512;

/// So many small chunks in a row become one.
const MERGE: usize = 8;

/// See the module.
#[derive(Default)]
pub(super) struct Built {
    /// Whether what is on disk is known.
    pub loaded: bool,
    /// The events up to this one are in it.
    pub seq: Seq,
    /// Up to where it is on disk.
    pub stored: Seq,
    /// Points that are not on disk yet.
    pub pending: usize,
    /// Points of metrics beyond the most.
    pub left_out: u64,
    pub metrics: Vec<Metric>,
    by_name: HashMap<String, usize>,
}

/// A metric of the session.
pub(super) struct Metric {
    pub name: String,
    pub total: Total,
    tail: Tail,
    /// The newest chunks on disk that are not full: how many points come before, and how many are in it.
    small: Vec<(u64, u32)>,
}

impl Built {
    /// Nothing is on disk.
    pub(super) fn begun() -> Self {
        Self {
            loaded: true,
            ..Self::default()
        }
    }

    /// What is on disk; `None` where it cannot be read.
    pub(super) fn load(state: SeriesState) -> Option<Self> {
        let mut built = Self::begun();
        if state.version != VERSION {
            return None;
        }
        (built.seq, built.stored) = (state.seq, state.seq);
        built.left_out = state.left_out;
        for (n, metric) in state.metrics.into_iter().enumerate() {
            let total = Total::read(&metric.total)?;
            built.by_name.insert(metric.name.clone(), n);
            built.metrics.push(Metric {
                name: metric.name,
                tail: Tail {
                    first: total.count,
                    points: Vec::new(),
                },
                total,
                small: Vec::new(),
            });
        }
        for (metric, first, count) in state.chunks {
            let metric = built.metrics.get_mut(metric as usize)?;
            metric.note_chunk(first, count);
        }
        Some(built)
    }

    /// The number of a metric.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Takes in the next event.
    pub(super) fn apply(&mut self, event: &Event) {
        for (name, point) in facts::points(event) {
            self.push(name, point);
        }
        self.seq = event.seq;
    }

    fn push(&mut self, name: String, point: Point) {
        let known = self.by_name.get(&name).copied();
        let number = match known {
            Some(number) => number,
            None if self.metrics.len() < MOST_METRICS => {
                let number = self.metrics.len();
                self.by_name.insert(name.clone(), number);
                self.metrics.push(Metric {
                    name,
                    total: Total::NONE,
                    tail: Tail::default(),
                    small: Vec::new(),
                });
                number
            }
            None => {
                self.left_out = self.left_out.saturating_add(1);
                return;
            }
        };
        let metric = &mut self.metrics[number];
        metric.total.add(point);
        metric.tail.points.push(point);
        self.pending += 1;
    }

    /// A metric's points that are not on disk.
    pub(super) fn tail(&self, number: usize) -> Tail {
        self.metrics
            .get(number)
            .map(|metric| metric.tail.clone())
            .unwrap_or_default()
    }

    /// Everything that is not on disk.
    pub(super) fn write(&self) -> SeriesWrite {
        let mut write = SeriesWrite {
            version: VERSION,
            after: self.stored,
            upto: self.seq,
            left_out: self.left_out,
            metrics: Vec::new(),
            chunks: Vec::new(),
        };
        for (number, metric) in self.metrics.iter().enumerate() {
            let tail = &metric.tail;
            if tail.points.is_empty() {
                continue;
            }
            let number = number as u32;
            write.metrics.push(SeriesMetric {
                number,
                name: metric.name.clone(),
                total: metric.total.write(),
            });
            write
                .chunks
                .extend(chunks(number, tail.first, &tail.points));
        }
        write
    }

    /// Everything [written](Self::write) is on disk.
    pub(super) fn written(&mut self, write: &SeriesWrite) {
        for chunk in &write.chunks {
            let Some(metric) = self.metrics.get_mut(chunk.metric as usize) else {
                continue;
            };
            metric.note_chunk(chunk.first, chunk.count);
            metric.tail = Tail {
                first: chunk.first + u64::from(chunk.count),
                points: Vec::new(),
            };
        }
        self.stored = write.upto;
        self.pending = 0;
    }

    /// A metric with many small chunks, and the run of them that is to become one.
    pub(super) fn to_merge(&self) -> Option<(u32, Vec<(u64, u32)>)> {
        self.metrics
            .iter()
            .enumerate()
            .find_map(|(number, metric)| {
                let run = metric.run_to_merge()?;
                Some((number as u32, run.to_vec()))
            })
    }

    /// The chunks from `first` on have become these.
    pub(super) fn merged(&mut self, metric: u32, first: u64, chunks: &[(u64, u32)]) {
        if let Some(metric) = self.metrics.get_mut(metric as usize) {
            metric.small.retain(|(own, _)| *own < first);
            for (first, count) in chunks {
                metric.note_chunk(*first, *count);
            }
        }
    }
}

impl Metric {
    fn note_chunk(&mut self, first: u64, count: u32) {
        if count >= FULL {
            // Only what is newer than the last full one can still be put together.
            self.small.clear();
        } else {
            self.small.push((first, count));
        }
    }

    /// The newest small chunks of about the same size, where there are enough of them.
    fn run_to_merge(&self) -> Option<&[(u64, u32)]> {
        // By powers of eight, so that each point is written again a few times at most.
        let tier = |count: u32| count.max(1).ilog2() / 3;
        (0..=tier(FULL)).find_map(|most| {
            let longer = self.small.iter().rev();
            let run = longer.take_while(|(_, count)| tier(*count) <= most).count();
            (run >= MERGE).then(|| &self.small[self.small.len() - run..])
        })
    }
}
