//! A comparison as charts. In: values of several runs, how they are lined up. Out: plain charts; colour, dash and letter
//! of a run are the same in all of them.

use loopscope_chart::{
    Clock, Dash, EndLabel, Ink, Line, LineChart, Points, Range, Reading, Slots, Unit, XAxis, YAxis,
};
use loopscope_protocol::{ComparedCurve, ComparedRun, FigureUnit, Series, SeriesAxis};

use super::asked::{Align, Zoomed};
use super::overlay::{Overlay, millis};
use crate::text::Zone;

/// The height of a plot.
const HEIGHT_PX: f64 = 168.0;

/// How runs are looked at.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Look {
    pub align: Align,
    pub zoom: Option<Zoomed>,
    /// The reader's.
    pub zone: Zone,
}

/// A run's letter: `A` is the first.
pub(super) fn letter(run: usize) -> String {
    char::from(b'A' + (run % 26) as u8).to_string()
}

/// A run's number among the series' colours and dashes.
pub(super) const fn nth(run: usize) -> u8 {
    (run % 8) as u8 + 1
}

pub(super) const fn unit(unit: FigureUnit) -> Unit {
    match unit {
        FigureUnit::Count => Unit::Count,
        FigureUnit::Number => Unit::Number,
        FigureUnit::Percent => Unit::Percent,
        FigureUnit::DurationMs => Unit::DurationMs,
    }
}

/// What the horizontal axis of a metric counts, in the words of the charts.
pub(super) const fn axis_word(align: Align, axis: SeriesAxis) -> &'static str {
    match (align, axis) {
        (Align::Relative, _) => "Elapsed",
        (Align::Wall, _) | (_, SeriesAxis::Time) => "Time",
        (_, SeriesAxis::Step) => "Step",
        (_, SeriesAxis::Epoch) => "Epoch",
        (_, SeriesAxis::Index) => "Point",
    }
}

fn line(run: usize, points: Points, reading: Reading) -> Line {
    Line {
        dash: Dash::Series(nth(run)),
        end: EndLabel::Letter,
        reading,
        ..Line::new(letter(run), Ink::Series(nth(run)), points)
    }
}

fn range(look: &Look, word: &str) -> Option<(f64, f64)> {
    let zoom = look.zoom.as_ref().filter(|zoom| zoom.axis == word);
    zoom.map(|zoom| (zoom.from, zoom.to))
}

/// The clocks of the reader's zone over the time of all runs.
fn clock(runs: &[ComparedRun], look: &Look) -> Clock {
    let ends = |run: &ComparedRun| {
        let ends = [run.summary.started_at, run.summary.last_event_at];
        ends.map(millis)
    };
    let ends = runs.iter().flat_map(ends);
    let (from, to) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(from, to), at| {
        (at.min(from), at.max(to))
    });
    look.zone.clock(from, to)
}

/// A figure over the passes of all runs.
pub(super) fn passes(curve: &ComparedCurve, runs: &[ComparedRun], look: &Look) -> LineChart {
    let stride = runs.iter().map(|run| run.stride).max().unwrap_or(1).max(1);
    let reading = match look.align {
        Align::Iteration => Reading::Own,
        Align::Relative | Align::Wall => Reading::Held,
    };
    let told = curve
        .runs
        .iter()
        .zip(runs)
        .enumerate()
        .filter(|(_, (values, _))| !values.is_empty());
    let mut lines: Vec<Line> = told
        .map(|(n, (values, run))| {
            let began = millis(run.summary.started_at);
            let pairs =
                values
                    .iter()
                    .zip(&run.passes)
                    .zip(&run.at_ms)
                    .map(|((value, pass), at)| {
                        let place = match look.align {
                            Align::Iteration => {
                                f64::from(pass.saturating_sub(1)) / f64::from(stride)
                            }
                            Align::Relative => *at,
                            Align::Wall => began + at,
                        };
                        (place, value.unwrap_or(f64::NAN))
                    });
            line(n, Points::new(pairs), reading)
        })
        .collect();
    if reading == Reading::Held {
        lines.push(Line::guide(&lines));
    }
    let count = runs
        .iter()
        .filter_map(|run| run.passes.last())
        .max()
        .map_or(1, |last| last.div_ceil(stride));
    let x = match look.align {
        Align::Iteration => XAxis::Slots(Slots {
            stride,
            ..Slots::iterations(count as usize)
        }),
        Align::Relative => XAxis::Elapsed {
            range: range(look, "Elapsed"),
        },
        Align::Wall => XAxis::Time {
            clock: clock(runs, look),
            range: range(look, "Time"),
        },
    };
    let y = match curve.unit {
        FigureUnit::Percent => YAxis {
            range: Range::Fixed(0.0, 100.0),
            ..YAxis::from_zero(Unit::Percent)
        },
        other => YAxis::from_zero(unit(other)),
    };
    chart(&curve.name, x, y, lines)
}

/// A metric of all runs.
pub(super) fn metric(overlay: &Overlay, runs: &[ComparedRun], look: &Look) -> LineChart {
    let word = axis_word(look.align, overlay.axis);
    let told = overlay.runs.iter().zip(runs).enumerate();
    let mut lines: Vec<Line> = told
        .filter_map(|(n, (series, run))| {
            let shift = if look.align == Align::Relative {
                millis(run.summary.started_at)
            } else {
                0.0
            };
            Some(line(n, points(series.as_ref()?, shift), Reading::Held))
        })
        .collect();
    lines.push(Line::guide(&lines));
    let range = range(look, word);
    let x = match word {
        "Elapsed" => XAxis::Elapsed { range },
        "Time" => XAxis::Time {
            clock: clock(runs, look),
            range,
        },
        _ => XAxis::Number {
            word: word.to_owned(),
            range,
        },
    };
    let y = YAxis {
        unit: Unit::Number,
        range: Range::Data,
        log: false,
    };
    chart(&overlay.name, x, y, lines)
}

/// The first and the last place of all runs on a metric's axis.
pub(super) fn whole(overlay: &Overlay, runs: &[ComparedRun], align: Align) -> Option<(f64, f64)> {
    let told = overlay.runs.iter().zip(runs).filter_map(|(series, run)| {
        let shift = if align == Align::Relative {
            millis(run.summary.started_at)
        } else {
            0.0
        };
        let (from, to) = series.as_ref()?.range?;
        Some((from - shift, to - shift))
    });
    told.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

/// A chart of nothing.
pub(super) fn empty() -> LineChart {
    let x = XAxis::Slots(Slots::iterations(1));
    chart("", x, YAxis::from_zero(Unit::Count), Vec::new())
}

fn chart(name: &str, x: XAxis, y: YAxis, lines: Vec<Line>) -> LineChart {
    LineChart {
        name: name.to_owned(),
        x,
        y,
        lines,
        height_px: HEIGHT_PX,
        ..LineChart::default()
    }
}

/// A column becomes its first, smallest, largest and last point, so that no spike is lost on the way.
fn points(series: &Series, shift: f64) -> Points {
    let columns = &series.columns;
    let pairs = [
        (&columns.at, &columns.first),
        (&columns.min_at, &columns.min),
        (&columns.max_at, &columns.max),
        (&columns.last_at, &columns.last),
    ];
    let parts = if columns.exact { 1 } else { pairs.len() };
    let told = pairs[..parts]
        .iter()
        .flat_map(|(places, values)| places.iter().copied().zip(values.iter().copied()));
    let mut dots: Vec<(f64, f64, Option<&'static str>)> = told
        .chain(series.before)
        .chain(series.after)
        .map(|(place, value)| (place - shift, value, None))
        .collect();
    let words = series.non_finite.iter();
    dots.extend(words.map(|mark| (mark.at - shift, f64::NAN, mark.value.word())));
    dots.retain(|(place, ..)| place.is_finite());
    dots.sort_by(|a, b| a.0.total_cmp(&b.0));
    dots.dedup();
    let mut points = Points::default();
    for (place, value, word) in dots {
        match word {
            Some(word) => points.mark(place, word),
            None => points.push(place, value),
        }
    }
    if !columns.exact {
        for ((from, to), count) in columns.at.iter().zip(&columns.last_at).zip(&columns.count) {
            points.stand_for(from - shift, to - shift, *count);
        }
    }
    points
}
