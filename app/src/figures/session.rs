//! The charts of a session. In: its board. Out: six figures in a grid, each redrawn only when what it shows changed.

use leptos::prelude::*;

use crate::part::IntoPart as _;
use loopscope_board::Board;
use loopscope_chart::AnyChart;
use loopscope_event::Timestamp;

use super::{Crosshair, Figure};

pub mod charts;
#[cfg(test)]
mod tests;

/// How a board becomes a chart. One type for all, so that there is one memo to compile.
type Make = fn(&Board, Timestamp) -> AnyChart;

/// The session's charts with one crosshair.
#[component]
pub fn SessionCharts(
    /// The session.
    #[prop(into)]
    board: Signal<Board>,
    /// The server's clock: how long the running step has taken so far.
    #[prop(into)]
    now: Signal<Timestamp>,
) -> impl IntoView {
    Crosshair::provide();
    let chart = move |make: Make| -> Signal<AnyChart> {
        Memo::new(move |_| {
            // While nothing runs the clock changes nothing.
            let runs = board.with(|board| board.running_steps().next().is_some());
            let now = if runs { now.get() } else { now.get_untracked() };
            board.with(|board| make(board, now))
        })
        .into()
    };
    let figures: [(Make, &str); 6] = [
        (|board, _| charts::findings_and_fixes(board).into(), "c5"),
        (|board, _| charts::severities(board).into(), "c4"),
        (|board, _| charts::trend(board).into(), "c3"),
        (|board, now| charts::step_times(board, now).into(), "c5"),
        (|board, _| charts::tests(board).into(), "c4"),
        (|board, _| charts::vulnerabilities(board).into(), "c3"),
    ];
    let figures: Vec<_> = figures
        .into_iter()
        .map(|(make, span)| view! { <Figure chart=chart(make) span /> }.part())
        .collect();
    view! { <div class="charts">{figures}</div> }.part()
}
