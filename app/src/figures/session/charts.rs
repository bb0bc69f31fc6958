//! A board's rows as charts. In: a board. Out: plain charts; what a loop has not said stays unknown.

use loopscope_board::{Board, IterationRow};
use loopscope_chart::convergence::{self, TestRun};
use loopscope_chart::{BarChart, Ink, LineChart, Slots, SplitChart};
use loopscope_event::Timestamp;

/// The most iterations that are shown before they come: a budget may be a million.
const MOST_AHEAD: u32 = 50;

/// The places of the board's iterations, those still to come included.
fn slots(board: &Board) -> Slots {
    let stride = board.rows().stride();
    let now = board.current_iteration();
    let budget = board.header().max_iterations.unwrap_or(10);
    let ahead = budget.min(now.saturating_add(MOST_AHEAD)).max(now).max(1);
    Slots {
        stride,
        ..Slots::iterations(ahead.div_ceil(stride) as usize)
    }
}

fn counts(board: &Board, value: impl Fn(&IterationRow) -> Option<u64>) -> Vec<Option<f64>> {
    board.per_iteration(|row| value(row).map(|count| count as f64))
}

/// Findings and fixes a pass.
pub fn findings_and_fixes(board: &Board) -> LineChart {
    let findings = counts(board, |row| row.findings);
    let fixes = counts(board, |row| row.fixes);
    convergence::findings_and_fixes(&findings, &fixes, slots(board))
}

/// Findings by severity a pass.
pub fn severities(board: &Board) -> BarChart {
    let rows = board.per_iteration(|row| {
        row.severities
            .map(|s| [s.critical, s.high, s.medium, s.low, s.info].map(|count| count as f64))
    });
    convergence::severities(&rows, slots(board))
}

/// Findings by attack a pass.
pub fn vulnerabilities(board: &Board) -> BarChart {
    convergence::vulnerabilities(&counts(board, |row| row.vulnerabilities), slots(board))
}

/// Tests passed and failed a pass.
pub fn tests(board: &Board) -> SplitChart {
    let now = board.current_iteration();
    let running = board.running_steps().next().is_some();
    let runs = board.per_iteration(|row| {
        row.tests.map(|tests| TestRun {
            passed: tests.passed as f64,
            failed: tests.failed as f64,
            partial: running && row.number == now && row.validated().is_none(),
        })
    });
    let full = runs
        .iter()
        .flatten()
        .map(|run| run.passed + run.failed)
        .reduce(f64::max);
    convergence::tests(&runs, full, slots(board))
}

/// Time of each step a pass, and of the one that runs as far as it is.
pub fn step_times(board: &Board, now: Timestamp) -> BarChart {
    let mut names = board.step_names().to_vec();
    let running = board.running_steps().last();
    if let Some(running) = running.filter(|running| !names.contains(&running.step)) {
        names.push(running.step.clone());
    }
    let mut rows: Vec<Vec<Option<f64>>> = board.per_iteration(|row| {
        let mut times = vec![None; names.len()];
        for time in &row.steps {
            if let Some(place) = times.get_mut(usize::from(time.step)) {
                *place = Some(time.spent.as_secs_f64() * 1000.0);
            }
        }
        times
    });
    let partial = running.and_then(|running| {
        let step = names.iter().position(|name| *name == running.step)?;
        let slot = (running.iteration.checked_sub(1)? / board.rows().stride()) as usize;
        let row = rows.get_mut(slot)?;
        row.resize(names.len(), None);
        let so_far = (now.since(running.started_at).as_secs_f64() * 1000.0).max(0.0);
        row[step] = Some(row[step].unwrap_or(0.0) + so_far);
        Some((slot, step))
    });
    let mut own = 0;
    let steps: Vec<_> = names
        .iter()
        .map(|name| {
            let ink = convergence::step_ink(name).unwrap_or_else(|| {
                own += 1;
                Ink::Series(own)
            });
            (title(name), ink)
        })
        .collect();
    convergence::step_times(&steps, &rows, partial, slots(board))
}

/// How far a loop has come: the share of all findings that are fixed, where the loop names them; else how many of the
/// most that were ever found at once are gone. The chart's note says which: the two are not the same.
pub fn trend(board: &Board) -> LineChart {
    let (percent, note) = match board.fixed_of_found() {
        Some(percent) => (percent, "fixed of all found"),
        None => (board.gone_since_peak(), "gone since the peak"),
    };
    convergence::trend(&percent, note, threshold(board), slots(board))
}

/// The share at which the loop's configuration calls it done, in per cent.
fn threshold(board: &Board) -> Option<f64> {
    #[derive(serde::Deserialize)]
    struct Config {
        convergence_threshold: f64,
    }
    let config = board.header().config.as_ref()?;
    let config: Config = serde_json::from_str(config.as_str()).ok()?;
    let share = config.convergence_threshold;
    (share > 0.0 && share <= 1.0).then_some(share * 100.0)
}

/// `run_tests` as a title: `Run tests`.
fn title(name: &str) -> String {
    let mut chars = name.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string());
    first.unwrap_or_default() + &chars.as_str().replace('_', " ")
}
