//! Two rows of bars over the same slots, each with a scale of its own: tests passed, tests failed.
//!
//! In: [`SplitChart`], plain data. Out: a [`Chart`]. Passed are many and failed are few: on one scale the few,
//! which matter, would not be seen.

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use crate::axis::side_label;
use crate::chart::{Chart, ReadOut, Row};
use crate::flag::{self, Flag};
use crate::format::Unit;
use crate::ink::Ink;
use crate::key::Key;
use crate::measure::{TEXT_PX, width_px};
use crate::pen::{Drawn, Pen};
use crate::slots::{Groups, Slots};
use crate::stack::{self, Stack};
use crate::table::Table;
use crate::view::{Layout, View};

/// Room above the lower bars for their figures.
const FIGURE_PX: f64 = 18.0;

/// A chart of two rows of bars.
#[derive(Debug, Clone, PartialEq)]
pub struct SplitChart {
    /// What it shows.
    pub name: String,
    /// What it counts, beside its name: `per iteration`. May be empty.
    pub note: String,
    /// The slots.
    pub slots: Slots,
    /// The many, and the few.
    pub rows: [Stack; 2],
    /// What the upper row could reach at most: all tests there are.
    pub full: Option<f64>,
    /// What is marked on the slots, by their numbers.
    pub flags: Vec<Flag>,
    /// Of the plot.
    pub height_px: f64,
}

impl Default for SplitChart {
    fn default() -> Self {
        Self {
            name: String::new(),
            note: String::new(),
            slots: Slots::iterations(1),
            rows: [Ink::Good, Ink::Bad].map(|ink| Stack::new("", ink, [])),
            full: None,
            flags: Vec::new(),
            height_px: 96.0,
        }
    }
}

impl SplitChart {
    /// The highest bar of a row in view, at least 1.
    fn peak(&self, row: usize, view: &View) -> f64 {
        let full = self.full.filter(|v| row == 0 && v.is_finite());
        stack::in_view(self.len(), view, || self.groups(view))
            .filter_map(|slot| self.rows[row].value(slot))
            .chain(full)
            .fold(1.0, f64::max)
    }

    /// The slot of a group that is drawn: where most is in the lower row, for that is what matters.
    fn shown(&self, group: std::ops::Range<usize>) -> Option<usize> {
        stack::highest(&self.rows[1..], group.clone()).or_else(|| stack::highest(&self.rows, group))
    }

    fn groups(&self, view: &View) -> Groups {
        self.slots.groups(self.len(), view)
    }

    fn draw_figures<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        view: &View,
        groups: &Groups,
    ) -> Drawn<DB> {
        let peak = self.peak(1, view);
        let lower = self.height_px / 2.0 - FIGURE_PX;
        let widest = width_px(&Unit::Count.show(peak), TEXT_PX);
        if groups.pitch() * view.width_px < widest + 3.0 {
            return Ok(());
        }
        for (place, group) in groups.iter() {
            let Some(value) = self.shown(group).and_then(|slot| self.rows[1].value(slot)) else {
                continue;
            };
            let top = self.height_px - value / peak * lower;
            let text = Unit::Count.show(value);
            pen.text(&text, (place, top - 7.0), HPos::Center, stack::LABEL)?;
        }
        Ok(())
    }
}

impl Chart for SplitChart {
    fn name(&self) -> &str {
        &self.name
    }

    fn note(&self) -> &str {
        &self.note
    }

    fn layout(&self, _view: &View) -> Layout {
        // A part never has more than the whole.
        let label = Unit::Count.show(self.peak(0, &View::UNKNOWN));
        Layout::around(self.height_px, [label.as_str()], false)
    }

    fn flags(&self) -> &[Flag] {
        &self.flags
    }

    fn draw<DB: DrawingBackend>(&self, on: &DrawingArea<DB, Shift>, view: &View) -> Drawn<DB> {
        let pen = Pen::new(on);
        let groups = self.groups(view);
        let (half, bottom) = (self.height_px / 2.0, self.height_px);
        for y in [half, bottom] {
            pen.line(&[(0.0, y), (1.0, y)], Key::mark(Ink::Axis), 1.0, 1.0)?;
        }
        let (upper, lower) = (self.peak(0, view), self.peak(1, view));
        stack::draw(&pen, &self.rows[..1], &groups, |value| {
            Some(half - value / upper * half)
        })?;
        stack::draw(&pen, &self.rows[1..], &groups, |value| {
            Some(bottom - value / lower * (half - FIGURE_PX))
        })?;
        if self.len() > 0 {
            side_label(&pen, &Unit::Count.show(upper), 4.0)?;
            side_label(&pen, "0", half)?;
        }
        self.slots.draw_axis(&pen, self.len(), view, bottom)?;
        self.draw_figures(&pen, view, &groups)?;
        flag::draw(&pen, &self.flags, view, bottom, |mark| {
            self.slots.whole(mark, self.len())
        })
    }

    fn place(&self, index: usize, view: &View) -> Option<f64> {
        self.slots.place(index, self.len(), view)
    }

    fn x_at(&self, place: f64, view: &View) -> f64 {
        self.slots.number_at(view.whole(place), self.len())
    }

    fn window(&self, from: f64, to: f64) -> (f64, f64) {
        let whole = |mark| self.slots.whole(mark, self.len());
        (whole(from), whole(to))
    }

    fn nearest(&self, place: f64, view: &View) -> Option<usize> {
        self.shown(self.groups(view).nearest(place)?)
    }

    fn axis(&self) -> &str {
        &self.slots.word
    }

    fn mark(&self, index: usize) -> Option<f64> {
        (index < self.len()).then(|| self.slots.number(index) as f64)
    }

    fn find(&self, mark: f64) -> Option<usize> {
        self.slots.find(mark).filter(|slot| *slot < self.len())
    }

    fn len(&self) -> usize {
        stack::len(&self.rows)
    }

    fn read_out(&self, index: usize, view: &View) -> Option<ReadOut> {
        (index < self.len()).then(|| ReadOut {
            title: self.slots.say(index),
            rows: self.legend(Some(index)),
            of: self.groups(view).size_at(index),
            flags: stack::flags_at(&self.flags, &self.slots, index, self.len(), view),
        })
    }

    fn legend(&self, index: Option<usize>) -> Vec<Row> {
        stack::legend(&self.rows, Unit::Count, index)
    }

    fn summary(&self) -> String {
        let said = stack::summary(&self.name, &self.slots, &self.rows, Unit::Count);
        said + &flag::say(&self.flags, |mark| self.slots.say_number(mark))
    }

    fn table(&self) -> Table {
        stack::table(&self.slots, &self.rows)
    }
}
