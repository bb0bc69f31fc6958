//! Runs side by side. In: boards of two to eight runs. Out: a value a pass and run of every figure that they share,
//! what they came to with the best marked, and their configurations key by key. Pure.

mod config;
mod curves;
mod metrics;
mod results;

use loopscope_event::{Cursor, Timestamp};
use loopscope_protocol::{ComparedRun, Comparison, SessionRef};

use crate::Board;

/// Compares runs, in the order given.
pub fn compare(boards: &[&Board], cursor: Cursor, server_time: Timestamp) -> Comparison {
    let metrics = metrics::shared(boards);
    let (config, config_left_out) = config::rows(boards);
    Comparison {
        runs: boards.iter().map(|board| run(board)).collect(),
        missing: Vec::<SessionRef>::new(),
        curves: curves::curves(boards),
        results: results::results(boards, &metrics),
        metrics,
        config,
        config_left_out,
        cursor,
        server_time,
    }
}

fn run(board: &Board) -> ComparedRun {
    let began = board.header().started_at;
    let passes = board.iteration_numbers();
    let mut last = 0.0_f64;
    // A pass of which nothing was said lies where the one before it does.
    let at_ms = passes.iter().map(|pass| {
        if let Some(row) = board.rows().get(*pass) {
            let at = row.ended_at.unwrap_or(row.started_at);
            last = at.since(began).as_millis_f64().max(last);
        }
        last
    });
    ComparedRun {
        at_ms: at_ms.collect(),
        summary: board.summary(),
        stride: board.rows().stride(),
        passes,
    }
}
