//! Every chart as it is sent, in snapshots: typical, empty, one point, gaps, a spike, far more than fits.

use std::sync::Arc;

use loopscope_chart::convergence::{self, TestRun};
use loopscope_chart::{
    Chart, Ink, Line, LineChart, Points, Range, Ribbon, Sparkline, Unit, View, XAxis, YAxis, svg,
};

/// The drawing with an element a line, so that a change shows where it is.
fn lines(chart: &impl Chart) -> String {
    svg(chart, &View::UNKNOWN).replace("><", ">\n<")
}

fn known(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().copied().map(Some).collect()
}

#[test]
fn findings_and_fixes() {
    let findings = known(&[34.0, 27.0, 19.0, 14.0, 9.0, 5.0, 3.0]);
    let fixes = known(&[12.0, 11.0, 8.0, 7.0, 5.0, 3.0, 2.0]);
    insta::assert_snapshot!(lines(&convergence::findings_and_fixes(
        &findings, &fixes, 10
    )));
}

#[test]
fn severities() {
    let rows = [
        Some([4.0, 9.0, 13.0, 8.0, 0.0]),
        Some([0.0, 2.0, 4.0, 3.0, 0.0]),
        None,
        Some([0.0; 5]),
    ];
    insta::assert_snapshot!(lines(&convergence::severities(&rows, 6)));
}

#[test]
fn step_times() {
    let steps = ["Diagnose", "Fix", "Attack", "Validate"].map(|name| {
        (
            name.to_owned(),
            convergence::step_ink(name).unwrap_or(Ink::Info),
        )
    });
    let row = |values: [f64; 4]| values.map(|seconds| Some(seconds * 1000.0)).to_vec();
    let rows = [
        row([48.0, 132.0, 96.0, 74.0]),
        row([33.0, 31.0, 79.0, 38.0]),
    ];
    insta::assert_snapshot!(lines(&convergence::step_times(
        &steps,
        &rows,
        Some((1, 3)),
        10
    )));
}

#[test]
fn tests() {
    let run = |passed, failed, partial| {
        Some(TestRun {
            passed,
            failed,
            partial,
        })
    };
    let runs = [
        run(388.0, 24.0, false),
        run(417.0, 2.0, false),
        run(268.0, 0.0, true),
    ];
    insta::assert_snapshot!(lines(&convergence::tests(&runs, Some(421.0), 10)));
}

#[test]
fn vulnerabilities() {
    let chart = convergence::vulnerabilities(&known(&[5.0, 3.0, 0.0]), 4);
    insta::assert_snapshot!(lines(&chart));
}

#[test]
fn trend() {
    let chart = convergence::trend(
        &known(&[31.0, 55.0, 98.0]),
        "fixed of all found",
        Some(95.0),
        10,
    );
    insta::assert_snapshot!(lines(&chart));
}

#[test]
fn small_figures() {
    let spark = Sparkline::new(known(&[1.0, 4.0, 2.0]));
    let ribbon = Ribbon {
        pieces: vec![
            (Ink::Diagnose, 1.0),
            (Ink::Fix, f64::NAN),
            (Ink::Attack, 3.0),
        ],
        whole: Some(8.0),
        height_px: 4.0,
    };
    insta::assert_snapshot!(format!("{}\n{}", spark.svg(), ribbon.svg()));
}

#[test]
fn nothing_known_is_axes_and_nothing_else() {
    let charts = [
        lines(&convergence::findings_and_fixes(&[], &[], 3)),
        lines(&convergence::step_times(&[], &[], None, 3)),
        lines(&convergence::tests(&[], None, 3)),
        lines(&convergence::trend(
            &[None, None],
            "fixed of all found",
            None,
            3,
        )),
        Sparkline::new([]).svg(),
    ];
    insta::assert_snapshot!(charts.join("\n\n"));
}

#[test]
fn one_point_is_a_point() {
    insta::assert_snapshot!(lines(&convergence::trend(
        &[Some(31.0)],
        "fixed of all found",
        None,
        3
    )));
}

#[test]
fn a_gap_in_the_data_is_a_gap_in_the_line() {
    let values = [
        Some(1.0),
        Some(2.0),
        None,
        Some(f64::NAN),
        Some(3.0),
        Some(f64::INFINITY),
    ];
    let chart = convergence::findings_and_fixes(&values, &[], 6);
    insta::assert_snapshot!(lines(&chart));
}

fn series(values: impl Iterator<Item = f64>) -> LineChart {
    let points = Points::new(values.enumerate().map(|(x, y)| (x as f64, y)));
    let x = XAxis::Number {
        word: "Step".to_owned(),
        range: None,
    };
    convergence::metric("Loss", x, Unit::Number, Arc::new(points), None)
}

#[test]
fn a_spike_among_a_hundred_thousand_points_is_drawn_and_pointed_at() {
    let spike = 31_234;
    let chart = series((0..100_000).map(|i| if i == spike { 19.0 } else { f64::from(i % 5) }));
    let drawing = svg(&chart, &View::UNKNOWN);
    assert!(drawing.len() < 14_000, "{} bytes", drawing.len());
    // The axis ends at 20; the plot is 1,920 units high: the spike's top is 96 units down.
    let mut y = 0;
    let path = drawing.split("d=\"m").nth(3).unwrap();
    let top = path[..path.find('"').unwrap()]
        .replace('-', " -")
        .split_whitespace()
        .skip(1)
        .step_by(2)
        .map(|step| {
            y += step.parse::<i32>().unwrap();
            y
        })
        .min();
    assert_eq!(top, Some(96));

    let view = View::of_width(400.0, 1.0);
    let place = chart.place(spike as usize, &view).unwrap();
    assert_eq!(chart.nearest(place, &view), Some(spike as usize));
    let read_out = chart.read_out(spike as usize, &view).unwrap();
    assert_eq!(read_out.rows[0].text, "19");
    assert_eq!(read_out.of, 249);
}

#[test]
fn two_thousand_iterations_share_bars_and_lose_their_figures() {
    let values: Vec<_> = (0..2000)
        .map(|i| Some(if i == 1234 { 60.0 } else { f64::from(i % 3) }))
        .collect();
    let chart = convergence::vulnerabilities(&values, 2000);
    insta::assert_snapshot!(lines(&chart));
    let view = View::UNKNOWN;
    let place = chart.place(1234, &view).unwrap();
    assert_eq!(chart.nearest(place, &view), Some(1234));
    assert_eq!(chart.read_out(1234, &view).unwrap().of, 28);
}

#[test]
fn drawing_is_deterministic() {
    let chart = series((0..5000).map(|i| f64::from(i % 97)));
    assert_eq!(
        svg(&chart, &View::UNKNOWN),
        svg(&chart.clone(), &View::UNKNOWN)
    );
}

#[test]
fn no_drawing_needs_a_style() {
    let chart = series((0..50).map(f64::from));
    let drawing = svg(&chart, &View::UNKNOWN);
    assert!(!drawing.contains("style") && !drawing.contains("<script"));
}

#[test]
fn a_window_shows_a_part_cut_off_at_its_edges() {
    let mut chart = series((0..11).map(f64::from));
    chart.y = YAxis {
        unit: Unit::Number,
        range: Range::Fixed(0.0, 10.0),
        log: false,
    };
    let view = View::of_width(400.0, 1.0).window(0.25, 0.75);
    // From 2.5 to 7.5 of 10: the line enters and leaves between two points.
    let drawing = svg(&chart, &view);
    assert!(drawing.contains("d=\"m0 1440 "), "{drawing}");
    assert_eq!(chart.place(5, &view), Some(0.5));
    assert_eq!(chart.place(2, &view), None);
    assert_eq!(chart.nearest(0.0, &view), Some(2));
}

#[test]
fn what_is_no_number_is_shown_as_what_it_is_and_breaks_the_line() {
    let mut points = Points::default();
    for x in 0..10 {
        match x {
            4 => points.mark(4.0, "NaN"),
            7 => points.mark(7.0, "Infinity"),
            _ => points.push(f64::from(x), f64::from(x)),
        }
    }
    points.stand_for(8.0, 9.0, 500);
    let chart = LineChart {
        name: "loss".to_owned(),
        note: String::new(),
        x: XAxis::Number {
            word: "Step".to_owned(),
            range: None,
        },
        y: YAxis {
            unit: Unit::Number,
            range: Range::Data,
            log: false,
        },
        lines: vec![Line::new("loss", Ink::Series(1), points)],
        height_px: 120.0,
        ..LineChart::default()
    };
    let view = View::of_width(600.0, 1.0);
    let svg = svg(&chart, &view);
    assert!(svg.contains(">NaN<") && svg.contains(">Infinity<"), "{svg}");
    let read = |place| {
        let index = chart.nearest(place, &view).unwrap();
        chart.read_out(index, &view).unwrap()
    };
    assert_eq!(read(4.0 / 9.0).rows[0].text, "NaN");
    assert_eq!((read(0.0).of, read(1.0).of), (1, 500));
    assert!((chart.x_at(0.5, &view) - 4.5).abs() < 1e-9);
    assert!((chart.x_at(0.5, &view.window(0.5, 1.0)) - 6.75).abs() < 1e-9);
}
