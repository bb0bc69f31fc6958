//! Lines: findings and fixes per iteration, a trend against its threshold, any metric over steps or time.
//!
//! In: [`LineChart`], plain data. Out: a [`Chart`]. Series of any length: what is drawn is bounded by the
//! plot's columns, and a one-point spike is among it. A gap in the data is a gap in the line.

mod draw;
mod labels;
mod parts;

use plotters::coord::Shift;
use plotters::drawing::DrawingArea;
use plotters_backend::DrawingBackend;

use crate::axis::{Needs, Range, XAxis, XPlaces, YAxis, YPlaces};
use crate::chart::{Chart, ReadOut, Row};
use crate::flag::{self, Flag};
use crate::format::Unit;
use crate::pen::{Drawn, Pen};
use crate::points::Points;
use crate::table::{Table, cell};
use crate::view::{Layout, View};

pub use parts::{EndLabel, Line, Reading, Threshold};

/// A chart of lines.
#[derive(Debug, Clone, PartialEq)]
pub struct LineChart {
    /// What it shows.
    pub name: String,
    /// What it counts, beside its name: `per iteration`. May be empty.
    pub note: String,
    /// The horizontal axis.
    pub x: XAxis,
    /// The vertical axis.
    pub y: YAxis,
    /// The lines; the first is drawn first, and the one with most points is the one that the keys walk.
    pub lines: Vec<Line>,
    /// A value to reach.
    pub threshold: Option<Threshold>,
    /// Whether an axis of numbers goes by powers of ten; what is not above zero has no place on it.
    pub log_x: bool,
    /// What is marked on the horizontal axis.
    pub flags: Vec<Flag>,
    /// Of the plot.
    pub height_px: f64,
}

impl Default for LineChart {
    fn default() -> Self {
        Self {
            name: String::new(),
            note: String::new(),
            x: XAxis::Number {
                word: "Step".to_owned(),
                range: None,
            },
            y: YAxis {
                unit: Unit::Number,
                range: Range::Data,
                log: false,
            },
            lines: Vec::new(),
            threshold: None,
            log_x: false,
            flags: Vec::new(),
            height_px: 96.0,
        }
    }
}

impl LineChart {
    /// The lines that are seen.
    fn seen(&self) -> impl Iterator<Item = &Line> {
        let is_seen = |line: &&Line| line.reading != Reading::Guide;
        self.lines.iter().filter(is_seen)
    }

    fn x_places(&self) -> XPlaces {
        let ranges = self.lines.iter().filter_map(|line| line.points.x_range());
        let data = ranges.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        let slots = data.map_or(0.0, |(_, last)| last + 1.0);
        self.x.places(Needs {
            slots: slots.max(0.0) as usize,
            data,
            log_from: if self.log_x {
                self.first_positive_x()
            } else {
                None
            },
        })
    }

    /// The first x above zero, where an axis of numbers has one: only then can it go by powers of ten.
    pub(crate) fn first_positive_x(&self) -> Option<f64> {
        let firsts = self
            .lines
            .iter()
            .filter_map(|line| line.points.first_positive_x());
        let first = firsts.reduce(f64::min);
        first.filter(|_| matches!(self.x, XAxis::Number { .. }))
    }

    /// Whether any value has a place on an axis by powers of ten.
    pub(crate) fn can_log_y(&self) -> bool {
        self.lines
            .iter()
            .any(|line| line.points.least_positive().is_some())
    }

    /// Where a number on the axis is, as a fraction of the whole.
    fn whole(&self, mark: f64) -> f64 {
        self.x_places().whole(self.x.x_of(mark))
    }

    /// The values that the vertical axis has to hold: of all points, or of those in view.
    fn y_range(&self, points: &Points, view: &View) -> Option<(f64, f64)> {
        if view.is_whole() {
            return points.y_range();
        }
        let xs = self.x_places();
        points.y_range_between(xs.value(view.from), xs.value(view.to))
    }

    fn y_places(&self, view: &View) -> YPlaces {
        let threshold = self.threshold.iter().map(|t| (t.value, t.value));
        let data = self
            .seen()
            .flat_map(|line| [Some(&line.points), line.raw.as_ref()])
            .flatten()
            .filter_map(|points| self.y_range(points, view))
            .chain(threshold)
            .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        self.y.lay_out(self.on_log(data), self.height_px)
    }

    /// A range of values that begins where an axis by powers of ten can; on a linear one as it is.
    fn on_log(&self, data: Option<(f64, f64)>) -> Option<(f64, f64)> {
        let (low, high) = data?;
        if !self.y.log || low > 0.0 {
            return data;
        }
        let least = self
            .lines
            .iter()
            .filter_map(|line| line.points.least_positive());
        let least = least.reduce(f64::min).filter(|least| *least < high);
        Some((least.unwrap_or(low), high))
    }

    /// The line that the pointer and the keys walk: a guide, else the one with most points.
    fn leader(&self) -> Option<&Line> {
        let guide = self
            .lines
            .iter()
            .find(|line| line.reading == Reading::Guide);
        guide.or_else(|| self.longest())
    }

    fn longest(&self) -> Option<&Line> {
        self.lines.iter().rev().max_by_key(|line| line.points.len())
    }

    /// Each line's point at the leader's point.
    fn at(&self, index: usize) -> impl Iterator<Item = (&Line, Option<f64>)> {
        let x = self.leader().and_then(|line| line.points.x(index));
        self.seen().map(move |line| {
            let own = x.and_then(|x| match line.reading {
                Reading::Held => line.points.held(x),
                Reading::Own | Reading::Guide => line.points.at(x, x.abs() * 1e-9 + 1e-9),
            });
            (line, own.and_then(|i| line.points.y(i)))
        })
    }

    /// Each line's value at the leader's point, and what it was before it was smoothed.
    fn rows_at(&self, index: usize) -> Vec<Row> {
        let x = self.leader().and_then(|line| line.points.x(index));
        let rows = self.at(index).flat_map(|(line, value)| {
            let mut row = self.row(line, value);
            let word = x.and_then(|x| line.points.word_at(x));
            if let (None, Some(word)) = (value, word) {
                word.clone_into(&mut row.text);
            }
            let raw = line.raw.as_ref().zip(x).map(|(raw, x)| {
                let own = raw.at(x, x.abs() * 1e-9 + 1e-9);
                Row {
                    label: "unsmoothed".to_owned(),
                    ..self.row(line, own.and_then(|i| raw.y(i)))
                }
            });
            std::iter::once(row).chain(raw)
        });
        rows.collect()
    }

    fn row(&self, line: &Line, value: Option<f64>) -> Row {
        Row {
            label: line.label.clone(),
            ink: line.ink,
            square: line.square,
            text: self.y.unit.show(value.unwrap_or(f64::NAN)),
        }
    }
}

impl Chart for LineChart {
    fn name(&self) -> &str {
        &self.name
    }

    fn note(&self) -> &str {
        &self.note
    }

    fn needs_legend(&self) -> bool {
        let named = |line: &Line| line.end == EndLabel::NameAndValue;
        self.seen().count() > 1 && !self.seen().all(named)
    }

    fn layout(&self, view: &View) -> Layout {
        // Room for the whole too, so that zooming in moves nothing.
        let views = [*view, View::UNKNOWN];
        let ticks: Vec<_> = views.iter().flat_map(|v| self.y_places(v).ticks).collect();
        let edge_to_edge = !matches!(self.x, XAxis::Slots(_));
        let ends = self.lines.iter().any(|line| line.end != EndLabel::None);
        let labels = ticks.iter().map(|tick| tick.label.as_str());
        Layout::around(self.height_px, labels, edge_to_edge && ends)
    }

    fn flags(&self) -> &[Flag] {
        &self.flags
    }

    fn draw<DB: DrawingBackend>(&self, on: &DrawingArea<DB, Shift>, view: &View) -> Drawn<DB> {
        draw::draw(self, &Pen::new(on), view)
    }

    fn place(&self, index: usize, view: &View) -> Option<f64> {
        let x = self.leader()?.points.x(index)?;
        let place = view.place(self.x_places().whole(x));
        View::sees(place).then_some(place)
    }

    fn x_at(&self, place: f64, view: &View) -> f64 {
        self.x.mark_of(self.x_places().value(view.whole(place)))
    }

    fn window(&self, from: f64, to: f64) -> (f64, f64) {
        // What has no place on an axis by powers of ten is where the axis begins.
        let or = |whole: f64, edge: f64| if whole.is_finite() { whole } else { edge };
        (or(self.whole(from), 0.0), or(self.whole(to), 1.0))
    }

    fn nearest(&self, place: f64, view: &View) -> Option<usize> {
        let points = &self.leader()?.points;
        let places = self.x_places();
        let half = 0.5 / view.width_px;
        let at = |place: f64| places.value(view.whole(place));
        points.outstanding(at(place - half), at(place + half))
    }

    fn axis(&self) -> &str {
        self.x.word()
    }

    fn mark(&self, index: usize) -> Option<f64> {
        let x = self.leader()?.points.x(index)?;
        Some(match &self.x {
            XAxis::Slots(slots) => slots.number(x as usize) as f64,
            XAxis::Number { .. } | XAxis::Elapsed { .. } | XAxis::Time { .. } => x,
        })
    }

    fn find(&self, mark: f64) -> Option<usize> {
        let points = &self.leader()?.points;
        match &self.x {
            XAxis::Slots(slots) => points.at(slots.find(mark)? as f64, 0.0),
            XAxis::Number { .. } | XAxis::Elapsed { .. } | XAxis::Time { .. } => {
                points.outstanding(mark, mark)
            }
        }
    }

    fn len(&self) -> usize {
        self.leader().map_or(0, |line| line.points.len())
    }

    fn read_out(&self, index: usize, view: &View) -> Option<ReadOut> {
        let points = &self.leader()?.points;
        let x = points.x(index)?;
        let places = self.x_places();
        let half = 0.5 / view.px(1.0);
        let at = places.whole(x);
        let (from, to) = (places.value(at - half), places.value(at + half));
        let count = |points: &Points| points.count_at(x).unwrap_or(points.between(from, to).len());
        // A guide's own points are those of all lines together.
        let is_guided = self.lines.iter().any(|line| line.reading == Reading::Guide);
        let of = if is_guided {
            self.seen()
                .map(|line| count(&line.points))
                .max()
                .unwrap_or(1)
        } else {
            count(points)
        };
        Some(ReadOut {
            title: self.x.say(x),
            rows: self.rows_at(index),
            of: of.max(1),
            flags: flag::near(&self.flags, view.place(at), view, |mark| self.whole(mark)),
        })
    }

    fn legend(&self, index: Option<usize>) -> Vec<Row> {
        if let Some(index) = index {
            return self.at(index).map(|(l, v)| self.row(l, v)).collect();
        }
        let last = |line: &Line| line.points.last().and_then(|i| line.points.y(i));
        self.seen().map(|l| self.row(l, last(l))).collect()
    }

    fn summary(&self) -> String {
        labels::summary(self) + &flag::say(&self.flags, |mark| self.x.say_mark(mark))
    }

    fn table(&self) -> Table {
        let names = self.seen().map(|line| line.label.clone());
        let headers = std::iter::once(self.x.word().to_owned()).chain(names);
        // Every x that any line has, once.
        let mut xs: Vec<f64> = self
            .seen()
            .flat_map(|line| (0..line.points.len()).filter_map(|i| line.points.x(i)))
            .collect();
        xs.sort_by(f64::total_cmp);
        xs.dedup();
        let row = |x: f64| {
            let values = self.seen().map(move |line| {
                let i = line.points.at(x, 0.0);
                cell(i.and_then(|i| line.points.y(i)))
            });
            std::iter::once(self.x.figure(x)).chain(values).collect()
        };
        Table {
            headers: headers.collect(),
            rows: xs.into_iter().map(row).collect(),
        }
    }
}
