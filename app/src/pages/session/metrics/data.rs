//! A stretch of a series as a chart. In: what the server answered, what came since, how it is looked at. Out: plain
//! chart data. A column becomes its first, smallest, largest and last point, so that no spike is lost on the way.

use loopscope_chart::{Clock, EndLabel, Ink, Line, LineChart, Points, Range, Unit, XAxis, YAxis};
use loopscope_dialects::facts;
use loopscope_event::{Event, Fact};
use loopscope_protocol::{Series, SeriesAxis};

use crate::text::{self, Zone};

/// A point that came while the page watched.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fresh {
    pub seq: u64,
    pub name: String,
    /// On the axes of step, epoch and time; NaN where it has no place.
    places: [f64; 3],
    value: f64,
}

/// How series are looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Look {
    pub axis: SeriesAxis,
    pub zoom: Option<(f64, f64)>,
    pub log: bool,
    pub log_x: bool,
    /// In per cent.
    pub smooth: u32,
    /// The reader's.
    pub zone: Zone,
}

/// The points of some events.
pub(super) fn fresh(events: &[Event]) -> Vec<Fresh> {
    let mut all = Vec::new();
    for event in events {
        for fact in facts(event) {
            let Fact::Metrics(metrics) = fact else {
                continue;
            };
            let places = [
                metrics.step.unwrap_or(f64::NAN),
                metrics.epoch.unwrap_or(f64::NAN),
                event.timestamp.as_micros() as f64 / 1_000.0,
            ];
            all.extend(metrics.points.into_iter().map(|(name, value)| Fresh {
                seq: event.seq.0,
                name,
                places,
                value,
            }));
        }
    }
    all
}

/// A place on the axis, a value, and a word instead of one.
type Dot = (f64, f64, Option<&'static str>);

/// The chart of a series.
pub(super) fn chart(series: &Series, fresh: &[Fresh], look: &Look) -> LineChart {
    let dots = dots(series, fresh, look.axis);
    let mut raw = Points::default();
    for (place, value, word) in &dots {
        match word {
            Some(word) => raw.mark(*place, word),
            // What has no place on the scale is a gap, and no bridge.
            None if look.log && *value <= 0.0 => raw.push(*place, f64::NAN),
            None => raw.push(*place, *value),
        }
    }
    stand_for(series, &mut raw);
    let mut line = Line::new(series.name.clone(), Ink::Series(1), raw);
    if look.smooth > 0 {
        let mut means = means(series, &dots);
        means.retain(|(_, value)| !look.log || *value > 0.0);
        let mut smooth = Points::smoothed(means, f64::from(look.smooth) / 100.0);
        stand_for(series, &mut smooth);
        line.raw = Some(std::mem::replace(&mut line.points, smooth.into()));
    }
    line.end = EndLabel::Value;
    let range = look.zoom;
    let word = |word: &str| XAxis::Number {
        word: word.to_owned(),
        range,
    };
    LineChart {
        name: series.name.clone(),
        note: note(look),
        x: match look.axis {
            SeriesAxis::Step => word("Step"),
            SeriesAxis::Epoch => word("Epoch"),
            SeriesAxis::Index => word("Point"),
            SeriesAxis::Time => XAxis::Time {
                clock: clock(series, fresh, look.zone),
                range,
            },
        },
        y: YAxis {
            unit: Unit::Number,
            range: Range::Data,
            log: look.log,
        },
        lines: vec![line],
        log_x: look.log_x,
        height_px: 136.0,
        ..LineChart::default()
    }
}

/// The clocks of a zone over all that is there of a series.
fn clock(series: &Series, fresh: &[Fresh], zone: Zone) -> Clock {
    let (from, to) = series.range.unwrap_or_default();
    let newest = fresh.iter().map(|point| point.places[2]);
    zone.clock(from, newest.fold(to, f64::max))
}

/// What a reader should know of a series beside its line.
pub(super) fn words(series: &Series, fresh: &[Fresh], look: &Look) -> String {
    let total = series.total + fresh.len() as u64;
    let mut words = vec![text::plural(total, "point")];
    if look.zoom.is_some() {
        words.push(format!("{} in view", text::count(series.points)));
    }
    let mut say = |count: u64, what: &str| {
        if count > 0 {
            words.push(format!("{} {what}", text::count(count)));
        }
    };
    let told = series.non_finite.iter();
    let mut kinds: Vec<(&str, u64)> = Vec::new();
    for mark in told {
        let word = mark.value.word().unwrap_or("NaN");
        match kinds.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += mark.count,
            None => kinds.push((word, mark.count)),
        }
    }
    for (word, count) in kinds {
        say(count, word);
    }
    say(series.out_of_order, "out of order");
    let lacks = match look.axis {
        SeriesAxis::Epoch => "without an epoch",
        _ => "without a step",
    };
    say(series.without_place, lacks);
    if look.log {
        let columns = &series.columns;
        let lowest = if columns.exact {
            &columns.first
        } else {
            &columns.min
        };
        let hidden = lowest.iter().filter(|value| **value <= 0.0).count();
        if hidden > 0 {
            words.push("values of zero and below are not shown on a logarithmic scale".to_owned());
        }
    }
    words.join(" · ")
}

fn note(look: &Look) -> String {
    let mut words = Vec::new();
    if look.log {
        words.push("logarithmic".to_owned());
    }
    if look.log_x && look.axis != SeriesAxis::Time {
        words.push("logarithmic X axis".to_owned());
    }
    if look.smooth > 0 {
        words.push(format!("smoothed {}%", look.smooth));
    }
    words.join(", ")
}

/// Everything that is drawn, in the order of the axis.
fn dots(series: &Series, fresh: &[Fresh], axis: SeriesAxis) -> Vec<Dot> {
    let columns = &series.columns;
    let mut dots: Vec<Dot> = Vec::with_capacity(columns.at.len() * 4 + fresh.len() + 2);
    let mut put = |place: f64, value: f64| dots.push((place, value, None));
    if let Some((place, value)) = series.before {
        put(place, value);
    }
    let pairs = [
        (&columns.at, &columns.first),
        (&columns.min_at, &columns.min),
        (&columns.max_at, &columns.max),
        (&columns.last_at, &columns.last),
    ];
    let parts = if columns.exact { 1 } else { pairs.len() };
    for n in 0..columns.at.len() {
        for (places, values) in &pairs[..parts] {
            if let (Some(place), Some(value)) = (places.get(n), values.get(n)) {
                put(*place, *value);
            }
        }
    }
    if let Some((place, value)) = series.after {
        put(place, value);
    }
    for mark in &series.non_finite {
        dots.push((mark.at, f64::NAN, mark.value.word()));
    }
    for (n, point) in fresh.iter().enumerate() {
        let place = point.place(axis, series.total + n as u64);
        let word = loopscope_protocol::Number(point.value).word();
        dots.push((place, point.value, word));
    }
    dots.retain(|(place, ..)| place.is_finite());
    // Stable: what came first in one place stays first.
    dots.sort_by(|a, b| a.0.total_cmp(&b.0));
    dots.dedup();
    dots
}

impl Fresh {
    fn place(&self, axis: SeriesAxis, index: u64) -> f64 {
        match axis {
            SeriesAxis::Step => self.places[0],
            SeriesAxis::Epoch => self.places[1],
            SeriesAxis::Time => self.places[2],
            SeriesAxis::Index => index as f64,
        }
    }
}

/// Where a few points stand for many, the read-out says for how many.
fn stand_for(series: &Series, points: &mut Points) {
    let columns = &series.columns;
    if columns.exact {
        return;
    }
    let spans = columns.at.iter().zip(&columns.last_at).zip(&columns.count);
    for ((from, to), count) in spans {
        points.stand_for(*from, *to, *count);
    }
}

/// What is smoothed: the mean of each column, each point where they are shown one by one.
fn means(series: &Series, dots: &[Dot]) -> Vec<(f64, f64)> {
    let columns = &series.columns;
    let last = columns.last_at.last().copied();
    let means = columns
        .last_at
        .iter()
        .copied()
        .zip(columns.mean.iter().copied());
    let single = dots.iter().filter(|(place, _, word)| {
        word.is_none() && (columns.exact || last.is_none_or(|last| *place > last))
    });
    means
        .chain(single.map(|(place, value, _)| (*place, *value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use loopscope_chart::{Chart as _, View};
    use loopscope_protocol::{Columns, NonFinite, Number};

    use super::*;

    fn series() -> Series {
        Series {
            name: "loss".to_owned(),
            total: 2_000,
            points: 2_000,
            out_of_order: 1,
            range: Some((0.0, 1_999.0)),
            columns: Columns {
                exact: false,
                at: vec![0.0, 1_000.0],
                first: vec![5.0, 1.0],
                last_at: vec![999.0, 1_999.0],
                last: vec![1.0, 0.5],
                min: vec![-40.0, 0.5],
                min_at: vec![700.0, 1_999.0],
                max: vec![5.0, 1.0],
                max_at: vec![0.0, 1_000.0],
                mean: vec![2.0, 0.7],
                count: vec![1_000, 999],
            },
            non_finite: vec![NonFinite {
                at: 1_500.0,
                value: Number(f64::NAN),
                count: 1,
            }],
            ..Series::default()
        }
    }

    #[test]
    fn a_spike_and_a_word_come_through() {
        let look = Look::default();
        let chart = chart(&series(), &[], &look);
        let view = View::of_width(500.0, 1.0);
        let read = |place: f64| {
            let index = chart.nearest(place, &view).unwrap();
            chart.read_out(index, &view).unwrap()
        };
        let spike = read(700.0 / 1_999.0);
        assert_eq!((spike.rows[0].text.as_str(), spike.of), ("-40", 1_000));
        assert_eq!(read(1_500.0 / 1_999.0).rows[0].text, "NaN");
        assert_eq!(
            words(&series(), &[], &look),
            "2,000 points · 1 NaN · 1 out of order"
        );
    }

    #[test]
    fn smoothing_keeps_the_raw_line_and_starts_at_the_first_value() {
        let look = Look {
            smooth: 90,
            ..Look::default()
        };
        let chart = chart(&series(), &[], &look);
        let line = &chart.lines[0];
        assert_eq!(line.points.y(0), Some(2.0));
        assert_eq!(
            line.raw.as_ref().and_then(|raw| raw.y_range()),
            Some((-40.0, 5.0))
        );
        assert_eq!(chart.note, "smoothed 90%");
    }

    #[test]
    fn what_comes_is_appended_where_it_belongs() {
        let point = |step: f64, value: f64| Fresh {
            seq: 9,
            name: "loss".to_owned(),
            places: [step, f64::NAN, 0.0],
            value,
        };
        let fresh = [point(2_000.0, 7.0), point(f64::NAN, 8.0), point(500.0, 9.0)];
        let on = |axis| {
            let look = Look {
                axis,
                ..Look::default()
            };
            chart(&series(), &fresh, &look)
        };
        let by_step = on(SeriesAxis::Step);
        let points = &by_step.lines[0].points;
        assert_eq!(points.last().and_then(|i| points.y(i)), Some(7.0));
        assert_eq!(points.y_range(), Some((-40.0, 9.0)));
        let by_index = on(SeriesAxis::Index);
        assert_eq!(by_index.lines[0].points.x_range(), Some((0.0, 2_002.0)));
    }
}
