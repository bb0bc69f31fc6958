//! The run's charts, from the board's short curves. In: a board. Out: figures under one crosshair, those with data.

use leptos::prelude::*;
use loopscope_board::{Board, Curve, Training, TrainingCurves};
use loopscope_chart::{
    AnyChart, Dash, EndLabel, Ink, Line, LineChart, Points, Range, Threshold, Unit, XAxis, YAxis,
};

use crate::figures::Figure;
use crate::pages::session::state::SessionState;
use crate::part::{IntoPart as _, Part};

/// The first chart, and the others.
const TALL_PX: f64 = 264.0;
const LOW_PX: f64 = 56.0;

/// A curve's points: of a bucket that holds several, its least and its most too, so that no spike is lost.
pub(super) fn points(curve: &Curve) -> Points {
    let mut points = Points::default();
    for bucket in &curve.buckets {
        if bucket.count > 1 && bucket.min < bucket.max {
            points.push(bucket.x, bucket.min);
            points.push(bucket.x, bucket.max);
        }
        points.push(bucket.end.unwrap_or(bucket.x), bucket.last);
    }
    points
}

fn chart(name: &str, note: &str, word: &str, unit: Unit, lines: Vec<Line>) -> LineChart {
    LineChart {
        name: name.to_owned(),
        note: note.to_owned(),
        x: XAxis::Number {
            word: word.to_owned(),
            range: None,
        },
        y: YAxis {
            unit,
            range: Range::Data,
            log: false,
        },
        lines,
        height_px: LOW_PX,
        ..LineChart::default()
    }
}

fn accuracy(board: &Board) -> AnyChart {
    let run = board.training();
    let curves = run.curves();
    let end = |line: Line| Line {
        end: EndLabel::NameAndValue,
        ..line
    };
    let mut lines = vec![end(Line::new(
        "with seeds",
        Ink::Series(1),
        points(&curves.accuracy),
    ))];
    if curves.host.count > 0 {
        let host = Line::new("host only", Ink::Text3, points(&curves.host));
        lines.push(end(Line {
            dash: Dash::Dotted,
            ..host
        }));
    }
    let note = match run.envs().len() {
        0 | 1 => "validation".to_owned(),
        envs => format!("validation, mean of {envs} environments"),
    };
    LineChart {
        height_px: TALL_PX,
        ..chart("Accuracy", &note, "Epoch", Unit::Percent, lines)
    }
    .into()
}

/// A chart of one curve: its title, its note, what its axis counts, and the bound of its reading.
struct Small {
    title: &'static str,
    note: &'static str,
    axis: &'static str,
    of: fn(&TrainingCurves) -> &Curve,
    bound: Option<(f64, &'static str)>,
}

const SMALL: [Small; 7] = [
    Small {
        title: "Loss",
        note: "validation",
        axis: "Epoch",
        of: |all| &all.loss,
        bound: None,
    },
    Small {
        title: "Entropy",
        note: "of the policy",
        axis: "Episode",
        of: |all| &all.entropy,
        bound: Some((0.5, "≥ 0.5")),
    },
    Small {
        title: "Value variance",
        note: "",
        axis: "Episode",
        of: |all| &all.value_variance,
        bound: Some((0.1, "≥ 0.1")),
    },
    Small {
        title: "Parameter ratio",
        note: "total / host",
        axis: "Epoch",
        of: |all| &all.param_ratio,
        bound: None,
    },
    Small {
        title: "Efficiency",
        note: "accuracy per parameter",
        axis: "Epoch",
        of: |all| &all.efficiency,
        bound: None,
    },
    Small {
        title: "KL divergence",
        note: "",
        axis: "Episode",
        of: |all| &all.kl,
        bound: Some((0.02, "≤ 0.02")),
    },
    Small {
        title: "Throughput",
        note: "steps a second",
        axis: "Report",
        of: |all| &all.throughput,
        bound: None,
    },
];

fn small(run: &Training, spec: &Small) -> AnyChart {
    let line = Line::new(spec.title, Ink::Series(1), points((spec.of)(run.curves())));
    LineChart {
        threshold: spec.bound.map(|(value, label)| Threshold {
            value,
            label: label.to_owned(),
        }),
        ..chart(spec.title, spec.note, spec.axis, Unit::Number, vec![line])
    }
    .into()
}

/// Accuracy against the host alone.
#[component]
pub(super) fn AccuracyChart(state: SessionState) -> impl IntoView {
    let chart: Signal<AnyChart> = state.part(accuracy).into();
    view! { <Figure chart span="c7" /> }.part()
}

/// The small charts; one without data does not stand here.
#[component]
pub(super) fn SmallCharts(state: SessionState) -> impl IntoView {
    let all = SMALL.iter().map(|spec| {
        let has = Memo::new(move |_| {
            state
                .board
                .with(|board| (spec.of)(board.training().curves()).count > 0)
        });
        let chart = move || -> Part {
            let chart = Memo::new(move |_| state.board.with(|board| small(board.training(), spec)));
            view! { <Figure chart span="c4" /> }.part()
        };
        move || has.get().then(chart)
    });
    all.collect_view().part()
}

#[cfg(test)]
mod tests {
    use super::*;
    use loopscope_board::Bucket;

    #[test]
    fn a_merged_bucket_keeps_its_spike() {
        let bucket = Bucket {
            x: 1.0,
            min: 0.0,
            max: 9.0,
            last: 2.0,
            count: 3,
            end: Some(3.0),
        };
        let curve = Curve {
            count: 3,
            buckets: vec![bucket],
            ..Curve::default()
        };
        assert_eq!(points(&curve).y_range(), Some((0.0, 9.0)));
        assert_eq!(points(&curve).x_range(), Some((1.0, 3.0)));
    }
}
