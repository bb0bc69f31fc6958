//! What runs came to. In: boards. Out: a row a figure, the best of the runs that are over marked, where one is better
//! than another.

use std::collections::BTreeSet;

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

/// A row: its id and name, what it counts, which is better, who may be best, and a cell of a run.
type Told = (
    &'static str,
    &'static str,
    FigureUnit,
    Better,
    Who,
    fn(&Board) -> ResultCell,
);

/// What is told of every run, of loops first.
const ROWS: [Told; 15] = {
    use Better::{Higher, Lower, Neither};
    use FigureUnit::{Count, DurationMs, Percent};
    use Who::{Ended, Succeeded};
    [
        (
            "passes",
            "Iterations to converge",
            Count,
            Lower,
            Succeeded,
            passes,
        ),
        ("epochs", "Epochs", Count, Neither, Ended, epochs),
        (
            "duration", "Duration", DurationMs, Lower, Succeeded, duration,
        ),
        (
            "findings_left",
            "Findings left",
            Count,
            Lower,
            Ended,
            findings_left,
        ),
        ("fixes", "Fixes", Count, Neither, Ended, fixes),
        (
            "vulnerabilities",
            "Vulnerabilities found",
            Count,
            Lower,
            Ended,
            vulnerabilities,
        ),
        (
            "tests_passed",
            "Tests passed at the end",
            Count,
            Higher,
            Ended,
            tests_passed,
        ),
        (
            "tests_failed",
            "Tests failed at the end",
            Count,
            Lower,
            Ended,
            tests_failed,
        ),
        (
            "slowest_step",
            "Slowest step",
            DurationMs,
            Neither,
            Ended,
            slowest,
        ),
        ("skills", "Skills run", Count, Neither, Ended, skills),
        ("files", "Files changed", Count, Neither, Ended, files),
        ("agents", "Agents executed", Count, Neither, Ended, agents),
        (
            "opportunities",
            "Opportunities",
            Count,
            Higher,
            Ended,
            opportunities,
        ),
        ("quality", "Quality", Percent, Higher, Ended, quality),
        ("errors", "Errors", Count, Lower, Ended, errors),
    ]
};

pub(super) fn results(boards: &[&Board], metrics: &[SharedMetric]) -> Vec<ComparedResult> {
    let told = ROWS.into_iter().map(|(id, name, unit, better, who, of)| {
        let row = ComparedResult {
            id: id.to_owned(),
            name: name.to_owned(),
            unit,
            better,
            cells: boards.iter().map(|board| of(board)).collect(),
        };
        finish(boards, row, who)
    });
    let metrics = metrics.iter().take(MOST_METRICS).map(|metric| {
        let row = ComparedResult {
            id: format!("metric:{}", metric.name),
            name: metric.name.clone(),
            unit: FigureUnit::Number,
            better: metric.better,
            cells: metric.last.iter().map(|last| figure(*last)).collect(),
        };
        finish(boards, row, Who::Ended)
    });
    let says = |row: &ComparedResult| {
        row.cells
            .iter()
            .any(|cell| cell.figure.is_some() || cell.word.is_some())
    };
    told.chain(metrics).filter(says).collect()
}

/// Marks the best. One run alone is not the best of any, and neither is any where all are equal, or where programs of
/// different kinds ran: a training that takes longer than a review is no worse than it.
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
    let (kinds, told): (BTreeSet<Dialect>, Vec<f64>) = told
        .filter_map(|(cell, board)| Some((board.header().dialect, cell.figure?)))
        .unzip();
    let of = |pick: fn(f64, f64) -> f64| told.iter().copied().reduce(pick);
    let (Some(least), Some(most)) = (of(f64::min), of(f64::max)) else {
        return row;
    };
    let best = match row.better {
        Better::Lower => least,
        Better::Higher => most,
        Better::Neither => return row,
    };
    if kinds.len() == 1 && least < most {
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

fn findings_left(board: &Board) -> ResultCell {
    count(board.findings_open())
}

fn fixes(board: &Board) -> ResultCell {
    of_loop(board, board.totals().total_fixes)
}

fn vulnerabilities(board: &Board) -> ResultCell {
    of_loop(board, board.totals().total_vulnerabilities)
}

fn tests_passed(board: &Board) -> ResultCell {
    count(last_tests(board).map(|(passed, _)| passed))
}

fn tests_failed(board: &Board) -> ResultCell {
    count(last_tests(board).map(|(_, failed)| failed))
}

fn skills(board: &Board) -> ResultCell {
    count(Some(board.skills().ended()).filter(|ended| *ended > 0))
}

fn files(board: &Board) -> ResultCell {
    let files = board.files().rows().len() as u64 + board.files().left_out();
    count(Some(files).filter(|files| *files > 0))
}

fn agents(board: &Board) -> ResultCell {
    count(board.crew_summary().map(|crew| crew.agents_executed))
}

fn opportunities(board: &Board) -> ResultCell {
    count(board.crew_summary().map(|crew| crew.opportunities))
}

fn quality(board: &Board) -> ResultCell {
    figure(board.quality().executions().mean())
}

fn errors(board: &Board) -> ResultCell {
    count(Some(board.error_count()))
}

/// What every loop counts, and of other programs only where it is there.
fn of_loop(board: &Board, value: u64) -> ResultCell {
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
