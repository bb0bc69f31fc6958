//! The charts of a session. In: its board. Out: six figures in a grid, each redrawn only when what it shows changed.

use leptos::prelude::*;
use loopscope_board::Board;
use loopscope_chart::AnyChart;
use loopscope_event::Timestamp;

use super::{Crosshair, Figure};

pub mod charts;
#[cfg(test)]
mod tests;

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
    let of = move |make: fn(&Board) -> AnyChart| -> Signal<AnyChart> {
        Memo::new(move |_| board.with(make)).into()
    };
    let findings = of(|board| charts::findings_and_fixes(board).into());
    let severities = of(|board| charts::severities(board).into());
    let trend = of(|board| charts::trend(board).chart.into());
    let trend_unit = Memo::new(move |_| board.with(|board| charts::trend(board).unit.to_owned()));
    let times = Memo::new(move |_| {
        let runs = board.with(|board| board.running_steps().next().is_some());
        // While nothing runs the clock changes nothing.
        let now = if runs { now.get() } else { now.get_untracked() };
        AnyChart::from(board.with(|board| charts::step_times(board, now)))
    });
    let tests = of(|board| charts::tests(board).into());
    let vulnerabilities = of(|board| charts::vulnerabilities(board).into());
    view! {
        <div class="charts">
            <Figure chart=findings span="c5" unit="per iteration".to_owned() />
            <Figure chart=severities span="c4" legend=true />
            <Figure chart=trend span="c3" unit=trend_unit />
            <Figure chart=times span="c5" legend=true />
            <Figure chart=tests span="c4" legend=true />
            <Figure chart=vulnerabilities span="c3" unit="by attack".to_owned() />
        </div>
    }
    .into_any()
}
