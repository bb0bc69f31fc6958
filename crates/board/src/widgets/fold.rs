//! The fold of a declared widget: values in places. In: a plan, and events by their offset. Out: sums a place and group,
//! in bounded memory.

use loopscope_event::{Event, Offset, Seq, Timestamp};
use loopscope_protocol::WidgetAggregate;
use serde::{Deserialize, Serialize};

use super::plan::{Over, Plan, Sample};

/// The most places; beyond, each becomes twice as wide.
pub const MAX_BUCKETS: usize = 120;
/// The most groups that are told apart; the values of further ones are `other`.
pub const MAX_GROUPS: usize = 8;
/// The same where each group is a bar or row of its own.
pub const MAX_NAMED: usize = 24;

/// The number of the group of all that have none of their own.
pub(super) const OTHER: u8 = u8::MAX;

/// Of an axis that a payload's numbers make: its finest places. A power of two, so that places are exact.
const FINEST: f64 = 1.0 / 1024.0;
/// Further than this from zero a place cannot be told from its neighbour.
const FARTHEST: f64 = 1e15;

/// What a declared widget has seen.
///
/// The same events in the same order give the same fold on every platform, and one that was stored and read back goes on
/// as if it had not been.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct WidgetFold {
    /// The newest event that it has looked at.
    pub offset: Offset,
    /// The same, counted in its session; of use where it looks at one.
    pub seq: Seq,
    /// How many values it took.
    pub taken: u64,
    /// How many events were meant and had no value, or no place on the axis.
    #[serde(default)]
    pub without: u64,
    /// How many values were no finite numbers; they are in no sum.
    #[serde(default)]
    pub not_finite: u64,
    /// When the first event happened that it took.
    #[serde(default)]
    pub since: Option<Timestamp>,
    /// The groups, in the order in which they came.
    #[serde(default)]
    pub(super) groups: Vec<String>,
    /// How often places became twice as wide.
    #[serde(default)]
    pub(super) doubled: u32,
    /// What fell where, from left to right.
    #[serde(default)]
    pub(super) buckets: Vec<Bucket>,
}

/// A place: its number, and what fell into it by group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Bucket(pub i64, pub Vec<Cell>);

/// A group's values: its number, how many, and what became of them.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct Cell(pub u8, pub u64, pub f64);

impl WidgetFold {
    /// Takes one event. One that was taken before (by its offset) changes nothing. Out: whether what is shown changed.
    pub fn apply(&mut self, plan: &Plan, event: &Event) -> bool {
        if event.offset <= self.offset {
            return false;
        }
        self.offset = event.offset;
        self.seq = event.seq;
        if !plan.selects(event) {
            return false;
        }
        let samples = plan.samples(event);
        if samples.is_empty() {
            self.without = self.without.saturating_add(1);
        }
        for sample in samples {
            if sample.value.is_finite() {
                self.since.get_or_insert(event.timestamp);
                self.take(plan, sample);
            } else {
                self.not_finite = self.not_finite.saturating_add(1);
            }
        }
        true
    }

    /// It has looked at everything up to here, by other means than [`WidgetFold::apply`].
    pub fn reach(&mut self, offset: Offset) {
        self.offset = self.offset.max(offset);
    }

    /// How wide a place is, on the axis.
    pub(super) fn width(&self, plan: &Plan) -> f64 {
        let first = match plan.over {
            Over::Time => plan.bucket_ms as f64,
            Over::Path(_) if plan.is_drawn_by_places() => 1.0,
            Over::Path(_) => FINEST,
            Over::Step | Over::Iteration | Over::Group => 1.0,
        };
        first * 2.0_f64.powi(self.doubled.min(200) as i32)
    }

    fn take(&mut self, plan: &Plan, sample: Sample) {
        self.taken = self.taken.saturating_add(1);
        let most = if plan.over == Over::Group {
            MAX_NAMED
        } else {
            MAX_GROUPS
        };
        let group = self.number_of(sample.group, most);
        let x = sample.x.clamp(-FARTHEST, FARTHEST);
        let at = (x / self.width(plan)).floor() as i64;
        let place = self.buckets.partition_point(|bucket| bucket.0 < at);
        if self.buckets.get(place).is_none_or(|there| there.0 != at) {
            self.buckets.insert(place, Bucket(at, Vec::new()));
        }
        if let Some(Bucket(_, cells)) = self.buckets.get_mut(place) {
            put(cells, Cell(group, 1, sample.value), plan.aggregate);
        }
        self.forget(plan);
        while self.buckets.len() > MAX_BUCKETS {
            self.double(plan.aggregate);
        }
    }

    fn number_of(&mut self, group: String, most: usize) -> u8 {
        if let Some(place) = self.groups.iter().position(|known| *known == group) {
            return u8::try_from(place).unwrap_or(OTHER);
        }
        if self.groups.len() >= most {
            return OTHER;
        }
        self.groups.push(group);
        u8::try_from(self.groups.len() - 1).unwrap_or(OTHER)
    }

    /// Lets go what lies before the window.
    fn forget(&mut self, plan: &Plan) {
        let (Some(window), Some(newest)) = (plan.window_ms, self.buckets.last()) else {
            return;
        };
        let places = (window as f64 / self.width(plan)).ceil() as i64;
        let oldest = newest.0.saturating_sub(places.max(1));
        self.buckets.retain(|bucket| bucket.0 > oldest);
    }

    /// Makes each place twice as wide.
    fn double(&mut self, aggregate: WidgetAggregate) {
        self.doubled = self.doubled.saturating_add(1);
        let mut wider: Vec<Bucket> = Vec::with_capacity(MAX_BUCKETS);
        for Bucket(at, cells) in std::mem::take(&mut self.buckets) {
            let at = at.div_euclid(2);
            match wider.last_mut() {
                Some(Bucket(last, own)) if *last == at => {
                    for cell in cells {
                        put(own, cell, aggregate);
                    }
                }
                _ => wider.push(Bucket(at, cells)),
            }
        }
        self.buckets = wider;
    }
}

impl Plan {
    /// Whether each place is drawn, also where nothing fell into it.
    pub(super) fn is_drawn_by_places(&self) -> bool {
        use loopscope_protocol::WidgetChart::{Bars, StackedBars};
        matches!(self.chart, Bars | StackedBars)
    }
}

/// Adds newer values to older ones of the same group.
pub(super) fn put(cells: &mut Vec<Cell>, new: Cell, aggregate: WidgetAggregate) {
    let place = cells.partition_point(|cell| cell.0 < new.0);
    match cells.get_mut(place) {
        Some(cell) if cell.0 == new.0 => *cell = together(*cell, new, aggregate),
        _ => cells.insert(place, new),
    }
}

/// Older and newer values as one.
pub(super) fn together(old: Cell, new: Cell, aggregate: WidgetAggregate) -> Cell {
    use WidgetAggregate::{Count, Last, Max, Mean, Min, Sum};
    let value = match aggregate {
        Count | Sum | Mean => (old.2 + new.2).clamp(f64::MIN, f64::MAX),
        Min => old.2.min(new.2),
        Max => old.2.max(new.2),
        Last => new.2,
    };
    Cell(old.0, old.1.saturating_add(new.1), value)
}
