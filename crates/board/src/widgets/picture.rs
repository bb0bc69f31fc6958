//! What a widget shows, as plain series: what a page draws, and what a script reads. In: a fold and its plan. Out: a
//! [`Picture`], and the same in the shape of the contract's `render()`.

use loopscope_event::Timestamp;
use loopscope_protocol::{WidgetAggregate, WidgetChart, WidgetUnit};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::fold::{Bucket, Cell, OTHER, WidgetFold, together};
use super::plan::{Over, Plan};

/// What a widget shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// What stands over it.
    pub title: String,
    /// How it is drawn.
    pub chart: WidgetChart,
    /// What values count.
    #[serde(default)]
    pub unit: WidgetUnit,
    /// What the horizontal axis counts.
    pub axis: PictureAxis,
    /// What it is called.
    pub x: String,
    /// What the vertical axis is called.
    pub y: String,
    /// From one place to the next, on the axis.
    pub stride: f64,
    /// The lines or parts, in the order in which they came.
    pub series: Vec<PictureSeries>,
    /// Of an axis of names: a point's x is a place in them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<String>,
    /// All values as one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<f64>,
    /// How many values were no finite numbers; they are in no sum.
    #[serde(default)]
    pub not_finite: u64,
    /// When the first value came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
}

/// What a horizontal axis counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PictureAxis {
    /// Milliseconds since the epoch.
    Time,
    /// Numbers.
    Number,
    /// Names.
    Names,
}

/// A line, or a part of bars.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PictureSeries {
    /// Its name; empty where there is only one.
    pub label: String,
    /// Points in rising x; a gap has no y.
    pub points: Vec<(f64, Option<f64>)>,
}

impl WidgetFold {
    /// What it shows.
    pub fn picture(&self, plan: &Plan) -> Picture {
        let width = self.width(plan);
        let (axis, names, series) = match plan.over {
            Over::Group => self.named(plan),
            Over::Time => (PictureAxis::Time, Vec::new(), self.series(plan, width)),
            _ => (PictureAxis::Number, Vec::new(), self.series(plan, width)),
        };
        let cells = self.buckets.iter().flat_map(|bucket| bucket.1.iter());
        let all = cells.copied();
        let all = all.reduce(|old, new| together(old, new, plan.aggregate));
        Picture {
            title: plan.title.clone(),
            chart: plan.chart,
            unit: plan.unit,
            axis,
            x: plan.x_word.clone(),
            y: plan.y_word.clone(),
            stride: width,
            series,
            names,
            number: all.map(|cell| value(cell, plan.aggregate)),
            not_finite: self.not_finite,
            since: self.since,
        }
    }

    /// A series a group. Where values are counted or summed, places without any are zero.
    fn series(&self, plan: &Plan, width: f64) -> Vec<PictureSeries> {
        let adds = matches!(
            plan.aggregate,
            WidgetAggregate::Count | WidgetAggregate::Sum
        );
        let at = |place: i64| place as f64 * width;
        let numbers = self.numbers();
        let one = |(number, label): (u8, String)| {
            let mut points: Vec<(f64, Option<f64>)> = Vec::new();
            let mut last: Option<i64> = None;
            for (nth, Bucket(place, cells)) in self.buckets.iter().enumerate() {
                let cell = cells.iter().find(|cell| cell.0 == number);
                let Some(cell) = cell else { continue };
                let is_first = nth == 0;
                if adds && !is_first && last.is_none_or(|last| last < place - 1) {
                    // Nothing fell where nothing is known.
                    if let Some(last) = last.filter(|last| *last < place - 2) {
                        points.push((at(last + 1), Some(0.0)));
                    }
                    points.push((at(place - 1), Some(0.0)));
                }
                points.push((at(*place), Some(value(*cell, plan.aggregate))));
                last = Some(*place);
            }
            let end = self.buckets.last().map(|bucket| bucket.0);
            if let (true, Some(last), Some(end)) = (adds, last, end)
                && last < end
            {
                points.push((at(last + 1), Some(0.0)));
                if last + 1 < end {
                    points.push((at(end), Some(0.0)));
                }
            }
            PictureSeries { label, points }
        };
        numbers.into_iter().map(one).collect()
    }

    /// A bar a group, the highest first, what has none of its own last.
    fn named(&self, plan: &Plan) -> (PictureAxis, Vec<String>, Vec<PictureSeries>) {
        let cells = self.buckets.first().map(|bucket| bucket.1.clone());
        let cells = cells.unwrap_or_default();
        let mut bars: Vec<(u8, String, f64)> = self
            .numbers()
            .into_iter()
            .filter_map(|(number, label)| {
                let cell = cells.iter().find(|cell| cell.0 == number)?;
                Some((number, label, value(*cell, plan.aggregate)))
            })
            .collect();
        bars.sort_by(|a, b| {
            let rest = |bar: &(u8, String, f64)| bar.0 == OTHER;
            rest(a).cmp(&rest(b)).then(b.2.total_cmp(&a.2))
        });
        let points = bars.iter().enumerate();
        let points = points
            .map(|(place, bar)| (place as f64, Some(bar.2)))
            .collect();
        let names = bars.into_iter().map(|bar| bar.1).collect();
        let label = String::new();
        (
            PictureAxis::Names,
            names,
            vec![PictureSeries { label, points }],
        )
    }

    /// The groups with their numbers; with `other`, where something is in none of them.
    fn numbers(&self) -> Vec<(u8, String)> {
        let known = self.groups.iter().enumerate();
        let known =
            known.filter_map(|(place, group)| Some((u8::try_from(place).ok()?, group.clone())));
        let mut cells = self.buckets.iter().flat_map(|bucket| bucket.1.iter());
        let other = cells.any(|cell| cell.0 == OTHER);
        known
            .chain(other.then(|| (OTHER, "other".to_owned())))
            .collect()
    }
}

/// A number on the axis of time as a moment.
fn moment(millis: f64) -> Timestamp {
    Timestamp::from_micros((millis * 1_000.0) as i64)
}

fn value(cell: Cell, aggregate: WidgetAggregate) -> f64 {
    match aggregate {
        WidgetAggregate::Count => cell.1 as f64,
        WidgetAggregate::Mean => cell.2 / cell.1.max(1) as f64,
        _ => cell.2,
    }
}

impl Picture {
    /// Whether there is nothing to see.
    pub fn is_empty(&self) -> bool {
        self.series.iter().all(|series| series.points.is_empty())
    }

    /// In the shape in which programs push theirs: `{"type":"chart","data":[{"x","y","group"?}],"options":{…}}`.
    pub fn to_state(&self) -> Value {
        let mut data = Vec::new();
        for series in &self.series {
            for (x, y) in &series.points {
                let x = match self.axis {
                    PictureAxis::Time => json!(moment(*x)),
                    PictureAxis::Number => json!(x),
                    PictureAxis::Names => json!(self.names.get(*x as usize)),
                };
                let mut point = json!({ "x": x, "y": y });
                if !series.label.is_empty() {
                    point["group"] = json!(series.label);
                }
                data.push(point);
            }
        }
        let mut state = json!({
            "type": "chart",
            "data": data,
            "options": {
                "title": self.title, "x": self.x, "y": self.y,
                "chart": self.chart, "unit": self.unit,
            },
        });
        if let Some(number) = self.number {
            state["number"] = json!(number);
        }
        state
    }
}
