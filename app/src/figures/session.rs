//! The charts of a session. In: its board. Out: six figures in a grid, each made anew only when what it shows changed, and
//! no more often than anybody can read.

use leptos::prelude::*;

use crate::part::IntoPart as _;
use loopscope_board::Board;
use loopscope_chart::{AnyChart, Chart as _};
use loopscope_event::Timestamp;

use super::pace::pace;
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
    /// Whether somebody moves through the session by hand: then nothing waits.
    #[prop(into)]
    touched: Signal<bool>,
    /// Whether charts that have nothing to show are left out.
    #[prop(optional)]
    only_told: bool,
) -> impl IntoView {
    Crosshair::provide();
    let told = pace(board, touched);
    let runs = Memo::new(move |_| {
        told.track();
        board.with_untracked(|board| board.running_steps().next().is_some())
    });
    let chart = move |make: Make| -> Signal<AnyChart> {
        Memo::new(move |_| {
            told.track();
            // While nothing runs the clock changes nothing.
            let now = if runs.get() {
                now.get()
            } else {
                now.get_untracked()
            };
            board.with_untracked(|board| make(board, now))
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
        .map(|(make, span)| {
            let chart = chart(make);
            if !only_told {
                return view! { <Figure chart span /> }.part();
            }
            let shows = Memo::new(move |_| chart.with(|chart| !chart.is_empty()));
            view! { {move || shows.get().then(|| view! { <Figure chart span="c6" /> })} }.part()
        })
        .collect();
    view! { <div class="charts">{figures}</div> }.part()
}
