//! Where a chart is drawn and which part of it is looked at. In: the width, as far as it is known, and a
//! window. Out: the places of things, shared by drawing and by pointing at them.

/// What is looked at, and how finely.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Width of the plot in CSS pixels. Labels that do not fit in it are left out.
    pub width_px: f64,
    /// Device pixels across the plot: a longer series is drawn by its extremes, column by column.
    pub columns: usize,
    /// The window's left edge, as a fraction of the whole.
    pub from: f64,
    /// Its right edge.
    pub to: f64,
}

impl View {
    /// The whole, at a width that the server cannot know: what fits a narrow panel, fine enough for a wide one.
    pub const UNKNOWN: Self = Self {
        width_px: 220.0,
        columns: 400,
        from: 0.0,
        to: 1.0,
    };

    /// The whole, at a width in CSS pixels and a device pixel ratio.
    pub fn of_width(width_px: f64, ratio: f64) -> Self {
        let width_px = width_px.clamp(1.0, 100_000.0);
        Self {
            width_px,
            columns: (width_px * ratio.clamp(0.25, 8.0)).ceil() as usize,
            ..Self::UNKNOWN
        }
    }

    /// The same width, looking at a part, which may lie beyond the whole: other charts of a page have more of the same
    /// axis. Edges in the wrong order, nearer than a billionth, or no numbers show the whole.
    #[must_use]
    pub fn window(self, from: f64, to: f64) -> Self {
        let from = from.clamp(-1e6, 1e6);
        let to = to.clamp(-1e6, 1e6);
        let (from, to) = if to - from >= 1e-9 {
            (from, to)
        } else {
            (0.0, 1.0)
        };
        Self { from, to, ..self }
    }

    /// A stretch of the plot, moved so that it lies within the whole; `None` where it is at least as wide.
    pub fn within(&self, from: f64, to: f64) -> Option<(f64, f64)> {
        let (from, to) = (self.whole(from), self.whole(to));
        let span = to - from;
        if !(span.is_finite() && span > 0.0 && span < 1.0 - 1e-6) {
            return None;
        }
        let from = from.clamp(0.0, 1.0 - span);
        Some((self.place(from), self.place(from + span)))
    }

    /// Whether all of it is looked at.
    pub(crate) fn is_whole(&self) -> bool {
        self.from <= 0.0 && self.to >= 1.0
    }

    /// From a fraction of the whole to a fraction of the plot.
    pub(crate) fn place(&self, whole: f64) -> f64 {
        (whole - self.from) / (self.to - self.from)
    }

    /// From a fraction of the plot to a fraction of the whole.
    pub(crate) fn whole(&self, place: f64) -> f64 {
        self.from + place * (self.to - self.from)
    }

    /// How wide a fraction of the whole is, in pixels.
    pub(crate) fn px(&self, whole: f64) -> f64 {
        whole / (self.to - self.from) * self.width_px
    }

    /// Whether a place in the plot can be seen.
    pub(crate) fn sees(place: f64) -> bool {
        (-1e-9..=1.0 + 1e-9).contains(&place)
    }
}

/// Room around the plot for its labels, in CSS pixels; `style/chart.css` keeps the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Margin {
    /// For the values at the left: one of 28, 36, 48.
    pub left: f64,
    /// For the names at the ends of lines: 8 or 48.
    pub right: f64,
    /// For the figures on top.
    pub top: f64,
    /// For the names below.
    pub bottom: f64,
}

/// The sizes of a chart, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layout {
    /// Around the plot.
    pub margin: Margin,
    /// Of the plot alone.
    pub height_px: f64,
}

impl Layout {
    /// Nothing but the plot.
    pub fn bare(height_px: f64) -> Self {
        let margin = Margin {
            left: 0.0,
            right: 0.0,
            top: 0.0,
            bottom: 0.0,
        };
        Self { margin, height_px }
    }

    /// A plot with values at its left, as wide as the widest of these, and names below.
    pub(crate) fn around<'a>(
        height_px: f64,
        labels: impl IntoIterator<Item = &'a str>,
        end_labels: bool,
    ) -> Self {
        let widest = labels
            .into_iter()
            .map(|label| crate::measure::width_px(label, crate::measure::TEXT_PX))
            .fold(0.0, f64::max);
        let left = match widest {
            w if w <= 24.0 => 28.0,
            w if w <= 32.0 => 36.0,
            _ => 48.0,
        };
        let margin = Margin {
            left,
            right: if end_labels { 48.0 } else { 8.0 },
            top: 10.0,
            bottom: 22.0,
        };
        Self { margin, height_px }
    }

    /// The chart's whole height.
    pub fn outer_height_px(&self) -> f64 {
        self.margin.top + self.height_px + self.margin.bottom
    }

    /// The CSS classes that give a plot these margins.
    pub fn class(&self) -> &'static str {
        match (self.margin.left as i32, self.margin.right as i32) {
            (0, _) => "plot bare",
            (..=28, ..=8) => "plot",
            (..=28, _) => "plot end",
            (..=36, ..=8) => "plot wide",
            (..=36, _) => "plot wide end",
            (_, ..=8) => "plot wider",
            (_, _) => "plot wider end",
        }
    }
}
