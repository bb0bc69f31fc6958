//! What a chart says: its sentence, its read-outs, its table. And that no data at all makes it panic.

use loopscope_chart::convergence::{self, TestRun};
use loopscope_chart::{
    AnyChart, Chart, Clock, Flag, Ink, Line, LineChart, Points, Slots, View, XAxis, svg,
};
use proptest::prelude::*;

fn known(values: &[f64]) -> Vec<Option<f64>> {
    values.iter().copied().map(Some).collect()
}

#[test]
fn a_sentence_says_what_is_seen() {
    let findings = known(&[34.0, 19.0, 3.0]);
    let chart = convergence::findings_and_fixes(&findings, &known(&[2.0, 2.0, 2.0]), 10);
    assert_eq!(
        chart.summary(),
        "Findings and fixes: Findings fell from 34 to 3, Fixes 2 (Iteration 1 to Iteration 3)."
    );
    assert_eq!(
        convergence::trend(&known(&[31.0, 98.0]), "fixed of all found", Some(95.0), 10).summary(),
        "Convergence: Converged rose from 31% to 98% (Iteration 1 to Iteration 2). Threshold: done at 95%."
    );
    let rows = [
        Some([4.0, 9.0, 13.0, 8.0, 0.0]),
        None,
        Some([0.0, 0.0, 2.0, 1.0, 0.0]),
    ];
    assert_eq!(
        convergence::severities(&rows, 10).summary(),
        "By severity: 34 in iteration 1, 3 in iteration 3. There, Critical 0, High 0, Medium 2, Low 1."
    );
    assert_eq!(
        convergence::tests(&[], None, 10).summary(),
        "Tests: no data yet."
    );
}

#[test]
fn a_read_out_names_every_series_and_says_where_nothing_is_known() {
    let chart = convergence::findings_and_fixes(&known(&[34.0, 27.0]), &known(&[12.0]), 10);
    let read_out = chart.read_out(1, &View::UNKNOWN).unwrap();
    assert_eq!(read_out.title, "Iteration 2");
    let rows: Vec<_> = read_out
        .rows
        .iter()
        .map(|row| (row.label.as_str(), row.text.as_str()))
        .collect();
    assert_eq!(rows, [("Findings", "27"), ("Fixes", "–")]);
    assert_eq!(read_out.of, 1);
    assert_eq!(chart.read_out(2, &View::UNKNOWN), None);
}

#[test]
fn a_pointer_finds_the_nearest_point() {
    let chart = convergence::vulnerabilities(&known(&[5.0, 3.0, 1.0]), 10);
    let view = View::of_width(500.0, 1.0);
    for (place, index) in [(-3.0, 0), (0.05, 0), (0.11, 1), (0.29, 2), (0.99, 2)] {
        assert_eq!(chart.nearest(place, &view), Some(index), "{place}");
    }
    assert_eq!(chart.nearest(f64::NAN, &view), None);
    assert_eq!(
        convergence::vulnerabilities(&[], 10).nearest(0.5, &view),
        None
    );
}

#[test]
fn a_table_holds_every_figure_unrounded() {
    let chart = convergence::trend(
        &[Some(31.25), None, Some(98.125)],
        "fixed of all found",
        None,
        10,
    );
    assert_eq!(
        chart.table().csv(),
        "Iteration,Converged\r\n1,31.25\r\n2,\r\n3,98.125\r\n"
    );
    let tests = [Some(TestRun {
        passed: 388.0,
        failed: 24.0,
        partial: false,
    })];
    assert_eq!(
        convergence::tests(&tests, None, 10).table().csv(),
        "Iteration,Passed,Failed\r\n1,388,24\r\n"
    );
}

#[test]
fn a_line_that_starts_late_keeps_its_own_places() {
    let mut chart = convergence::findings_and_fixes(&known(&[4.0, 3.0, 2.0]), &[], 3);
    chart.lines[1].points = std::sync::Arc::new(Points::new([(2.0, 7.0)]));
    assert_eq!(chart.table().rows[2], ["3", "2", "7"]);
    assert_eq!(chart.table().rows[1], ["2", "3", ""]);
}

fn any_values() -> impl Strategy<Value = Vec<Option<f64>>> {
    let value = prop_oneof![
        1 => Just(None),
        3 => proptest::num::f64::ANY.prop_map(Some),
        3 => (0.0..1e4_f64).prop_map(Some),
    ];
    proptest::collection::vec(value, 0..60)
}

/// Draws, points, reads and writes down everything.
fn use_all(chart: &impl Chart, view: &View, place: f64) {
    let drawing = svg(chart, view);
    assert!(
        !drawing.contains("NaN") && !drawing.contains("inf"),
        "{drawing}"
    );
    let point = chart.nearest(place, view);
    for index in [point.unwrap_or(0), 0, 7, usize::MAX] {
        if let Some(mark) = chart.mark(index) {
            assert!(chart.find(mark).is_some(), "{index} at {mark}");
        }
        let _ = (chart.read_out(index, view), chart.legend(Some(index)));
        let place = chart.place(index, view);
        assert!(place.is_none_or(|place| (-0.01..1.01).contains(&place)));
    }
    let _ = (
        chart.layout(view).class(),
        chart.summary(),
        chart.table().csv(),
    );
}

proptest! {
    #[test]
    fn no_data_and_no_view_makes_a_chart_panic(
        a in any_values(),
        b in any_values(),
        slots in prop_oneof![0..40_usize, Just(usize::MAX)],
        width in prop_oneof![1.0..2000.0_f64, proptest::num::f64::POSITIVE],
        (from, to) in (-1.0..2.0_f64, -1.0..2.0_f64),
        threshold in proptest::option::of(proptest::num::f64::ANY),
        place in proptest::num::f64::ANY,
        log in any::<bool>(),
        flags in proptest::collection::vec(proptest::num::f64::ANY, 0..5),
    ) {
        let view = View::of_width(width.min(4000.0), 1.0).window(from, to);
        let mut lines = convergence::findings_and_fixes(&a, &b, slots);
        lines.y.log = log;
        lines.log_x = log;
        lines.flags = flags.into_iter().map(|at| Flag::new(at, "a flag")).collect();
        use_all(&lines, &view, place);
        let points = a.iter().zip(&b).map(|(x, y)| (x.unwrap_or(0.0), y.unwrap_or(0.0)));
        lines.lines[0].points = std::sync::Arc::new(Points::new(points));
        lines.lines[1].points = std::sync::Arc::default();
        for x in [
            XAxis::Number { word: "Step".to_owned(), range: None },
            XAxis::Time { clock: Clock::fixed(3600), range: threshold.map(|t| (t, 0.0)) },
        ] {
            lines.x = x;
            use_all(&lines, &view, place);
        }
        use_all(&convergence::trend(&a, "fixed of all found", threshold, slots), &view, place);
        let mut bars = convergence::vulnerabilities(&a, slots);
        bars.flags = lines.flags.clone();
        use_all(&bars, &view, place);
        let rows: Vec<_> = a.iter().map(|v| v.map(|v| [v, 1.0, -v, v / 2.0, 0.0])).collect();
        use_all(&convergence::severities(&rows, slots), &view, place);
        let steps = [("Build".to_owned(), Ink::Series(1)), ("Test".to_owned(), Ink::Series(2))];
        let times: Vec<_> = a.iter().map(|v| vec![*v, Some(3.0), None]).collect();
        use_all(&convergence::step_times(&steps, &times, Some((3, 1)), slots), &view, place);
        let runs: Vec<_> = a.iter().zip(&b).map(|(passed, failed)| {
            Some(TestRun { passed: (*passed)?, failed: (*failed)?, partial: true })
        }).collect();
        use_all(&convergence::tests(&runs, threshold, slots), &view, place);
    }
}

#[test]
fn summed_neighbours_keep_their_numbers() {
    let slots = Slots {
        stride: 2,
        ..Slots::iterations(10)
    };
    let chart = convergence::vulnerabilities(&known(&[5.0, 3.0, 1.0]), slots);
    assert_eq!(chart.mark(2), Some(5.0));
    assert_eq!(
        (chart.find(5.0), chart.find(6.0), chart.find(7.0)),
        (Some(2), Some(2), None)
    );
    assert_eq!(chart.find(0.0), None);
    assert_eq!(chart.table().rows[1], ["3", "3"]);
}

#[test]
fn a_chart_without_a_series_scales_to_the_rest() {
    let chart = AnyChart::from(convergence::severities(
        &[Some([1.0, 2.0, 60.0, 3.0, 0.0])],
        4,
    ));
    let rest = chart.clone().without(&["Medium".to_owned()]);
    assert_eq!(
        rest.table().headers,
        ["Iteration", "Critical", "High", "Low"]
    );
    assert!(svg(&chart, &View::UNKNOWN).contains(">60<"));
    let drawing = svg(&rest.at_height(50.0), &View::UNKNOWN);
    assert!(
        drawing.contains(">6<") && drawing.contains("height=\"50\""),
        "{drawing}"
    );

    let run = |passed, failed| {
        Some(TestRun {
            passed,
            failed,
            partial: false,
        })
    };
    let tests = AnyChart::from(convergence::tests(&[run(9.0, 1.0)], None, 4));
    let failed = tests.without(&["Passed".to_owned()]);
    assert_eq!(failed.table().rows[0], ["1", "", "1"]);
}

#[test]
fn a_flag_is_drawn_said_and_read_out_on_any_axis() {
    let flags = |at: f64| {
        [
            Flag::new(at, "restarted <by hand>"),
            Flag::new(9e9, "later"),
        ]
    };
    let view = View::of_width(600.0, 1.0);
    let bars = AnyChart::from(convergence::vulnerabilities(&known(&[5.0, 3.0, 1.0]), 4));
    let points = Points::new([(10.0, 1.0), (20.0, 2.0), (30.0, 4.0)]);
    let lines = AnyChart::from(LineChart {
        name: "loss".to_owned(),
        lines: vec![Line::new("loss", Ink::Series(1), points)],
        ..LineChart::default()
    });
    for (chart, at, words, far) in [
        (bars, 2.0, "Iteration 2", "Iteration 9000000000"),
        (lines, 20.0, "Step 20", "Step 9 G"),
    ] {
        let chart = chart.flagged(flags(at));
        let drawing = svg(&chart, &view);
        assert!(drawing.contains(">restarted &lt;by hand&gt;<"), "{drawing}");
        assert!(drawing.contains("<svg x=\""), "the flag itself: {drawing}");
        assert_eq!(drawing.matches("later").count(), 0, "it is not in view");
        assert!(
            chart.summary().ends_with(&format!(
                " Flags: restarted <by hand> at {words}, later at {far}."
            )),
            "{}",
            chart.summary()
        );
        let index = chart.find(at).unwrap();
        assert_eq!(
            chart.read_out(index, &view).unwrap().flags,
            ["restarted <by hand>"]
        );
        assert_eq!(chart.read_out(0, &view).unwrap().flags, [""; 0]);
    }
}

#[test]
fn flags_that_are_many_are_counted_and_crowded_words_left_out() {
    let chart = AnyChart::from(convergence::vulnerabilities(&known(&[1.0; 40]), 40));
    let chart = chart.flagged((1..=40).map(|n| Flag::new(f64::from(n), format!("note {n}"))));
    assert!(
        chart
            .summary()
            .ends_with("note 6 at Iteration 6, and 34 more.")
    );
    let drawing = svg(&chart, &View::of_width(300.0, 1.0));
    assert_eq!(drawing.matches("<svg x=\"").count(), 40);
    assert!(drawing.matches(">note").count() < 5, "{drawing}");
}

#[test]
fn a_stretch_of_the_axis_is_a_window_that_fits_its_values() {
    let values: Vec<_> = (1..=100).map(|n| Some(f64::from(n))).collect();
    let bars = convergence::vulnerabilities(&values, 100);
    let (from, to) = bars.window(10.5, 20.5);
    assert!(
        (from - 0.1).abs() < 1e-12 && (to - 0.2).abs() < 1e-12,
        "{from} {to}"
    );
    let view = View::of_width(400.0, 1.0).window(from, to);
    assert!((bars.x_at(0.0, &view) - 10.5).abs() < 1e-9);
    let drawing = svg(&bars, &view);
    // The highest bar in view is 20, not 100.
    assert!(
        drawing.contains(">20<") && !drawing.contains(">100<"),
        "{drawing}"
    );
    assert_eq!(bars.place(4, &view), None);

    let lines = convergence::findings_and_fixes(&values, &[], 100);
    let seen = svg(&lines, &view);
    assert!(seen.contains(">20<") && !seen.contains(">100<"), "{seen}");
    // A stretch that another chart of the page has, and this one has not.
    let (from, to) = lines.window(300.0, 400.0);
    let _ = svg(&lines, &View::of_width(400.0, 1.0).window(from, to));
}

#[test]
fn an_axis_by_powers_of_ten_begins_at_the_first_point_that_has_a_place() {
    let points = Points::new((0..=1000).map(|n| (f64::from(n), f64::from(n % 7))));
    let chart = LineChart {
        lines: vec![Line::new("loss", Ink::Series(1), points)],
        log_x: true,
        ..LineChart::default()
    };
    let view = View::of_width(900.0, 1.0);
    assert!((chart.x_at(0.0, &view) - 1.0).abs() < 1e-9);
    assert!((chart.place(10, &view).unwrap() - 1.0 / 3.0).abs() < 1e-9);
    assert_eq!(chart.place(0, &view), None);
    let drawing = svg(&chart, &view);
    for label in [">1<", ">10<", ">100<", ">1000<"] {
        assert!(drawing.contains(label), "{label}: {drawing}");
    }
    assert!(chart.window(-5.0, 100.0).0.abs() < 1e-9);
}

#[test]
fn smoothing_keeps_the_raw_line_gaps_and_the_first_value() {
    let values = [10.0, 0.0, f64::NAN, 10.0, 0.0];
    let points = Points::new(values.into_iter().enumerate().map(|(x, y)| (x as f64, y)));
    let chart = AnyChart::from(LineChart {
        lines: vec![Line::new("loss", Ink::Series(1), points)],
        ..LineChart::default()
    });
    let AnyChart::Lines(smooth) = chart.clone().smoothed(50) else {
        panic!("lines stay lines");
    };
    let line = &smooth.lines[0];
    let (points, raw) = (&line.points, line.raw.as_ref().unwrap());
    assert_eq!(
        (points.y(0), points.y(2), raw.y(1)),
        (Some(10.0), None, Some(0.0))
    );
    // Weights 1/2 and 1 of 10 and 0; what is behind the gap goes on from there.
    assert!((points.y(1).unwrap() - 10.0 / 3.0).abs() < 1e-9);
    assert_eq!(chart.clone().smoothed(0), chart);
    let bars = AnyChart::from(convergence::vulnerabilities(&known(&[5.0]), 4));
    assert_eq!(bars.clone().smoothed(50).logarithmic(true, true), bars);
}

#[test]
fn values_by_powers_of_ten_begin_at_the_least_that_has_a_place_and_zero_is_a_gap() {
    let findings = known(&[1000.0, 100.0, 0.0, 10.0]);
    let chart = AnyChart::from(convergence::findings_and_fixes(&findings, &[], 4));
    assert!(
        chart.ways().log_y && !chart.ways().log_x,
        "iterations are no numbers to scale"
    );
    let drawing = svg(&chart.logarithmic(true, true), &View::UNKNOWN);
    for label in [">10<", ">100<", ">1000<"] {
        assert!(drawing.contains(label), "{label}: {drawing}");
    }
    // The line ends before the zero, and a point stands behind it.
    assert!(!drawing.contains(">0<"), "{drawing}");
}

#[test]
fn a_brush_takes_whole_slots_and_a_stretch_stays_within_the_whole() {
    let bars = AnyChart::from(convergence::vulnerabilities(&known(&[1.0; 10]), 10));
    assert_eq!(bars.snapped((2.3, 6.9)), (2.5, 6.5));
    assert_eq!(bars.snapped((4.1, 4.2)), (3.5, 4.5));
    let view = View::of_width(400.0, 1.0).window(0.5, 0.75);
    // A quarter more to the right is the end; further is no more.
    assert_eq!(view.within(1.0, 2.0), Some((1.0, 2.0)));
    assert_eq!(view.within(1.5, 2.5), Some((1.0, 2.0)));
    assert_eq!(view.within(-9.0, -8.0), Some((-2.0, -1.0)));
    assert_eq!(view.within(-2.0, 2.0), None);
    assert_eq!(view.within(f64::NAN, 2.0), None);
}
