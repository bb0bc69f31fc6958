//! A widget's picture as a chart. In: plain series. Out: lines or bars, drawn by the house's chart crate.

use loopscope_board::widgets::{Picture, PictureAxis};
use loopscope_chart::{
    AnyChart, BarChart, Clock, Dash, EndLabel, Ink, Line, LineChart, Moments, Points, Range,
    Reading, Slots, Stack, Unit, XAxis, YAxis, duration,
};
use loopscope_protocol::{WidgetChart, WidgetUnit};

/// The most slots of a chart of bars; of longer ones the newest are shown.
const MOST_SLOTS: i64 = 480;
/// Of the plot.
const HEIGHT_PX: f64 = 132.0;

/// What values count.
pub(super) const fn unit(unit: WidgetUnit) -> Unit {
    match unit {
        WidgetUnit::Number => Unit::Number,
        WidgetUnit::Percent => Unit::Percent,
        WidgetUnit::Milliseconds => Unit::DurationMs,
    }
}

/// A picture as a chart: bars where it is to be bars, else lines.
pub(super) fn chart(picture: &Picture, utc_offset_s: i32) -> AnyChart {
    match picture.chart {
        WidgetChart::Bars | WidgetChart::StackedBars => bars(picture, utc_offset_s).into(),
        _ => lines(picture, utc_offset_s).into(),
    }
}

/// The ink of a group: its own, or grey for all that have none.
fn ink(label: &str, nth: usize) -> (Ink, Dash) {
    if label == "other" || nth > 7 {
        return (Ink::Text3, Dash::Dotted);
    }
    let number = u8::try_from(nth).unwrap_or(0) + 1;
    (Ink::Series(number), Dash::Series(number))
}

fn name_of(picture: &Picture, label: &str) -> String {
    if label.is_empty() {
        picture.y.clone()
    } else {
        label.to_owned()
    }
}

fn lines(picture: &Picture, utc_offset_s: i32) -> LineChart {
    let is_alone = picture.series.len() < 2;
    let one = |(nth, series): (usize, &loopscope_board::widgets::PictureSeries)| {
        let points = series.points.iter();
        let points = points.map(|(x, y)| (*x, y.unwrap_or(f64::NAN)));
        let (ink, dash) = ink(&series.label, nth);
        Line {
            dash: if is_alone { Dash::Solid } else { dash },
            area: is_alone,
            end: if is_alone {
                EndLabel::Value
            } else {
                EndLabel::None
            },
            reading: if is_alone {
                Reading::Own
            } else {
                Reading::Held
            },
            ..Line::new(name_of(picture, &series.label), ink, Points::new(points))
        }
    };
    let mut lines: Vec<Line> = picture.series.iter().enumerate().map(one).collect();
    if !is_alone {
        lines.push(Line::guide(&lines));
    }
    let from_zero = picture.series.iter().all(|series| {
        let mut values = series.points.iter().filter_map(|point| point.1);
        values.all(|y| y >= 0.0)
    });
    LineChart {
        name: picture.title.clone(),
        note: note(picture),
        x: match picture.axis {
            PictureAxis::Time => XAxis::Time {
                clock: Clock::fixed(utc_offset_s),
                range: None,
            },
            PictureAxis::Number | PictureAxis::Names => XAxis::Number {
                word: word(&picture.x),
                range: None,
            },
        },
        y: YAxis {
            unit: unit(picture.unit),
            range: if from_zero {
                Range::FromZero
            } else {
                Range::Data
            },
            log: false,
        },
        lines,
        height_px: HEIGHT_PX,
        ..LineChart::default()
    }
}

fn bars(picture: &Picture, utc_offset_s: i32) -> BarChart {
    let width = if picture.stride.is_finite() && picture.stride >= 1.0 {
        picture.stride
    } else {
        1.0
    };
    let at = |x: f64| (x / width).round() as i64;
    let all = || picture.series.iter().flat_map(|series| &series.points);
    let last = all().map(|point| at(point.0)).max().unwrap_or(0);
    let first = all().map(|point| at(point.0)).min().unwrap_or(0);
    let first = first.max(last.saturating_sub(MOST_SLOTS - 1));
    let count = usize::try_from(last.saturating_sub(first).saturating_add(1)).unwrap_or(1);
    let stack = |(nth, series): (usize, &loopscope_board::widgets::PictureSeries)| {
        let mut values = vec![None; count];
        for (x, y) in &series.points {
            let slot = usize::try_from(at(*x).saturating_sub(first)).ok();
            if let Some(value) = slot.and_then(|slot| values.get_mut(slot)) {
                *value = *y;
            }
        }
        let label = name_of(picture, &series.label);
        Stack::new(label, ink(&series.label, nth).0, values)
    };
    let moments = (picture.axis == PictureAxis::Time).then_some(Moments {
        width_ms: width as i64,
        utc_offset_s,
    });
    BarChart {
        name: picture.title.clone(),
        note: note(picture),
        slots: Slots {
            // Slots of another width are another axis: they share no crosshair.
            word: match moments {
                Some(_) => format!("Time by {}", duration(width)),
                None => word(&picture.x),
            },
            first: if moments.is_some() {
                first
            } else {
                (first as f64 * width) as i64
            },
            stride: if moments.is_some() { 1 } else { width as u32 },
            count,
            moments,
        },
        y: YAxis::from_zero(unit(picture.unit)),
        stacks: picture.series.iter().enumerate().map(stack).collect(),
        height_px: HEIGHT_PX,
        ..BarChart::default()
    }
}

/// What its axes are called, beside its name.
pub(super) fn note(picture: &Picture) -> String {
    let mut note = match picture.axis {
        PictureAxis::Time if picture.stride > 1.0 => {
            format!("{} by {}", picture.y, duration(picture.stride))
        }
        PictureAxis::Time => format!("{} over time", picture.y),
        PictureAxis::Number => format!("{} by {}", picture.y, word(&picture.x)),
        PictureAxis::Names => picture.y.clone(),
    };
    if picture.not_finite > 0 {
        note = format!("{note}, {} not finite", picture.not_finite);
    }
    note
}

/// The word of an axis: the last name of a path, with a capital.
pub(super) fn word(x: &str) -> String {
    let name = x.rsplit('.').next().unwrap_or(x);
    let mut signs = name.chars();
    signs.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(signs).collect()
    })
}

#[cfg(test)]
mod tests {
    use loopscope_board::widgets::{Picture, read_pushed};
    use loopscope_chart::{Chart as _, View, svg};

    use super::*;

    fn picture(data: &str, options: &str) -> Picture {
        let state = format!("{{\"type\":\"chart\",\"data\":{data},\"options\":{options}}}");
        read_pushed(&state, "w").unwrap()
    }

    #[test]
    fn bars_stand_in_their_slots() {
        let own = picture("[[3,2],[5,1]]", r#"{"chart":"bars","x":"pass"}"#);
        let chart = chart(&own, 0);
        assert_eq!(chart.len(), 3);
        assert_eq!(chart.table().rows, [["3", "2"], ["4", ""], ["5", "1"]]);
    }

    #[test]
    fn lines_of_groups_are_told_apart_and_gaps_stay_gaps() {
        let own = picture(
            r#"[{"x":1,"y":4,"group":"a"},{"x":2,"y":null,"group":"a"},{"x":2,"y":2,"group":"b"}]"#,
            "{}",
        );
        let chart = chart(&own, 0);
        assert_eq!(chart.legend(None).len(), 2);
        assert!(svg(&chart, &View::UNKNOWN).contains("<svg"));
    }

    #[test]
    fn no_width_of_places_makes_it_panic() {
        for stride in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300, 1e-9] {
            for axis in [PictureAxis::Time, PictureAxis::Number] {
                for chart_kind in [WidgetChart::Bars, WidgetChart::Line] {
                    let own = Picture {
                        stride,
                        axis,
                        chart: chart_kind,
                        ..picture("[[-1e300,2],[1e300,1],[0,-3]]", "{}")
                    };
                    let _ = svg(&chart(&own, 0), &View::UNKNOWN);
                }
            }
        }
    }
}
