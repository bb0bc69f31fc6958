//! What runs tell a pass. In: boards. Out: a curve a figure that at least two of them tell.

use loopscope_protocol::{Better, ComparedCurve, FigureUnit};

use crate::{Board, IterationRow};

/// The most steps whose times are compared.
const MOST_STEPS: usize = 12;

/// The values of one run, a pass each.
type Values = Vec<Option<f64>>;

pub(super) fn curves(boards: &[&Board]) -> Vec<ComparedCurve> {
    use Better::{Higher, Lower, Neither};
    use FigureUnit::{Count, DurationMs, Percent};
    let each = |of: &dyn Fn(&Board) -> Values| boards.iter().map(|board| of(board)).collect();
    let curve = |id: &str, name: &str, unit, better, runs: Vec<Values>| ComparedCurve {
        id: id.to_owned(),
        name: name.to_owned(),
        unit,
        better,
        runs,
    };
    let counts = |id, name, better, of: fn(&IterationRow) -> Option<u64>| {
        let values = |board: &Board| means(board, |row| of(row).map(|count| count as f64));
        curve(id, name, Count, better, each(&values))
    };
    let mut all = vec![
        counts("findings", "Findings", Lower, |row| row.findings),
        curve("fixed", "Fixed", Percent, Higher, fixed(boards)),
        curve(
            "pass_time",
            "Iteration time",
            DurationMs,
            Lower,
            each(&pass_times),
        ),
        counts("fixes", "Fixes", Neither, |row| row.fixes),
        counts("vulnerabilities", "Vulnerabilities", Lower, |row| {
            row.vulnerabilities
        }),
        counts("severe", "Critical and high findings", Lower, |row| {
            row.severities.map(|found| found.critical + found.high)
        }),
        counts("tests_passed", "Tests passed", Higher, |row| {
            row.tests.map(|tests| tests.passed)
        }),
        counts("tests_failed", "Tests failed", Lower, |row| {
            row.tests.map(|tests| tests.failed)
        }),
    ];
    for step in steps(boards) {
        let times = |board: &Board| step_times(board, &step);
        let (id, name) = (format!("step:{step}"), format!("{} time", title(&step)));
        all.push(curve(&id, &name, DurationMs, Lower, each(&times)));
    }
    let least = boards.len().min(2);
    all.retain_mut(|curve| {
        for values in &mut curve.runs {
            if values.iter().all(Option::is_none) {
                values.clear();
            }
        }
        curve
            .runs
            .iter()
            .filter(|values| !values.is_empty())
            .count()
            >= least
    });
    all
}

/// A value a pass; of passes that were merged the mean.
fn means(board: &Board, of: impl Fn(&IterationRow) -> Option<f64>) -> Values {
    let stride = f64::from(board.rows().stride());
    board.per_iteration(|row| of(row).map(|value| value / stride))
}

/// How far the runs have come; all of them measured alike, so the finer measure only where every run has it.
fn fixed(boards: &[&Board]) -> Vec<Values> {
    let named: Option<Vec<_>> = boards.iter().map(|board| board.fixed_of_found()).collect();
    named.unwrap_or_else(|| boards.iter().map(|board| board.gone_since_peak()).collect())
}

fn pass_times(board: &Board) -> Values {
    let rows = board.iterations();
    means(board, |row| {
        let next = rows.iter().find(|next| next.number > row.number);
        let end = row.ended_at.or(next.map(|next| next.started_at))?;
        Some(end.since(row.started_at).as_millis_f64().max(0.0))
    })
}

fn step_times(board: &Board, step: &str) -> Values {
    let Some(index) = board.step_names().iter().position(|name| name == step) else {
        return Vec::new();
    };
    means(board, |row| {
        let time = row
            .steps
            .iter()
            .find(|time| usize::from(time.step) == index)?;
        Some(time.spent.as_millis_f64())
    })
}

/// Every step of any run, once.
fn steps(boards: &[&Board]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for name in boards.iter().flat_map(|board| board.step_names()) {
        if names.len() < MOST_STEPS && !names.contains(name) {
            names.push(name.clone());
        }
    }
    names
}

/// `run_tests` as a title: `Run tests`.
fn title(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + &chars.as_str().replace('_', " ")
}
