//! The words of a line chart: the label at each line's end, and the sentence that says how the lines went.

use plotters::style::text_anchor::HPos;
use plotters_backend::DrawingBackend;

use super::{EndLabel, Line, LineChart};
use crate::axis::{XAxis, XPlaces, YPlaces};
use crate::key::Key;
use crate::measure::{TEXT_PX, width_px};
use crate::pen::{At, Drawn, Pen};
use crate::view::View;

/// Between the middles of two labels.
const APART_PX: f64 = 16.5;
/// Between the middles of two boxes.
const BOX_APART_PX: f64 = 20.0;
/// From a line's end to its label.
const NUDGE_PX: i8 = 10;

struct End<'a> {
    line: &'a Line,
    text: String,
    x: f64,
    y: f64,
}

/// Writes the labels beside the ends of their lines, apart from each other and from the threshold; above
/// the ends where there is no room beside them.
pub(super) fn draw_ends<DB: DrawingBackend>(
    chart: &LineChart,
    pen: &Pen<'_, DB>,
    view: &View,
    xs: &XPlaces,
    ys: &YPlaces,
    threshold_px: Option<f64>,
) -> Drawn<DB> {
    let mut ends: Vec<End<'_>> = chart
        .lines
        .iter()
        .filter_map(|line| end(chart, line, view, xs, ys))
        .collect();
    ends.sort_by(|a, b| a.y.total_cmp(&b.y));
    let right_px = chart_right_px(chart);
    let widest = ends
        .iter()
        .map(|end| (1.0 - end.x) * view.width_px + right_px - width_px(&end.text, TEXT_PX))
        .fold(f64::INFINITY, f64::min);
    let beside = widest >= f64::from(NUDGE_PX);
    if !beside {
        for end in &mut ends {
            end.y += if end.y < 12.0 { 12.0 } else { -12.0 };
        }
    }
    spread(&mut ends, chart.height_px, threshold_px);
    for end in &ends {
        let key = Key {
            readable: true,
            label: true,
            nudge_px: if beside { NUDGE_PX } else { 4 },
            ..Key::mark(end.line.ink)
        };
        let align = if beside { HPos::Left } else { HPos::Right };
        pen.text(&end.text, (end.x, end.y), align, key)?;
    }
    Ok(())
}

fn end<'a>(
    chart: &LineChart,
    line: &'a Line,
    view: &View,
    xs: &XPlaces,
    ys: &YPlaces,
) -> Option<End<'a>> {
    let last = line.points.last()?;
    let value = line.points.y(last)?;
    let shown = chart.y.unit.show(value);
    let text = match line.end {
        EndLabel::None | EndLabel::Letter => return None,
        EndLabel::Value => shown,
        EndLabel::NameAndValue => format!("{} {shown}", line.label),
    };
    let x = view.place(xs.whole(line.points.x(last)?));
    let y = ys.px(value)?;
    View::sees(x).then_some(End { line, text, x, y })
}

/// Writes the letters of lines into boxes on their ends, each moved up or down where another stands in its way.
pub(super) fn draw_letters<DB: DrawingBackend>(
    chart: &LineChart,
    pen: &Pen<'_, DB>,
    view: &View,
    xs: &XPlaces,
    ys: &YPlaces,
) -> Drawn<DB> {
    let mut taken: Vec<At> = Vec::new();
    let lines = chart
        .lines
        .iter()
        .filter(|line| line.end == EndLabel::Letter);
    for line in lines {
        let Some((x, end_y)) = line_end(line, view, xs, ys).filter(|(x, _)| View::sees(*x)) else {
            continue;
        };
        let is_free = |y: &f64| {
            let hits = |(other_x, other_y): &At| {
                (other_x - x).abs() * view.width_px < BOX_APART_PX
                    && (other_y - y).abs() < BOX_APART_PX
            };
            (0.0..=chart.height_px).contains(y) && !taken.iter().any(hits)
        };
        // First where the line ends, then ever farther from there.
        let steps = (0..32).flat_map(|n| [f64::from(n), -f64::from(n)]);
        let y = steps
            .map(|n| end_y + n * 5.0)
            .find(is_free)
            .unwrap_or(end_y);
        taken.push((x, y));
        pen.letter(&line.label, (x, y), line.ink)?;
    }
    Ok(())
}

/// Where a line ends.
fn line_end(line: &Line, view: &View, xs: &XPlaces, ys: &YPlaces) -> Option<At> {
    let last = line.points.last()?;
    let x = view.place(xs.whole(line.points.x(last)?));
    Some((x, ys.px(line.points.y(last)?)?))
}

/// What lies right of the plot: its margin and the panel's own padding.
fn chart_right_px(chart: &LineChart) -> f64 {
    match chart.x {
        XAxis::Slots(_) => 8.0 + 12.0,
        XAxis::Number { .. } | XAxis::Elapsed { .. } | XAxis::Time { .. } => 48.0 + 12.0,
    }
}

/// Moves labels apart, evenly from where they would like to be, within the plot.
fn spread(ends: &mut [End<'_>], height_px: f64, threshold_px: Option<f64>) {
    let (top, bottom) = (2.0, height_px - 7.0);
    if let (Some(threshold), [only]) = (threshold_px, &mut ends[..])
        && (only.y - threshold).abs() < 10.0
    {
        let below = only.y + 11.0 < bottom && threshold < height_px / 2.0;
        only.y = threshold + if below { 9.0 } else { -9.0 };
    }
    for i in 1..ends.len() {
        let overlap = APART_PX - (ends[i].y - ends[i - 1].y);
        if overlap > 0.0 {
            ends[i - 1].y -= overlap / 2.0;
            ends[i].y += overlap / 2.0;
        }
    }
    // Down from the top, then up from the bottom: the last pass wins where there are too many.
    let mut least = top;
    for end in ends.iter_mut() {
        end.y = end.y.max(least);
        least = end.y + APART_PX;
    }
    let mut most = bottom;
    for end in ends.iter_mut().rev() {
        end.y = end.y.min(most);
        most = end.y - APART_PX;
    }
}

/// `Findings and fixes: Findings fell from 34 to 3, Fixes fell from 12 to 2 (Iteration 1 to Iteration 7).`
pub(super) fn summary(chart: &LineChart) -> String {
    let unit = chart.y.unit;
    let told: Vec<_> = chart
        .seen()
        .filter_map(|line| {
            let first = line.points.y(line.points.first()?)?;
            let last = line.points.y(line.points.last()?)?;
            let (first_text, last_text) = (unit.show(first), unit.show(last));
            let label = &line.label;
            Some(if first_text == last_text {
                format!("{label} {last_text}")
            } else {
                let verb = if last < first { "fell" } else { "rose" };
                format!("{label} {verb} from {first_text} to {last_text}")
            })
        })
        .collect();
    let name = &chart.name;
    if told.is_empty() {
        return format!("{name}: no data yet.");
    }
    let range = chart.leader().and_then(|line| line.points.x_range());
    let over = range.map_or_else(String::new, |(from, to)| {
        let (from, to) = (chart.x.say(from), chart.x.say(to));
        if from == to {
            format!(" ({from})")
        } else {
            format!(" ({from} to {to})")
        }
    });
    let threshold = chart
        .threshold
        .as_ref()
        .map_or_else(String::new, |t| format!(" Threshold: {}.", t.label));
    format!("{name}: {}{over}.{threshold}", told.join(", "))
}
