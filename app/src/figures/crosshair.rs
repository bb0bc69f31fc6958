//! One crosshair for all figures of a page. In: where a reader points, in any of them. Out: the same place, for
//! every figure that counts by the same axis.

use leptos::prelude::*;
use loopscope_chart::Chart;

use super::lens::Lens;

/// The place that is pointed at.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// What the number counts: `Iteration`.
    pub axis: String,
    /// The number of the point.
    pub value: f64,
    /// The figure that is pointed at.
    pub owner: u32,
}

impl Mark {
    /// The point of a chart that is pointed at, where it counts by the same axis.
    pub fn on(&self, chart: &impl Chart) -> Option<usize> {
        let same = chart.axis() == self.axis;
        same.then(|| chart.find(self.value)).flatten()
    }
}

/// The page's crosshair.
#[derive(Debug, Clone, Copy)]
pub struct Crosshair {
    mark: RwSignal<Option<Mark>>,
    figures: StoredValue<u32>,
}

impl Crosshair {
    /// Makes it, and provides it to the figures below, with a lens for all of them.
    pub fn provide() -> Self {
        Lens::provide();
        let crosshair = Self {
            mark: RwSignal::new(None),
            figures: StoredValue::new(0),
        };
        provide_context(crosshair);
        crosshair
    }

    /// The page's, or one of its own for a figure that stands alone.
    pub(super) fn here() -> Self {
        let crosshair = use_context::<Self>().filter(|own| !own.mark.is_disposed());
        crosshair.unwrap_or_else(Self::provide)
    }

    /// A number that no other figure of the page has.
    pub fn join(self) -> u32 {
        self.figures.update_value(|count| *count += 1);
        self.figures.get_value()
    }

    /// Follows it, in an effect.
    pub fn track(self) {
        self.mark.track();
    }

    /// The place, where there is one.
    pub fn mark_untracked(self) -> Option<Mark> {
        self.mark.get_untracked()
    }

    /// Points at a place.
    pub fn point(self, mark: Mark) {
        self.mark.maybe_update(|now| {
            let moved = now.as_ref() != Some(&mark);
            *now = Some(mark);
            moved
        });
    }

    /// Points nowhere, unless another figure is pointed at by now.
    pub fn leave(self, owner: u32) {
        self.mark.maybe_update(|now| {
            let own = now.as_ref().is_some_and(|mark| mark.owner == owner);
            if own {
                *now = None;
            }
            own
        });
    }
}
