//! What a chart of lines is made of: its lines, how they end and are read, and a value to reach.

use std::sync::Arc;

use crate::ink::Ink;
use crate::key::Dash;
use crate::points::Points;

/// What is written at the end of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndLabel {
    /// Nothing.
    None,
    /// Its last value.
    Value,
    /// Its name and last value.
    NameAndValue,
    /// Its name in a box, on the end itself: a letter, where several runs are compared.
    Letter,
}

/// What is read of a line where another one has a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reading {
    /// Its own point there, or nothing.
    #[default]
    Own,
    /// Its newest point up to there, as long as it goes on: for lines whose points do not lie one above the other.
    Held,
    /// Nothing, and nothing is drawn of it: the pointer and the keys walk its points.
    Guide,
}

/// One line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// Its name.
    pub label: String,
    /// Its ink.
    pub ink: Ink,
    /// Its points; shared, so that a chart is cheap to copy.
    pub points: Arc<Points>,
    /// The unsmoothed points, drawn faintly under it.
    pub raw: Option<Arc<Points>>,
    /// How it is broken.
    pub dash: Dash,
    /// Whether the area under it is tinted.
    pub area: bool,
    /// Whether its points are marked by squares instead of circles.
    pub square: bool,
    /// What is written at its end.
    pub end: EndLabel,
    /// What is read of it where another line has a point.
    pub reading: Reading,
}

impl Line {
    /// A solid line, its last value at its end.
    pub fn new(label: impl Into<String>, ink: Ink, points: Points) -> Self {
        Self {
            label: label.into(),
            ink,
            points: Arc::new(points),
            raw: None,
            dash: Dash::Solid,
            area: false,
            square: false,
            end: EndLabel::Value,
            reading: Reading::Own,
        }
    }

    /// A guide along all points of some lines: with it the pointer reaches every one of them.
    pub fn guide<'a>(lines: impl IntoIterator<Item = &'a Self>) -> Self {
        let points = lines.into_iter().map(|line| &line.points);
        let xs = points.flat_map(|points| (0..points.len()).filter_map(|i| points.x(i)));
        let mut xs: Vec<f64> = xs.collect();
        xs.sort_by(f64::total_cmp);
        xs.dedup();
        Self {
            end: EndLabel::None,
            reading: Reading::Guide,
            ..Self::new(
                "",
                Ink::Text3,
                Points::new(xs.into_iter().map(|x| (x, 0.0))),
            )
        }
    }
}

impl Line {
    /// Smooths it; the raw points stay beneath. What is smoothed already stays as it is.
    pub(crate) fn smooth(&mut self, weight: f64) {
        if self.raw.is_some() {
            return;
        }
        let mut smooth = Points::smoothed(self.points.pairs(), weight);
        smooth.stand_like(&self.points);
        self.raw = Some(std::mem::replace(&mut self.points, Arc::new(smooth)));
    }
}

/// A value to reach.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// In the unit of the vertical axis.
    pub value: f64,
    /// What it means: `done at 95%`.
    pub label: String,
}
