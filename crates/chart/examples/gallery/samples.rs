//! What the gallery shows: a run as it typically goes, and everything that is not typical. In: nothing. Out:
//! panels.

use std::sync::Arc;

use loopscope_chart::convergence::{self, TestRun};
use loopscope_chart::{
    Clock, Dash, EndLabel, Ink, Line, LineChart, Points, Range, Sparkline, Unit, XAxis, YAxis,
};

use crate::panel;

/// Every panel of the page, in groups that fill whole rows.
pub(crate) fn all() -> Vec<Vec<String>> {
    vec![
        typical(7, 10),
        vec![training(), losses(), over_time()],
        typical(10, 10),
        typical(1, 10),
        typical(0, 10),
        long(120),
        long(2000),
        vec![sparks()],
    ]
}

fn some(values: &[f64], count: usize) -> Vec<Option<f64>> {
    values.iter().take(count).copied().map(Some).collect()
}

fn typical(done: usize, slots: usize) -> Vec<String> {
    let findings = some(
        &[34.0, 27.0, 19.0, 14.0, 9.0, 5.0, 3.0, 2.0, 1.0, 0.0],
        done,
    );
    let fixes = some(&[12.0, 11.0, 8.0, 7.0, 5.0, 3.0, 2.0, 1.0, 1.0, 0.0], done);
    let severities: Vec<_> = [
        [4.0, 9.0, 13.0, 8.0, 0.0],
        [3.0, 7.0, 10.0, 7.0, 0.0],
        [1.0, 5.0, 8.0, 5.0, 0.0],
        [1.0, 3.0, 6.0, 4.0, 0.0],
        [0.0, 2.0, 4.0, 3.0, 0.0],
        [0.0, 1.0, 2.0, 2.0, 0.0],
        [0.0, 0.0, 2.0, 1.0, 0.0],
        [0.0, 0.0, 1.0, 1.0, 0.0],
        [0.0, 0.0, 0.0, 1.0, 0.0],
        [0.0; 5],
    ]
    .into_iter()
    .take(done)
    .map(Some)
    .collect();
    let trend = some(
        &[31.0, 55.0, 69.0, 81.0, 89.5, 94.0, 98.0, 99.0, 99.5, 100.0],
        done,
    );
    let times: Vec<_> = [
        [48.0, 132.0, 96.0, 74.0],
        [44.0, 121.0, 92.0, 71.0],
        [41.0, 94.0, 88.0, 70.0],
        [39.0, 86.0, 90.0, 68.0],
        [36.0, 61.0, 84.0, 67.0],
        [34.0, 44.0, 81.0, 66.0],
        [33.0, 31.0, 79.0, 38.0],
        [33.0, 30.0, 70.0, 60.0],
        [31.0, 22.0, 66.0, 60.0],
        [30.0, 12.0, 60.0, 60.0],
    ]
    .into_iter()
    .take(done)
    .map(|row| row.map(|seconds| Some(seconds * 1000.0)).to_vec())
    .collect();
    let tests: Vec<_> = [
        388.0, 395.0, 402.0, 409.0, 413.0, 417.0, 268.0, 420.0, 421.0, 421.0,
    ]
    .into_iter()
    .zip([24.0, 17.0, 12.0, 7.0, 4.0, 2.0, 0.0, 1.0, 0.0, 0.0])
    .enumerate()
    .take(done)
    .map(|(i, (passed, failed))| {
        let partial = i + 1 == done;
        Some(TestRun {
            passed,
            failed,
            partial,
        })
    })
    .collect();
    let found = some(&[5.0, 3.0, 3.0, 2.0, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0], done);
    let steps = ["Diagnose", "Fix", "Attack", "Validate"].map(|name| {
        (
            name.to_owned(),
            convergence::step_ink(name).unwrap_or(Ink::Info),
        )
    });
    let running = done.checked_sub(1).map(|last| (last, 3));
    vec![
        panel(
            &convergence::findings_and_fixes(&findings, &fixes, slots),
            5,
        ),
        panel(&convergence::severities(&severities, slots), 4),
        panel(
            &convergence::trend(&trend, "fixed of all found", Some(95.0), slots),
            3,
        ),
        panel(&convergence::step_times(&steps, &times, running, slots), 5),
        panel(&convergence::tests(&tests, Some(421.0), slots), 4),
        panel(&convergence::vulnerabilities(&found, slots), 3),
    ]
}

/// A loop that does not end: labels drop out, bars thin out, a single bad iteration stays in sight.
fn long(count: usize) -> Vec<String> {
    let wave = |i: usize| 20.0 + 14.0 * (i as f64 / 17.0).sin() + (i * 7 % 5) as f64;
    let findings: Vec<_> = (0..count)
        .map(|i| match i {
            i if i == count / 3 => Some(240.0),
            i if i * 10 / count == 6 => None,
            i => Some(wave(i).round()),
        })
        .collect();
    let fixes: Vec<_> = (0..count).map(|i| Some((wave(i) / 2.0).round())).collect();
    let severities: Vec<_> = findings
        .iter()
        .map(|all| {
            all.map(|all| {
                [
                    (all / 9.0).floor(),
                    (all / 4.0).floor(),
                    (all / 3.0).floor(),
                    2.0,
                    1.0,
                ]
            })
        })
        .collect();
    let found: Vec<_> = (0..count).map(|i| Some((i % 4) as f64)).collect();
    vec![
        panel(
            &convergence::findings_and_fixes(&findings, &fixes, count),
            5,
        ),
        panel(&convergence::severities(&severities, count), 4),
        panel(&convergence::vulnerabilities(&found, count), 3),
    ]
}

/// A repeatable noise in -1..1.
fn noise(i: usize) -> f64 {
    let mixed = (i as u64)
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .rotate_left(23)
        >> 40;
    mixed as f64 / f64::from(1 << 23) - 1.0
}

fn training() -> String {
    let rise = |i: usize| 81.0 - 50.0 * (-(i as f64) / 22.0).exp();
    let raw = (0..118).map(|i| {
        let value = if i == 64 {
            11.8
        } else {
            rise(i) + 2.0 * noise(i)
        };
        (i as f64, value)
    });
    let smooth = (0..118).map(|i| (i as f64, rise(i)));
    let base = (0..118).map(|i| (f64::from(i), 74.9 - 44.0 * (-f64::from(i) / 20.0).exp()));
    let chart = LineChart {
        name: "Validation accuracy".to_owned(),
        note: "smoothed 0.6".to_owned(),
        x: XAxis::Number {
            word: "Episode".to_owned(),
            range: Some((0.0, 200.0)),
        },
        y: YAxis {
            unit: Unit::Percent,
            range: Range::Fixed(0.0, 100.0),
            log: false,
        },
        lines: vec![
            Line {
                dash: Dash::Dotted,
                ..Line::new("Host only", Ink::Text3, Points::new(base))
            },
            Line {
                raw: Some(Arc::new(Points::new(raw))),
                end: EndLabel::NameAndValue,
                ..Line::new("With seeds", Ink::Series(1), Points::new(smooth))
            },
        ],
        height_px: 134.0,
        ..LineChart::default()
    };
    panel(&chart, 5)
}

fn losses() -> String {
    let loss = |i: usize| 0.6 + 2.4 * (-(i as f64) / 30.0).exp();
    let raw = (0..600).map(|i| (i as f64, loss(i / 5) + 0.1 * noise(i)));
    let smooth = (0..600).map(|i| (i as f64, loss(i / 5)));
    let mut chart = convergence::metric(
        "Loss",
        XAxis::Number {
            word: "Step".to_owned(),
            range: None,
        },
        Unit::Number,
        Arc::new(Points::new(smooth)),
        Some(Arc::new(Points::new(raw))),
    );
    chart.y.log = true;
    "log".clone_into(&mut chart.note);
    panel(&chart, 4)
}

/// A hundred thousand points, one of which stands out, and an hour without any.
fn over_time() -> String {
    let start = 1_793_716_200_000.0;
    let points = (0..100_000).map(|i| {
        let value = match i {
            60_000..=70_000 => f64::NAN,
            31_234 => 19.0,
            i => 5.0 + noise(i) + (i as f64 / 9000.0).sin(),
        };
        (start + i as f64 * 360.0, value)
    });
    let x = XAxis::Time {
        clock: Clock::default(),
        range: None,
    };
    let chart = convergence::metric(
        "Events per second",
        x,
        Unit::Number,
        Arc::new(Points::new(points)),
        None,
    );
    panel(&chart, 3)
}

fn sparks() -> String {
    let mut out = String::from(
        "<figure class=\"chart c3\"><figcaption class=\"chart-head\"><h2>Sparklines</h2></figcaption>",
    );
    for (ink, from) in [(Ink::Text3, 3), (Ink::Good, 11), (Ink::Bad, 29)] {
        let mut spark = Sparkline::new((0..12).map(|i| Some(i as f64 / 3.0 + noise(i * from))));
        spark.ink = ink;
        out += "<div class=\"spark\">";
        out += &spark.svg();
        out += "</div>";
    }
    out + "</figure>"
}
