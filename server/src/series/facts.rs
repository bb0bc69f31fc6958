//! The points that an event holds. In: an event. Out: names and points; most events have none.

use loopscope_event::{Event, Fact};

use super::point::Point;

/// Every point that an event holds, by its metric's name.
pub(super) fn points(event: &Event) -> Vec<(String, Point)> {
    let mut points = Vec::new();
    if !loopscope_dialects::may_measure(event) {
        return points;
    }
    for fact in loopscope_dialects::facts(event) {
        let Fact::Metrics(metrics) = fact else {
            continue;
        };
        let place =
            |place: Option<f64>| place.filter(|place| place.is_finite()).unwrap_or(f64::NAN);
        let (step, epoch) = (place(metrics.step), place(metrics.epoch));
        points.extend(metrics.points.into_iter().map(|(name, value)| {
            let point = Point {
                seq: event.seq.0,
                at: event.timestamp.as_micros(),
                step,
                epoch,
                value,
            };
            (name, point)
        }));
    }
    points
}
