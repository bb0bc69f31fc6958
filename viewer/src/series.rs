//! Metric series from the points themselves. In: a query. Out: what `…/metrics` and `…/series` answer.

use std::collections::BTreeMap;

use loopscope_event::Timestamp;
use loopscope_protocol::{
    ApiError, Columns, MetricRow, MetricsAnswer, NonFinite, Number, SERIES_COLUMNS, Series,
    SeriesAnswer, SeriesAxis, SeriesQuery,
};

use crate::book::Metric;
use crate::shelf::Held;

/// Every metric of a session, by name.
pub(crate) fn metrics(held: &Held) -> MetricsAnswer {
    let mut metrics: Vec<MetricRow> = held.book.metrics.iter().map(row).collect();
    metrics.sort_by(|a, b| a.name.cmp(&b.name));
    MetricsAnswer {
        metrics,
        left_out: held.book.left_out,
        seq: held.last(),
    }
}

fn row(metric: &Metric) -> MetricRow {
    let points = &metric.points;
    let finite = points
        .iter()
        .map(|point| point.value)
        .filter(|value| value.is_finite());
    let last = points.last();
    let own = |place: f64| place.is_finite().then_some(place);
    let has = |axis: &SeriesAxis| {
        let mut places = points.iter().enumerate();
        places.any(|(index, point)| point.place(*axis, index).is_some())
    };
    MetricRow {
        name: metric.name.clone(),
        count: points.len() as u64,
        non_finite: points
            .iter()
            .filter(|point| !point.value.is_finite())
            .count() as u64,
        out_of_order: out_of_order(metric, SeriesAxis::Step),
        last: Number(last.map_or(f64::NAN, |point| point.value)),
        last_at: Timestamp::from_micros(last.map_or(0, |point| point.at)),
        last_step: last.and_then(|point| own(point.step)),
        last_epoch: last.and_then(|point| own(point.epoch)),
        min: finite.clone().reduce(f64::min),
        max: finite.reduce(f64::max),
        axes: SeriesAxis::ALL.into_iter().filter(has).collect(),
    }
}

/// How many points have a place before one that came earlier.
fn out_of_order(metric: &Metric, axis: SeriesAxis) -> u64 {
    let places = metric.points.iter().enumerate();
    let places = places.filter_map(|(index, point)| point.place(axis, index));
    let mut most = f64::NEG_INFINITY;
    let mut count = 0;
    for place in places {
        count += u64::from(place < most);
        most = most.max(place);
    }
    count
}

/// Stretches of series.
pub(crate) fn stretches(held: &Held, query: &SeriesQuery) -> Result<SeriesAnswer, ApiError> {
    if query.names.is_empty() {
        return Err(ApiError::field("name", "name the metrics"));
    }
    let series = query.names.iter().map(|name| match held.book.find(name) {
        Some(metric) => stretch(metric, query),
        None => Series {
            name: name.clone(),
            ..Series::default()
        },
    });
    Ok(SeriesAnswer {
        axis: query.axis,
        seq: held.last(),
        series: series.collect(),
    })
}

/// A finite point: its place, its value, and how many came before.
type Placed = (f64, f64, usize);

fn stretch(metric: &Metric, query: &SeriesQuery) -> Series {
    let points = metric.points.iter().enumerate();
    let mut placed: Vec<Placed> = points
        .filter_map(|(index, point)| Some((point.place(query.axis, index)?, point.value, index)))
        .collect();
    let mut series = Series {
        name: metric.name.clone(),
        total: metric.points.len() as u64,
        without_place: (metric.points.len() - placed.len()) as u64,
        out_of_order: out_of_order(metric, query.axis),
        ..Series::default()
    };
    placed.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
    let (Some(first), Some(last)) = (placed.first(), placed.last()) else {
        return series;
    };
    series.range = Some((first.0, last.0));
    let (from, to) = (query.from.unwrap_or(first.0), query.to.unwrap_or(last.0));
    let begin = placed.partition_point(|(place, ..)| *place < from);
    let end = placed
        .partition_point(|(place, ..)| *place <= to)
        .max(begin);
    let seen = &placed[begin..end];
    let is_finite = |point: &&Placed| point.1.is_finite();
    let pair = |point: &Placed| (point.0, point.1);
    series.before = placed[..begin].iter().rev().find(is_finite).map(pair);
    series.after = placed[end..].iter().find(is_finite).map(pair);
    series.points = seen.len() as u64;
    let columns = match query.columns {
        0 => SERIES_COLUMNS,
        columns => columns,
    };
    let grid = Grid {
        from,
        to,
        columns: columns as usize,
    };
    series.non_finite = non_finite(seen, &grid);
    let finite: Vec<&Placed> = seen.iter().filter(is_finite).collect();
    series.columns = if finite.len() <= grid.columns * 2 {
        one_by_one(&finite)
    } else {
        gathered(&finite, &grid)
    };
    series
}

struct Grid {
    from: f64,
    to: f64,
    columns: usize,
}

impl Grid {
    fn column(&self, place: f64) -> usize {
        let share = (place - self.from) / (self.to - self.from);
        // The last place belongs to the last column; in a stretch of one place there is one column.
        ((share * self.columns as f64) as usize).min(self.columns - 1)
    }
}

fn non_finite(seen: &[Placed], grid: &Grid) -> Vec<NonFinite> {
    let mut marks: BTreeMap<(usize, u8), NonFinite> = BTreeMap::new();
    for (place, value, _) in seen.iter().filter(|point| !point.1.is_finite()) {
        let kind = u8::from(value.is_infinite()) + u8::from(*value == f64::NEG_INFINITY);
        let mark = marks.entry((grid.column(*place), kind));
        let mark = mark.or_insert_with(|| NonFinite {
            at: *place,
            value: Number(*value),
            count: 0,
        });
        mark.count += 1;
    }
    marks.into_values().collect()
}

fn one_by_one(finite: &[&Placed]) -> Columns {
    Columns {
        exact: true,
        at: finite.iter().map(|point| point.0).collect(),
        first: finite.iter().map(|point| point.1).collect(),
        count: vec![1; finite.len()],
        ..Columns::default()
    }
}

fn gathered(finite: &[&Placed], grid: &Grid) -> Columns {
    let mut columns = Columns::default();
    for run in finite.chunk_by(|a, b| grid.column(a.0) == grid.column(b.0)) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            continue;
        };
        // Of equal values the first that came counts.
        let min = run
            .iter()
            .copied()
            .reduce(|a, b| if b.1 < a.1 { b } else { a });
        let max = run
            .iter()
            .copied()
            .reduce(|a, b| if b.1 > a.1 { b } else { a });
        let (min, max) = (min.unwrap_or(first), max.unwrap_or(first));
        columns.at.push(first.0);
        columns.first.push(first.1);
        columns.last_at.push(last.0);
        columns.last.push(last.1);
        columns.min_at.push(min.0);
        columns.min.push(min.1);
        columns.max_at.push(max.0);
        columns.max.push(max.1);
        let sum: f64 = run.iter().map(|point| point.1 / run.len() as f64).sum();
        columns.mean.push(sum);
        columns.count.push(run.len() as u64);
    }
    columns
}
