//! What runs came to. In: boards. Out: a row a figure, the best of the runs that are over marked, where one is better
//! than another.

use loopscope_event::Dialect;
use loopscope_protocol::{
    Better, ComparedResult, FigureUnit, ResultCell, SessionStatus, SharedMetric,
};

use crate::Board;

/// The most metrics among the results.
const MOST_METRICS: usize = 24;

/// Which runs may be called best.
#[derive(Clone, Copy, PartialEq)]
enum Who {
    /// Those that are over.
    Ended,
    /// Those that reached their goal: to be over soon is no merit in itself.
    Succeeded,
}

pub(super) fn results(boards: &[&Board], metrics: &[SharedMetric]) -> Vec<ComparedResult> {
    use Better::{Higher, Lower, Neither};
    use FigureUnit::{Count, DurationMs, Number, Percent};
    let row = |id: &str, name: &str, unit, better, who, of: fn(&Board) -> ResultCell| {
        let cells = boards.iter().map(|board| of(board)).collect();
        finish(
            boards,
            ComparedResult {
                id: id.to_owned(),
                name: name.to_owned(),
                unit,
                better,
                cells,
            },
            who,
        )
    };
    let mut rows = vec![
        row(
            "passes",
            "Iterations to converge",
            Count,
            Lower,
            Who::Succeeded,
            passes,
        ),
        row("epochs", "Epochs", Count, Neither, Who::Ended, epochs),
        row(
            "duration",
            "Duration",
            DurationMs,
            Lower,
            Who::Succeeded,
            duration,
        ),
        row(
            "findings_left",
            "Findings left",
            Count,
            Lower,
            Who::Ended,
            |board| count(board.findings_open()),
        ),
        row("fixes", "Fixes", Count, Neither, Who::Ended, |board| {
            loops(board, board.totals().total_fixes)
        }),
        row(
            "vulnerabilities",
            "Vulnerabilities found",
            Count,
            Lower,
            Who::Ended,
            |board| loops(board, board.totals().total_vulnerabilities),
        ),
        row(
            "tests_passed",
            "Tests passed at the end",
            Count,
            Higher,
            Who::Ended,
            |board| count(last_tests(board).map(|(passed, _)| passed)),
        ),
        row(
            "tests_failed",
            "Tests failed at the end",
            Count,
            Lower,
            Who::Ended,
            |board| count(last_tests(board).map(|(_, failed)| failed)),
        ),
        row(
            "slowest_step",
            "Slowest step",
            DurationMs,
            Neither,
            Who::Ended,
            slowest,
        ),
        row(
            "skills",
            "Skills run",
            Count,
            Neither,
            Who::Ended,
            |board| count(Some(board.skills().ended()).filter(|ended| *ended > 0)),
        ),
        row(
            "files",
            "Files changed",
            Count,
            Neither,
            Who::Ended,
            |board| {
                let files = board.files().rows().len() as u64 + board.files().left_out();
                count(Some(files).filter(|files| *files > 0))
            },
        ),
        row(
            "agents",
            "Agents executed",
            Count,
            Neither,
            Who::Ended,
            |board| count(board.crew_summary().map(|crew| crew.agents_executed)),
        ),
        row(
            "opportunities",
            "Opportunities",
            Count,
            Higher,
            Who::Ended,
            |board| count(board.crew_summary().map(|crew| crew.opportunities)),
        ),
        row("quality", "Quality", Percent, Higher, Who::Ended, |board| {
            figure(board.quality().executions().mean())
        }),
        row("errors", "Errors", Count, Lower, Who::Ended, |board| {
            count(Some(board.error_count()))
        }),
    ];
    rows.extend(metrics.iter().take(MOST_METRICS).map(|metric| {
        let cells = metric.last.iter().map(|last| figure(*last)).collect();
        let row = ComparedResult {
            id: format!("metric:{}", metric.name),
            name: metric.name.clone(),
            unit: Number,
            better: metric.better,
            cells,
        };
        finish(boards, row, Who::Ended)
    }));
    rows.retain(|row| {
        row.cells
            .iter()
            .any(|cell| cell.figure.is_some() || cell.word.is_some())
    });
    rows
}

/// Marks the best. One run alone is not the best of any, and neither is any where all are equal.
fn finish(boards: &[&Board], mut row: ComparedResult, who: Who) -> ComparedResult {
    let counts = |board: &Board| match who {
        Who::Ended => board.status().is_ended(),
        Who::Succeeded => matches!(
            board.status(),
            SessionStatus::Converged | SessionStatus::Completed
        ),
    };
    let told = row
        .cells
        .iter()
        .zip(boards)
        .filter(|(_, board)| counts(board));
    let told: Vec<f64> = told.filter_map(|(cell, _)| cell.figure).collect();
    let of = |pick: fn(f64, f64) -> f64| told.iter().copied().reduce(pick);
    let (Some(least), Some(most)) = (of(f64::min), of(f64::max)) else {
        return row;
    };
    let best = match row.better {
        Better::Lower => least,
        Better::Higher => most,
        Better::Neither => return row,
    };
    if told.len() > 1 && least < most {
        for (cell, board) in row.cells.iter_mut().zip(boards) {
            cell.best = counts(board)
                && cell
                    .figure
                    .is_some_and(|figure| figure.total_cmp(&best).is_eq());
        }
    }
    row
}

fn figure(value: Option<f64>) -> ResultCell {
    ResultCell {
        figure: value.filter(|value| value.is_finite()),
        ..ResultCell::default()
    }
}

fn count(value: Option<u64>) -> ResultCell {
    figure(value.map(|value| value as f64))
}

/// What every loop counts, and of other programs only where it is there.
fn loops(board: &Board, value: u64) -> ResultCell {
    let is_loop = board.header().dialect == Dialect::Convergence;
    count(Some(value).filter(|value| is_loop || *value > 0))
}

fn passes(board: &Board) -> ResultCell {
    let passes = u64::from(board.current_iteration());
    if passes == 0 {
        return ResultCell::default();
    }
    if board.status() == SessionStatus::Failed {
        let of = board.header().max_iterations.map_or(passes, u64::from);
        return ResultCell {
            word: Some(format!("not in {of}")),
            ..ResultCell::default()
        };
    }
    count(Some(passes))
}

fn epochs(board: &Board) -> ResultCell {
    count(board.training().epoch())
}

/// Of a run that goes on: so far.
fn duration(board: &Board) -> ResultCell {
    let header = board.header();
    let end = header.ended_at.unwrap_or(header.last_event_at);
    figure(Some(end.since(header.started_at).as_millis_f64().max(0.0)))
}

fn last_tests(board: &Board) -> Option<(u64, u64)> {
    let rows = board.iterations().iter().rev();
    rows.filter_map(|row| row.tests)
        .map(|tests| (tests.passed, tests.failed))
        .next()
}

/// The step that takes longest in the mean, or the skill that took longest.
fn slowest(board: &Board) -> ResultCell {
    let mut sums = vec![(0.0_f64, 0_u32); board.step_names().len()];
    for time in board.iterations().iter().flat_map(|row| &row.steps) {
        if let Some((spent, runs)) = sums.get_mut(usize::from(time.step)) {
            *spent += time.spent.as_millis_f64();
            *runs += time.runs;
        }
    }
    let steps = board
        .step_names()
        .iter()
        .zip(sums)
        .filter(|(_, (_, runs))| *runs > 0);
    let steps = steps.map(|(name, (spent, runs))| (name.as_str(), spent / f64::from(runs)));
    let skills = board.skills().rows().iter();
    let skills = skills.filter_map(|row| Some((row.name.as_str(), row.duration?.as_millis_f64())));
    let longest = steps.chain(skills).max_by(|a, b| a.1.total_cmp(&b.1));
    longest.map_or_else(ResultCell::default, |(name, spent)| ResultCell {
        word: Some(name.to_owned()),
        ..figure(Some(spent))
    })
}
