//! Stacks: what the bar charts share. In: series of bars over the same slots. Out: sums, the bars themselves,
//! a legend, a sentence, a table.

use std::ops::Range;

use plotters_backend::DrawingBackend;

use crate::chart::Row;
use crate::flag::{self, Flag};
use crate::format::Unit;
use crate::ink::Ink;
use crate::key::{Dash, Key};
use crate::pen::{Drawn, Pen};
use crate::slots::{Groups, Slots};
use crate::table::{Table, cell};
use crate::view::View;

/// Of the distance from one bar to the next, how much is bar.
const BAR_SHARE: f64 = 0.56;
/// A bar is never wider than this part of the plot.
const WIDEST: f64 = 0.08;
/// Between a bar and the one on it, and above the zero line.
const GAP_PX: f64 = 1.0;
/// What is projected, or not yet whole.
const PARTIAL_ALPHA: f64 = 0.45;

/// The figure on top of a bar.
pub(crate) const LABEL: Key = Key {
    ink: Ink::Text2,
    readable: false,
    dash: Dash::Solid,
    square: false,
    label: true,
    nudge_px: 0,
};

/// One bar of a series.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bar {
    /// How high; what is negative or not finite is no bar.
    pub value: f64,
    /// Still growing, or projected: drawn fainter.
    pub partial: bool,
}

/// One series of bars.
#[derive(Debug, Clone, PartialEq)]
pub struct Stack {
    /// Its name.
    pub label: String,
    /// Its ink.
    pub ink: Ink,
    /// A bar a slot; `None` where nothing is known.
    pub bars: Vec<Option<Bar>>,
}

impl Stack {
    /// A series of whole bars.
    pub fn new(
        label: impl Into<String>,
        ink: Ink,
        values: impl IntoIterator<Item = Option<f64>>,
    ) -> Self {
        let whole = |value| Bar {
            value,
            partial: false,
        };
        Self {
            label: label.into(),
            ink,
            bars: values.into_iter().map(|v| v.map(whole)).collect(),
        }
    }

    pub(crate) fn bar(&self, slot: usize) -> Option<Bar> {
        let bar = self.bars.get(slot).copied().flatten()?;
        (bar.value.is_finite() && bar.value >= 0.0).then_some(bar)
    }

    pub(crate) fn value(&self, slot: usize) -> Option<f64> {
        self.bar(slot).map(|bar| bar.value)
    }
}

/// How many slots the longest series fills.
pub(crate) fn len(stacks: &[Stack]) -> usize {
    stacks.iter().map(|s| s.bars.len()).max().unwrap_or(0)
}

/// The height of a slot's bars together; `None` where nothing is known.
pub(crate) fn total(stacks: &[Stack], slot: usize) -> Option<f64> {
    stacks
        .iter()
        .filter_map(|stack| stack.value(slot))
        .reduce(|a, b| a + b)
        .map(|sum| sum.min(f64::MAX))
}

/// The highest of some slots, the first of equals; `None` where nothing is known of any.
pub(crate) fn highest(stacks: &[Stack], slots: Range<usize>) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for slot in slots {
        if let Some(sum) = total(stacks, slot)
            && best.is_none_or(|(_, high)| sum > high)
        {
            best = Some((slot, sum));
        }
    }
    best.map(|(slot, _)| slot)
}

/// The slots whose bars a scale has to hold: all of them, or those in view.
pub(crate) fn in_view(len: usize, view: &View, groups: impl FnOnce() -> Groups) -> Range<usize> {
    if view.is_whole() {
        0..len
    } else {
        groups().range()
    }
}

/// The words of the flags at a slot.
pub(crate) fn flags_at(
    flags: &[Flag],
    slots: &Slots,
    slot: usize,
    filled: usize,
    view: &View,
) -> Vec<String> {
    let place = slots.place(slot, filled, view);
    place.map_or_else(Vec::new, |place| {
        flag::near(flags, place, view, |mark| slots.whole(mark, filled))
    })
}

/// Draws the highest slot of each group, series by series from the bottom up.
pub(crate) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    stacks: &[Stack],
    groups: &Groups,
    px: impl Fn(f64) -> Option<f64>,
) -> Drawn<DB> {
    let half = (groups.pitch() * BAR_SHARE).min(WIDEST) / 2.0;
    let mut shown: Vec<(f64, usize, f64)> = groups
        .iter()
        .filter_map(|(place, group)| Some((place, highest(stacks, group)?, 0.0)))
        .collect();
    for stack in stacks {
        let mut partial = Vec::new();
        for (place, slot, below) in &mut shown {
            let Some(bar) = stack.bar(*slot) else {
                continue;
            };
            let bottom = px(*below);
            *below += bar.value;
            let (Some(bottom), Some(top)) = (bottom, px(*below)) else {
                continue;
            };
            if bar.value <= 0.0 {
                continue;
            }
            // Never so low that it cannot be seen.
            let bottom = bottom - GAP_PX;
            let top = top.min(bottom - 1.0);
            let corners = ((*place - half, top), (*place + half, bottom));
            if bar.partial {
                partial.push(corners);
            } else {
                pen.bar(corners.0, corners.1, stack.ink, 1.0)?;
            }
        }
        for (from, to) in partial {
            pen.bar(from, to, stack.ink, PARTIAL_ALPHA)?;
        }
    }
    Ok(())
}

/// Each series' value at a slot, or at the last one that is known.
pub(crate) fn legend(stacks: &[Stack], unit: Unit, slot: Option<usize>) -> Vec<Row> {
    let last = (0..len(stacks)).rfind(|slot| total(stacks, *slot).is_some());
    let slot = slot.or(last).unwrap_or(0);
    stacks
        .iter()
        .map(|stack| Row {
            label: stack.label.clone(),
            ink: stack.ink,
            square: true,
            text: unit.show(stack.value(slot).unwrap_or(f64::NAN)),
        })
        .collect()
}

/// `By severity: 34 in iteration 1, 3 in iteration 7. There, Critical 0, High 0, Medium 2, Low 1.`
pub(crate) fn summary(name: &str, slots: &Slots, stacks: &[Stack], unit: Unit) -> String {
    let mut known = (0..len(stacks)).filter(|slot| total(stacks, *slot).is_some());
    let Some(first) = known.next() else {
        return format!("{name}: no data yet.");
    };
    let last = known.next_back().unwrap_or(first);
    let in_all = |slot: usize| {
        let sum = unit.show(total(stacks, slot).unwrap_or(f64::NAN));
        format!("{sum} {}", slots.say_within(slot))
    };
    let mut out = format!("{name}: {}", in_all(first));
    if last != first {
        out = format!("{out}, {}", in_all(last));
    }
    if stacks.len() > 1 {
        let parts: Vec<_> = legend(stacks, unit, Some(last))
            .into_iter()
            .map(|row| format!("{} {}", row.label, row.text))
            .collect();
        out = format!("{out}. There, {}", parts.join(", "));
    }
    out + "."
}

/// A row a slot, a column a series.
pub(crate) fn table(slots: &Slots, stacks: &[Stack]) -> Table {
    let names = stacks.iter().map(|stack| stack.label.clone());
    let row = |slot: usize| {
        std::iter::once(slots.figure(slot))
            .chain(stacks.iter().map(move |stack| cell(stack.value(slot))))
            .collect()
    };
    Table {
        headers: std::iter::once(slots.word.clone()).chain(names).collect(),
        rows: (0..len(stacks)).map(row).collect(),
    }
}
