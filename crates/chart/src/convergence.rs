//! The charts of a convergence loop, from plain figures per iteration. In: slices, an element an iteration
//! from the first on, `None` where nothing is known; `slots`, the budget of iterations. Out: charts in the
//! house's colours, sizes and words.

use std::sync::Arc;

use crate::axis::{Range, XAxis, YAxis};
use crate::bars::BarChart;
use crate::format::Unit;
use crate::ink::Ink;
use crate::key::Dash;
use crate::line::{EndLabel, Line, LineChart, Threshold};
use crate::points::Points;
use crate::slots::Slots;
use crate::split::SplitChart;
use crate::stack::{Bar, Stack};

/// Charts of the first row.
const TALL_PX: f64 = 136.0;
/// Charts of the second row.
const LOW_PX: f64 = 96.0;

/// Findings and fixes, a line each.
pub fn findings_and_fixes(
    findings: &[Option<f64>],
    fixes: &[Option<f64>],
    slots: impl Into<Slots>,
) -> LineChart {
    let line = |label, ink, values: &[Option<f64>]| Line {
        end: EndLabel::NameAndValue,
        ..Line::new(label, ink, Points::in_slots(values.iter().copied()))
    };
    LineChart {
        name: "Findings and fixes".to_owned(),
        note: "per iteration".to_owned(),
        x: XAxis::Slots(slots.into()),
        y: YAxis::from_zero(Unit::Count),
        lines: vec![
            Line {
                area: true,
                ..line("Findings", Ink::Diagnose, findings)
            },
            Line {
                dash: Dash::Long,
                square: true,
                ..line("Fixes", Ink::Fix, fixes)
            },
        ],
        height_px: TALL_PX,
        ..LineChart::default()
    }
}

/// Findings by severity: critical, high, medium, low, info. Info shows only where there is any.
pub fn severities(rows: &[Option<[f64; 5]>], slots: impl Into<Slots>) -> BarChart {
    let names = [
        ("Critical", Ink::Critical),
        ("High", Ink::High),
        ("Medium", Ink::Medium),
        ("Low", Ink::Low),
        ("Info", Ink::Info),
    ];
    let any_info = rows.iter().flatten().any(|row| row[4] > 0.0);
    let stack = |i: usize| {
        let (label, ink) = names[i];
        Stack::new(label, ink, rows.iter().map(|row| row.map(|row| row[i])))
    };
    BarChart {
        name: "By severity".to_owned(),
        note: String::new(),
        slots: slots.into(),
        y: YAxis::from_zero(Unit::Count),
        stacks: (0..4 + usize::from(any_info)).map(stack).collect(),
        totals: true,
        height_px: TALL_PX,
        ..BarChart::default()
    }
}

/// Step times in ms, a row an iteration and in it a value a step, in the order of `steps`. `partial` is the step
/// that is running, as its row's index and its own.
pub fn step_times(
    steps: &[(String, Ink)],
    rows: &[Vec<Option<f64>>],
    partial: Option<(usize, usize)>,
    slots: impl Into<Slots>,
) -> BarChart {
    let stacks = steps.iter().enumerate().map(|(step, (label, ink))| {
        let bar = |(slot, row): (usize, &Vec<Option<f64>>)| {
            let value = row.get(step).copied().flatten()?;
            let partial = partial == Some((slot, step));
            Some(Bar { value, partial })
        };
        Stack {
            label: label.clone(),
            ink: *ink,
            bars: rows.iter().enumerate().map(bar).collect(),
        }
    });
    BarChart {
        name: "Step time".to_owned(),
        note: String::new(),
        slots: slots.into(),
        y: YAxis::from_zero(Unit::DurationMs),
        stacks: stacks.collect(),
        totals: false,
        height_px: LOW_PX,
        ..BarChart::default()
    }
}

/// The ink of a step that is known by this name, in any case; `None` for another dialect's own.
pub fn step_ink(name: &str) -> Option<Ink> {
    let inks = [
        ("diagnose", Ink::Diagnose),
        ("fix", Ink::Fix),
        ("attack", Ink::Attack),
        ("validate", Ink::Validate),
    ];
    inks.into_iter()
        .find(|(known, _)| name.eq_ignore_ascii_case(known))
        .map(|(_, ink)| ink)
}

/// What a test run came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TestRun {
    /// How many passed.
    pub passed: f64,
    /// How many failed.
    pub failed: f64,
    /// Whether it is still running.
    pub partial: bool,
}

/// Tests passed and failed. `full` is how many tests there are, where that is known.
pub fn tests(runs: &[Option<TestRun>], full: Option<f64>, slots: impl Into<Slots>) -> SplitChart {
    let stack = |label: &str, ink, value: fn(&TestRun) -> f64| Stack {
        label: label.to_owned(),
        ink,
        bars: runs
            .iter()
            .map(|run| {
                run.as_ref().map(|run| Bar {
                    value: value(run),
                    partial: run.partial,
                })
            })
            .collect(),
    };
    SplitChart {
        name: "Tests".to_owned(),
        note: String::new(),
        slots: slots.into(),
        rows: [
            stack("Passed", Ink::Good, |run| run.passed),
            stack("Failed", Ink::Bad, |run| run.failed),
        ],
        full,
        height_px: LOW_PX,
        ..SplitChart::default()
    }
}

/// Vulnerabilities found by attacking.
pub fn vulnerabilities(values: &[Option<f64>], slots: impl Into<Slots>) -> BarChart {
    BarChart {
        name: "Vulnerabilities".to_owned(),
        note: "by attack".to_owned(),
        slots: slots.into(),
        y: YAxis::from_zero(Unit::Count),
        stacks: vec![Stack::new(
            "Vulnerabilities",
            Ink::Attack,
            values.iter().copied(),
        )],
        totals: true,
        height_px: LOW_PX,
        ..BarChart::default()
    }
}

/// How far the loop has come, in per cent, and the per cent at which it is done. `note` says of what.
pub fn trend(
    percent: &[Option<f64>],
    note: &str,
    done_at: Option<f64>,
    slots: impl Into<Slots>,
) -> LineChart {
    let points = Points::in_slots(percent.iter().copied());
    LineChart {
        name: "Convergence".to_owned(),
        note: note.to_owned(),
        x: XAxis::Slots(slots.into()),
        y: YAxis {
            unit: Unit::Percent,
            range: Range::Fixed(0.0, 100.0),
            log: false,
        },
        lines: vec![Line::new("Converged", Ink::Good, points)],
        threshold: done_at.map(|value| Threshold {
            value,
            label: format!("done at {}", Unit::Percent.show(value)),
        }),
        height_px: TALL_PX,
        ..LineChart::default()
    }
}

/// One metric over steps or time: a line, and faintly under it what it was smoothed from.
pub fn metric(
    name: impl Into<String>,
    x: XAxis,
    unit: Unit,
    points: Arc<Points>,
    raw: Option<Arc<Points>>,
) -> LineChart {
    let name = name.into();
    let line = Line {
        points,
        raw,
        ..Line::new(name.clone(), Ink::Series(1), Points::default())
    };
    LineChart {
        name,
        note: String::new(),
        x,
        y: YAxis {
            unit,
            range: Range::Data,
            log: false,
        },
        lines: vec![line],
        height_px: LOW_PX,
        ..LineChart::default()
    }
}
