//! One point of a series, and where it lies on each axis.

use loopscope_protocol::SeriesAxis;

/// A point, as its event says it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Point {
    /// The event.
    pub seq: u64,
    /// When, by the producer's clock, in microseconds since the Unix epoch.
    pub at: i64,
    /// The step; NaN where there is none.
    pub step: f64,
    /// The epoch; NaN where there is none.
    pub epoch: f64,
    /// The value; NaN and infinities are values too.
    pub value: f64,
}

/// Two whose values are no numbers are the same all the same.
impl PartialEq for Point {
    fn eq(&self, other: &Self) -> bool {
        let numbers = |point: &Self| [point.step, point.epoch, point.value].map(f64::to_bits);
        (self.seq, self.at, numbers(self)) == (other.seq, other.at, numbers(other))
    }
}

/// The axes whose places are a point's own; on the fourth, its place is how many points came before.
pub(super) const OWN_AXES: [SeriesAxis; 3] =
    [SeriesAxis::Step, SeriesAxis::Epoch, SeriesAxis::Time];

impl Point {
    /// Where it lies, given how many points came before; `None` where it has no place on that axis.
    pub(super) fn place(&self, axis: SeriesAxis, index: u64) -> Option<f64> {
        let place = match axis {
            SeriesAxis::Step => self.step,
            SeriesAxis::Epoch => self.epoch,
            SeriesAxis::Time => self.at as f64 / 1_000.0,
            SeriesAxis::Index => index as f64,
        };
        place.is_finite().then_some(place)
    }
}
