//! Stacked bars, one a slot: findings by severity, step times, vulnerabilities.
//!
//! In: [`BarChart`], plain data. Out: a [`Chart`]. Where there are more slots than fit, neighbours share a bar:
//! the highest of them is drawn, so that none hides, and the read-out says `1 of n`.

use std::ops::Range;

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use crate::axis::{YAxis, YPlaces};
use crate::chart::{Chart, ReadOut, Row};
use crate::flag::{self, Flag};
use crate::format::Unit;
use crate::measure::{TEXT_PX, width_px};
use crate::pen::{Drawn, Pen};
use crate::slots::{Groups, Slots};
use crate::stack::{self, Stack};
use crate::table::Table;
use crate::view::{Layout, View};

/// A chart of stacked bars.
#[derive(Debug, Clone, PartialEq)]
pub struct BarChart {
    /// What it shows.
    pub name: String,
    /// What it counts, beside its name: `per iteration`. May be empty.
    pub note: String,
    /// The slots.
    pub slots: Slots,
    /// The vertical axis; bars begin at zero whatever it says.
    pub y: YAxis,
    /// From the bottom up: severe first.
    pub stacks: Vec<Stack>,
    /// Whether each bar's sum stands on top of it.
    pub totals: bool,
    /// What is marked on the slots, by their numbers.
    pub flags: Vec<Flag>,
    /// Of the plot.
    pub height_px: f64,
}

impl Default for BarChart {
    fn default() -> Self {
        Self {
            name: String::new(),
            note: String::new(),
            slots: Slots::iterations(1),
            y: YAxis::from_zero(Unit::Number),
            stacks: Vec::new(),
            totals: false,
            flags: Vec::new(),
            height_px: 96.0,
        }
    }
}

impl BarChart {
    fn y_places(&self, view: &View) -> YPlaces {
        let highest = stack::in_view(self.len(), view, || self.groups(view))
            .filter_map(|slot| stack::total(&self.stacks, slot))
            .reduce(f64::max);
        self.y
            .lay_out(highest.map(|high| (0.0, high)), self.height_px)
    }

    fn groups(&self, view: &View) -> Groups {
        self.slots.groups(self.len(), view)
    }

    /// The slot of a group that is drawn: the highest, the first of equals.
    fn shown(&self, group: Range<usize>) -> Option<usize> {
        stack::highest(&self.stacks, group)
    }

    fn draw_totals<DB: DrawingBackend>(
        &self,
        pen: &Pen<'_, DB>,
        view: &View,
        ys: &YPlaces,
        groups: &Groups,
    ) -> Drawn<DB> {
        let labels: Vec<_> = groups
            .iter()
            .filter_map(|(place, group)| {
                let total = stack::total(&self.stacks, self.shown(group)?)?;
                Some((place, ys.px(total)?, self.y.unit.show(total)))
            })
            .collect();
        let widest = labels
            .iter()
            .map(|(_, _, text)| width_px(text, TEXT_PX))
            .fold(0.0, f64::max);
        if groups.pitch() * view.width_px < widest + 3.0 {
            return Ok(());
        }
        for (place, top, text) in &labels {
            pen.text(text, (*place, top - 9.0), HPos::Center, stack::LABEL)?;
        }
        Ok(())
    }
}

impl Chart for BarChart {
    fn name(&self) -> &str {
        &self.name
    }

    fn note(&self) -> &str {
        &self.note
    }

    fn layout(&self, view: &View) -> Layout {
        // Room for the whole too, so that zooming in moves nothing.
        let views = [*view, View::UNKNOWN];
        let ticks: Vec<_> = views.iter().flat_map(|v| self.y_places(v).ticks).collect();
        let labels = ticks.iter().map(|tick| tick.label.as_str());
        Layout::around(self.height_px, labels, false)
    }

    fn flags(&self) -> &[Flag] {
        &self.flags
    }

    fn draw<DB: DrawingBackend>(&self, on: &DrawingArea<DB, Shift>, view: &View) -> Drawn<DB> {
        let pen = Pen::new(on);
        let ys = self.y_places(view);
        let groups = self.groups(view);
        ys.draw_grid(&pen)?;
        stack::draw(&pen, &self.stacks, &groups, |value| ys.px(value))?;
        ys.draw_labels(&pen)?;
        self.slots
            .draw_axis(&pen, self.len(), view, self.height_px)?;
        if self.totals {
            self.draw_totals(&pen, view, &ys, &groups)?;
        }
        flag::draw(&pen, &self.flags, view, self.height_px, |mark| {
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
        let groups = self.groups(view);
        self.shown(groups.nearest(place)?)
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
        stack::len(&self.stacks)
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
        stack::legend(&self.stacks, self.y.unit, index)
    }

    fn summary(&self) -> String {
        let said = stack::summary(&self.name, &self.slots, &self.stacks, self.y.unit);
        said + &flag::say(&self.flags, |mark| self.slots.say_number(mark))
    }

    fn table(&self) -> Table {
        stack::table(&self.slots, &self.stacks)
    }
}
