//! What is known of all points of a metric. In: point after point. Out: its row in the list of metrics.

use loopscope_event::{Seq, Timestamp};
use loopscope_protocol::{MetricRow, Number, SeriesAxis};

use super::bytes::{In, Out};
use super::point::{OWN_AXES, Point};

/// See the module.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Total {
    pub count: u64,
    pub non_finite: u64,
    min: f64,
    max: f64,
    last: Point,
    /// On the axes of [`OWN_AXES`].
    spans: [Span; 3],
}

/// How the points lie on an axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Span {
    /// How many have a place.
    pub count: u64,
    /// How many have a place before one that came earlier.
    pub out_of_order: u64,
    /// The lowest place and the highest.
    pub range: Option<(f64, f64)>,
}

impl Total {
    pub(super) const NONE: Self = Self {
        count: 0,
        non_finite: 0,
        min: f64::INFINITY,
        max: f64::NEG_INFINITY,
        last: Point {
            seq: 0,
            at: 0,
            step: f64::NAN,
            epoch: f64::NAN,
            value: f64::NAN,
        },
        spans: [Span {
            count: 0,
            out_of_order: 0,
            range: None,
        }; 3],
    };

    /// Of some of the points only: how many, and from where to where on the axes of [`OWN_AXES`]. How many of them have
    /// no place or lie out of order is not known.
    pub(super) fn of_part(count: u64, ranges: [Option<(f64, f64)>; 3]) -> Self {
        let span = |range: Option<(f64, f64)>| Span {
            count: if range.is_some() { count } else { 0 },
            out_of_order: 0,
            range,
        };
        Self {
            count,
            spans: ranges.map(span),
            ..Self::NONE
        }
    }

    /// Whether none of its points is of a later event.
    pub(super) fn is_of_no_later(&self, upto: Seq) -> bool {
        self.last.seq <= upto.0
    }

    /// Takes in the next point.
    pub(super) fn add(&mut self, point: Point) {
        for (span, axis) in self.spans.iter_mut().zip(OWN_AXES) {
            let Some(place) = point.place(axis, self.count) else {
                continue;
            };
            let (low, high) = span.range.unwrap_or((place, place));
            span.count += 1;
            span.out_of_order += u64::from(place < high);
            span.range = Some((low.min(place), high.max(place)));
        }
        self.count += 1;
        if point.value.is_finite() {
            self.min = self.min.min(point.value);
            self.max = self.max.max(point.value);
        } else {
            self.non_finite += 1;
        }
        self.last = point;
    }

    /// How all points lie on an axis.
    pub(super) fn span(&self, axis: SeriesAxis) -> Span {
        match OWN_AXES.iter().position(|own| *own == axis) {
            Some(own) => self.spans[own],
            None => Span {
                count: self.count,
                out_of_order: 0,
                range: self.count.checked_sub(1).map(|last| (0.0, last as f64)),
            },
        }
    }

    /// The row of its metric.
    pub(super) fn row(&self, name: &str) -> MetricRow {
        let has_finite = self.count > self.non_finite;
        let place = |axis| self.last.place(axis, 0);
        MetricRow {
            name: name.to_owned(),
            count: self.count,
            non_finite: self.non_finite,
            out_of_order: self.span(SeriesAxis::Step).out_of_order,
            last: Number(self.last.value),
            last_at: Timestamp::from_micros(self.last.at),
            last_step: place(SeriesAxis::Step),
            last_epoch: place(SeriesAxis::Epoch),
            min: has_finite.then_some(self.min),
            max: has_finite.then_some(self.max),
            axes: SeriesAxis::ALL
                .into_iter()
                .filter(|axis| self.span(*axis).count > 0)
                .collect(),
        }
    }

    /// As bytes.
    pub(super) fn write(&self) -> Vec<u8> {
        let mut out = Out::default();
        out.unsigned(self.count);
        out.unsigned(self.non_finite);
        out.unsigned(self.last.seq);
        out.signed(self.last.at);
        let last = [self.last.step, self.last.epoch, self.last.value];
        for value in [self.min, self.max].into_iter().chain(last) {
            out.float(value);
        }
        for span in &self.spans {
            out.unsigned(span.count);
            out.unsigned(span.out_of_order);
            let (low, high) = span.range.unwrap_or((f64::NAN, f64::NAN));
            out.float(low);
            out.float(high);
        }
        out.0
    }

    /// From bytes; `None` where they are not what [`write`](Self::write) wrote.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let mut bytes = In(bytes);
        let mut total = Self {
            count: bytes.unsigned()?,
            non_finite: bytes.unsigned()?,
            ..Self::NONE
        };
        total.last.seq = bytes.unsigned()?;
        total.last.at = bytes.signed()?;
        total.min = bytes.float()?;
        total.max = bytes.float()?;
        total.last.step = bytes.float()?;
        total.last.epoch = bytes.float()?;
        total.last.value = bytes.float()?;
        for span in &mut total.spans {
            span.count = bytes.unsigned()?;
            span.out_of_order = bytes.unsigned()?;
            let range = (bytes.float()?, bytes.float()?);
            span.range = (!range.0.is_nan()).then_some(range);
        }
        Some(total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_total_comes_back_as_it_was() {
        let mut total = Total::NONE;
        for (step, value) in [
            (5.0, 1.0),
            (3.0, f64::NAN),
            (f64::NAN, -2.0),
            (4.0, f64::INFINITY),
        ] {
            total.add(Point {
                seq: 7,
                at: 1_000,
                step,
                epoch: f64::NAN,
                value,
            });
        }
        assert_eq!(Total::read(&total.write()), Some(total));
        let row = total.row("loss");
        assert_eq!((row.count, row.non_finite, row.out_of_order), (4, 2, 2));
        assert_eq!(
            (row.min, row.max, row.last_step),
            (Some(-2.0), Some(1.0), Some(4.0))
        );
        assert_eq!(
            row.axes,
            [SeriesAxis::Step, SeriesAxis::Time, SeriesAxis::Index]
        );
        assert_eq!(total.span(SeriesAxis::Step).range, Some((3.0, 5.0)));
    }
}
