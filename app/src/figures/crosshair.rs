//! One crosshair for all figures of a page. In: where a reader points, in any of them. Out: the same place, for
//! every figure that counts by the same axis.

use leptos::prelude::*;
use loopscope_chart::{AnyChart, Chart as _};

/// The place that is pointed at.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Mark {
    /// What the number counts: `Iteration`.
    pub(super) axis: String,
    /// The number of the point.
    pub(super) value: f64,
    /// The figure that is pointed at.
    pub(super) owner: u32,
}

/// The page's crosshair.
#[derive(Debug, Clone, Copy)]
pub struct Crosshair {
    mark: RwSignal<Option<Mark>>,
    figures: StoredValue<u32>,
}

impl Crosshair {
    /// Makes it, and provides it to the figures below.
    pub fn provide() -> Self {
        let crosshair = Self {
            mark: RwSignal::new(None),
            figures: StoredValue::new(0),
        };
        provide_context(crosshair);
        crosshair
    }

    /// The page's, or one of its own for a figure that stands alone.
    pub(super) fn here() -> Self {
        use_context().unwrap_or_else(Self::provide)
    }

    /// A number that no other figure of the page has.
    pub(super) fn join(self) -> u32 {
        self.figures.update_value(|count| *count += 1);
        self.figures.get_value()
    }

    /// The place, where there is one; tracked.
    pub(super) fn mark(self) -> Option<Mark> {
        self.mark.get()
    }

    /// The point of a chart that is pointed at, in whichever figure; tracked.
    pub(super) fn on(self, chart: Signal<AnyChart>) -> Option<usize> {
        let mark = self.mark()?;
        chart.with(|chart| {
            let same = chart.axis() == mark.axis;
            same.then(|| chart.find(mark.value)).flatten()
        })
    }

    /// Points at a place.
    pub(super) fn point(self, mark: Mark) {
        self.mark.maybe_update(|now| {
            let moved = now.as_ref() != Some(&mark);
            *now = Some(mark);
            moved
        });
    }

    /// Points nowhere, unless another figure is pointed at by now.
    pub(super) fn leave(self, owner: u32) {
        self.mark.maybe_update(|now| {
            let own = now.as_ref().is_some_and(|mark| mark.owner == owner);
            if own {
                *now = None;
            }
            own
        });
    }
}
