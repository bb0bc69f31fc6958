//! Drawing lines: grid, areas, lines, points, and then the texts, so that these lie on top.

use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use super::{Line, LineChart, labels};
use crate::axis::{XPlaces, YPlaces};
use crate::flag;
use crate::ink::Ink;
use crate::key::{Dash, Key};
use crate::measure::{TEXT_PX, width_px};
use crate::pen::{At, Drawn, Pen};
use crate::points::Points;
use crate::view::View;

const LINE_PX: f64 = 1.75;
const RAW_PX: f64 = 1.0;
const DOT_PX: f64 = 3.5;
const MARK_PX: f64 = 3.0;
/// Points nearer to each other than this are not marked one by one.
const DOT_PITCH_PX: f64 = 12.0;

pub(super) fn draw<DB: DrawingBackend>(
    chart: &LineChart,
    pen: &Pen<'_, DB>,
    view: &View,
) -> Drawn<DB> {
    let (xs, ys) = (chart.x_places(), chart.y_places(view));
    let plot = Plot { xs, ys: &ys, view };
    ys.draw_grid(pen)?;
    let threshold = chart
        .threshold
        .as_ref()
        .and_then(|threshold| Some((threshold, ys.px(threshold.value)?)));
    if let Some((_, y)) = threshold {
        let key = Key {
            dash: Dash::Threshold,
            ..Key::mark(Ink::Text3)
        };
        pen.line(&[(0.0, y), (1.0, y)], key, 1.0, 1.0)?;
    }
    for line in chart.seen() {
        plot.line(line, chart.height_px, pen)?;
    }
    ys.draw_labels(pen)?;
    chart.x.draw(pen, &xs, view, chart.height_px)?;
    if let Some((threshold, y)) = threshold {
        // Above its line, or below it where there is no room.
        let y = if y < 20.0 { y + 10.0 } else { y - 8.0 };
        pen.text(
            &threshold.label,
            (0.0, y),
            HPos::Left,
            Key::mark(Ink::Text3),
        )?;
    }
    labels::draw_ends(chart, pen, view, &xs, &ys, threshold.map(|(_, y)| y))?;
    labels::draw_letters(chart, pen, view, &xs, &ys)?;
    flag::draw(pen, &chart.flags, view, chart.height_px, |mark| {
        xs.whole(chart.x.x_of(mark))
    })
}

struct Plot<'a> {
    xs: XPlaces,
    ys: &'a YPlaces,
    view: &'a View,
}

impl Plot<'_> {
    fn line<DB: DrawingBackend>(
        &self,
        line: &Line,
        height_px: f64,
        pen: &Pen<'_, DB>,
    ) -> Drawn<DB> {
        if let Some(raw) = &line.raw {
            for run in self.runs(raw) {
                pen.line(&run, Key::mark(line.ink), RAW_PX, 0.45)?;
            }
        }
        let key = Key {
            dash: line.dash,
            square: line.square,
            ..Key::mark(line.ink)
        };
        let runs = self.runs(&line.points);
        if line.area {
            let floor = self.ys.px(0.0).unwrap_or(height_px).clamp(0.0, height_px);
            for run in runs.iter().filter(|run| run.len() > 1) {
                pen.area(run, floor, line.ink, 0.1)?;
            }
        }
        for run in &runs {
            pen.line(run, key, LINE_PX, 1.0)?;
        }
        self.marks(line, height_px, pen)?;
        pen.dots(
            &self.dots(line, &runs),
            Key {
                dash: Dash::Solid,
                ..key
            },
            DOT_PX,
        )
    }

    /// What is no number, at the edge that it lies beyond, with its word where there is room.
    fn marks<DB: DrawingBackend>(
        &self,
        line: &Line,
        height_px: f64,
        pen: &Pen<'_, DB>,
    ) -> Drawn<DB> {
        let key = Key {
            readable: true,
            ..Key::mark(Ink::Bad)
        };
        let mut free_from = f64::NEG_INFINITY;
        for (x, word) in line.points.marks() {
            let at = self.view.place(self.xs.whole(*x));
            if !View::sees(at) {
                continue;
            }
            let (y, text_y) = match *word {
                "Infinity" => (0.0, 12.0),
                _ => (height_px, height_px - 12.0),
            };
            pen.dots(&[(at, y)], Key::mark(Ink::Bad), MARK_PX)?;
            let half = (width_px(word, TEXT_PX) / 2.0 + 2.0) / self.view.width_px;
            if at - half >= free_from {
                let middle = at.clamp(half.min(0.5), (1.0 - half).max(0.5));
                pen.text(word, (middle, text_y), HPos::Center, key)?;
                free_from = at + half;
            }
        }
        Ok(())
    }

    /// What of a line is in view, in runs without a gap, cut off at the window's edges.
    fn runs(&self, points: &Points) -> Vec<Vec<At>> {
        let from = self.xs.value(self.view.from);
        let to = self.xs.value(self.view.to);
        let inside = points.between(from, to);
        // One more on either side, for the line to leave the window.
        let stretch = inside.start.saturating_sub(1)..(inside.end + 1).min(points.len());
        points
            .runs(stretch, self.view.columns)
            .into_iter()
            .flat_map(|run| {
                let at: Vec<_> = run.into_iter().map(|i| self.at(points, i)).collect();
                // What has no place on an axis is a gap, and no bridge.
                at.split(Option::is_none)
                    .map(|part| clip(part.iter().copied().flatten().collect()))
                    .collect::<Vec<_>>()
            })
            .filter(|run: &Vec<At>| !run.is_empty())
            .collect()
    }

    fn at(&self, points: &Points, index: usize) -> Option<At> {
        let x = self.view.place(self.xs.whole(points.x(index)?));
        let y = self.ys.px(points.y(index)?)?;
        // What is not above zero has no place on an axis by powers of ten.
        x.is_finite().then_some((x, y))
    }

    /// Every point where there is room for them; else those without a neighbour, and the last one.
    fn dots(&self, line: &Line, runs: &[Vec<At>]) -> Vec<At> {
        let seen: usize = runs.iter().map(Vec::len).sum();
        let pitch_px = self.view.width_px / seen.max(1) as f64;
        let crowded = match self.xs {
            XPlaces::Slots(count) => self.view.px(1.0 / count as f64) < DOT_PITCH_PX,
            XPlaces::Line(_) => pitch_px < DOT_PITCH_PX * 2.0,
        };
        // Where a line is cut off at the edge of a window there is no point.
        let is_within = |x: f64| self.view.is_whole() || (x > 0.0 && x < 1.0);
        let inside = |at: &&At| View::sees(at.0) && is_within(at.0);
        if !crowded {
            return runs.iter().flatten().filter(inside).copied().collect();
        }
        let last = line.points.last().and_then(|i| self.at(&line.points, i));
        let alone = runs.iter().filter(|run| run.len() == 1).flatten().copied();
        let mut dots: Vec<At> = alone.filter(|at| inside(&at)).collect();
        if let Some(last) = last.filter(|at| inside(&at) && dots.last() != Some(at)) {
            dots.push(last);
        }
        dots
    }
}

/// Cuts a run off at the plot's left and right edge. Only its ends can lie outside.
fn clip(mut run: Vec<At>) -> Vec<At> {
    let cut = |out: At, inside: At, edge: f64| {
        let share = (edge - out.0) / (inside.0 - out.0);
        (edge, out.1 + share * (inside.1 - out.1))
    };
    if let [first, second, ..] = run[..]
        && first.0 < 0.0
        && second.0 > first.0
    {
        run[0] = cut(first, second, 0.0);
    }
    if let [.., before, last] = run[..]
        && last.0 > 1.0
        && before.0 < last.0
    {
        let end = run.len() - 1;
        run[end] = cut(last, before, 1.0);
    }
    run
}
