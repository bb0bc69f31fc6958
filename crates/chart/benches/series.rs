//! How long a series of a million points takes to take in, to draw, and to point at. In: nothing. Out: a line each.
//!
//! `cargo bench --package loopscope-chart`

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use loopscope_chart::{Chart as _, Points, Unit, View, XAxis, convergence, svg};

const POINTS: u32 = 1_000_000;

fn main() {
    let values = (0..POINTS).map(|i| (f64::from(i), f64::from(i.wrapping_mul(2_654_435_761) >> 8)));
    let points = Arc::new(time("take in 1 M points", 1, || {
        Points::new(values.clone())
    }));
    let x = XAxis::Number {
        word: "Step".to_owned(),
        range: None,
    };
    let chart = convergence::metric("Series", x, Unit::Number, points, None);
    let whole = View::of_width(1200.0, 1.0);
    let drawing = time("draw all of them, 1200 px", 100, || svg(&chart, &whole));
    println!("{:>12} bytes of SVG", drawing.len());
    let part = whole.window(0.4, 0.41);
    time("draw a hundredth of them", 100, || svg(&chart, &part));
    time("find the point under the pointer", 1000, || {
        chart.nearest(0.5, &whole)
    });
    let rows: Vec<_> = (0..10)
        .map(|i| Some([4.0, 9.0, 13.0, 8.0, f64::from(i)]))
        .collect();
    let bars = convergence::severities(&rows, 10);
    time("draw ten iterations by severity", 1000, || {
        svg(&bars, &whole)
    });
}

/// Runs something some times and prints how long one run took on average. Out: the last result.
fn time<T>(what: &str, runs: u32, run: impl Fn() -> T) -> T {
    let start = Instant::now();
    for _ in 1..runs {
        black_box(run());
    }
    let last = run();
    let micros = start.elapsed().as_secs_f64() * 1e6 / f64::from(runs);
    println!("{micros:>12.1} µs  {what}");
    last
}
