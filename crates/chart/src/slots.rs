//! Slots: a place for each iteration, those to come included. In: how many there are and will be, and a view.
//! Out: their places, and groups of neighbours where they are too many to have a bar each.

use std::ops::Range;

use plotters_backend::DrawingBackend;

use crate::axis::{XAxis, XPlaces};
use crate::pen::{Drawn, Pen};
use crate::ticks;
use crate::view::View;

/// A bar and the gap beside it are not narrower than this.
const LEAST_PITCH_PX: f64 = 3.0;

/// The slots of a bar chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slots {
    /// What one is called: `Iteration`.
    pub word: String,
    /// The number of the first.
    pub first: i64,
    /// From one's number to the next's: more than 1 where neighbours were summed.
    pub stride: u32,
    /// How many there will be, at least: the budget of iterations.
    pub count: usize,
    /// Where they are stretches of time: a number counts widths since the epoch.
    pub moments: Option<Moments>,
}

/// Slots of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moments {
    /// How long each is.
    pub width_ms: i64,
    /// The zone's offset from UTC, in seconds.
    pub utc_offset_s: i32,
}

impl Moments {
    /// When the slot of a number begins.
    pub(crate) fn ms(self, number: f64) -> f64 {
        number * self.width_ms.max(1) as f64
    }
}

impl Slots {
    /// Iterations from 1 on, with room for `count` of them.
    pub fn iterations(count: usize) -> Self {
        Self {
            word: "Iteration".to_owned(),
            first: 1,
            stride: 1,
            count,
            moments: None,
        }
    }

    /// One slot in words: `Iteration 5`.
    pub fn say(&self, slot: usize) -> String {
        self.say_number(self.number(slot) as f64)
    }

    /// The same within a sentence: `in iteration 5`.
    pub(crate) fn say_within(&self, slot: usize) -> String {
        match self.moments {
            None => format!("in {}", self.say(slot).to_lowercase()),
            Some(_) => format!("at {}", self.say(slot)),
        }
    }

    /// One slot as a figure: `5`.
    pub(crate) fn figure(&self, slot: usize) -> String {
        match self.moments {
            None => self.number(slot).to_string(),
            Some(_) => self.say(slot),
        }
    }

    /// A slot's number in words.
    pub(crate) fn say_number(&self, number: f64) -> String {
        match self.moments {
            None => format!("{} {}", self.word, number.round()),
            Some(own) => ticks::time::moment(
                own.ms(number.round()),
                &crate::Clock::fixed(own.utc_offset_s),
            ),
        }
    }

    /// Its number.
    pub fn number(&self, slot: usize) -> i64 {
        let slot = i64::try_from(slot).unwrap_or(i64::MAX);
        self.first
            .saturating_add(slot.saturating_mul(i64::from(self.stride.max(1))))
    }

    /// The slot that a number falls into; `None` before the first.
    pub(crate) fn find(&self, number: f64) -> Option<usize> {
        let slot = self.x_of(number);
        (slot > -1e-9).then_some((slot + 1e-9) as usize)
    }

    /// From a slot's number to its place among the slots, and the other way round.
    pub(crate) fn x_of(&self, number: f64) -> f64 {
        (number - self.first as f64) / f64::from(self.stride.max(1))
    }

    pub(crate) fn mark_of(&self, x: f64) -> f64 {
        self.first as f64 + x * f64::from(self.stride.max(1))
    }

    /// A stretch of numbers from edge to edge of the slots that lie in it, at least one.
    pub(crate) fn snapped(&self, from: f64, to: f64) -> (f64, f64) {
        let (from, to) = (self.x_of(from) + 0.5, self.x_of(to) + 0.5);
        let (mut from_slot, mut to_slot) = (from.round(), to.round());
        if to_slot <= from_slot {
            // Narrower than a slot: the one that it lies in.
            from_slot = f64::midpoint(from, to).floor();
            to_slot = from_slot + 1.0;
        }
        (self.mark_of(from_slot - 0.5), self.mark_of(to_slot - 0.5))
    }

    /// Where a slot's number is, as a fraction of the whole.
    pub(crate) fn whole(&self, number: f64, filled: usize) -> f64 {
        (self.x_of(number) + 0.5) / self.places(filled) as f64
    }

    /// The number at a fraction of the whole.
    pub(crate) fn number_at(&self, whole: f64, filled: usize) -> f64 {
        self.mark_of(whole * self.places(filled) as f64 - 0.5)
    }

    fn places(&self, filled: usize) -> usize {
        self.count.max(filled).max(1)
    }

    pub(crate) fn place(&self, slot: usize, filled: usize, view: &View) -> Option<f64> {
        let place = view.place((slot as f64 + 0.5) / self.places(filled) as f64);
        (slot < filled && View::sees(place)).then_some(place)
    }

    /// The filled slots in view, as many to a group as it takes for a group to be wide enough.
    pub(crate) fn groups(&self, filled: usize, view: &View) -> Groups {
        let places = self.places(filled);
        let slot_px = view.px(1.0 / places as f64);
        // An f64 beyond usize saturates: then all is one group.
        let size = (LEAST_PITCH_PX / slot_px).ceil().max(1.0) as usize;
        let slot_of = |whole: f64| (whole * places as f64).max(0.0) as usize;
        let from = slot_of(view.from) / size * size;
        // An f64 below zero or beyond usize saturates.
        let to = ((view.to * places as f64 - 1e-9).ceil() as usize).min(filled);
        Groups {
            slots: from.min(to)..to,
            size,
            places,
            view: *view,
        }
    }

    /// The numbers below the plot.
    pub(crate) fn draw_axis<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        filled: usize,
        view: &View,
        height_px: f64,
    ) -> Drawn<DB> {
        XAxis::Slots(self.clone()).draw(pen, &XPlaces::Slots(self.places(filled)), view, height_px)
    }
}

impl From<usize> for Slots {
    fn from(count: usize) -> Self {
        Self::iterations(count)
    }
}

/// Neighbouring slots that share a bar.
#[derive(Debug, Clone)]
pub(crate) struct Groups {
    slots: Range<usize>,
    size: usize,
    places: usize,
    view: View,
}

impl Groups {
    /// The filled slots in view.
    pub(crate) fn range(&self) -> Range<usize> {
        self.slots.clone()
    }

    /// Each group's middle, as a fraction of the plot, and its slots.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (f64, Range<usize>)> + '_ {
        self.slots
            .clone()
            .step_by(self.size)
            .map(|start| (self.middle(start), self.group(start)))
            .filter(|(place, _)| View::sees(*place))
    }

    /// From one group's middle to the next, as a fraction of the plot.
    pub(crate) fn pitch(&self) -> f64 {
        self.size as f64 / self.places as f64 / (self.view.to - self.view.from)
    }

    /// The group nearest to a place.
    pub(crate) fn nearest(&self, place: f64) -> Option<Range<usize>> {
        if self.slots.is_empty() || !place.is_finite() {
            return None;
        }
        let slot = (self.view.whole(place) * self.places as f64).max(0.0) as usize;
        let slot = slot.clamp(self.slots.start, self.slots.end - 1);
        Some(self.group(slot / self.size * self.size))
    }

    /// How many slots share a slot's bar.
    pub(crate) fn size_at(&self, slot: usize) -> usize {
        self.group(slot / self.size * self.size).len().max(1)
    }

    fn group(&self, start: usize) -> Range<usize> {
        start
            ..start
                .saturating_add(self.size)
                .min(self.slots.end)
                .max(start)
    }

    fn middle(&self, start: usize) -> f64 {
        let middle = start as f64 + self.size as f64 / 2.0;
        self.view.place(middle / self.places as f64)
    }
}
