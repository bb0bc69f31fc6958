//! The life of seeds as swim lanes: a lane a seed, a bar a stage, from the first of them to now or the end of the run.

use std::fmt::Write as _;

use leptos::prelude::*;
use loopscope_board::{Board, SeedRow};
use loopscope_event::{SeedStage, Timestamp};

use super::words;
use crate::pages::session::state::SessionState;
use crate::part::IntoPart as _;
use crate::ui::title_word;

/// How many lanes there are: the newest seeds.
const LANES: usize = 12;
/// A lane and its bar, in pixels.
const LANE_PX: f64 = 24.0;
const BAR_PX: f64 = 12.0;
/// The stages that the key explains.
const KEY: [SeedStage; 6] = [
    SeedStage::Germinated,
    SeedStage::Training,
    SeedStage::Blending,
    SeedStage::Holding,
    SeedStage::Fossilized,
    SeedStage::Pruned,
];

fn newest(board: &Board) -> (Timestamp, Vec<SeedRow>) {
    let with_life = |row: &&SeedRow| !row.life.is_empty();
    let mut rows: Vec<SeedRow> = board
        .training()
        .seeds()
        .iter()
        .rev()
        .filter(with_life)
        .take(LANES)
        .cloned()
        .collect();
    rows.reverse();
    let first = rows
        .iter()
        .filter_map(|row| Some(row.life.first()?.at))
        .min();
    (first.unwrap_or(board.header().started_at), rows)
}

/// The bars of all lanes as SVG, geometry in attributes only. Nothing of a producer's text stands in it.
fn bars(rows: &[SeedRow], from: Timestamp, to: Timestamp) -> String {
    let whole = (to.since(from).as_micros() as f64).max(1.0);
    let place =
        |at: Timestamp| (at.since(from).as_micros() as f64 / whole * 100.0).clamp(0.0, 100.0);
    let mut svg = String::new();
    for (lane, row) in rows.iter().enumerate() {
        let y = LANE_PX * lane as f64 + (LANE_PX - BAR_PX) / 2.0;
        for (index, span) in row.life.iter().enumerate() {
            let start = place(span.at);
            let next = row.life.get(index + 1).map(|next| next.at);
            // A seed that was taken out leaves a mark, not a bar.
            let end = match (next, span.stage.is_gone()) {
                (Some(next), _) => place(next),
                (None, true) => start,
                (None, false) => 100.0,
            };
            let width = (end - start).max(0.6);
            let start = start.min(100.0 - width);
            let tone = words::stage(span.stage).tone;
            let word = span.stage.as_str();
            // Writing into a string cannot fail.
            let _ = write!(
                svg,
                r#"<rect class="{tone}" x="{start:.2}%" y="{y}" width="{width:.2}%" height="{BAR_PX}" rx="2"><title>{word}</title></rect>"#
            );
        }
    }
    svg
}

/// A seed's life in words: `r0c0: germinated, training, blending`.
fn told(row: &SeedRow) -> String {
    let stages: Vec<&str> = row.life.iter().map(|span| span.stage.as_str()).collect();
    stages.join(", ")
}

/// The panel; none before the first seed.
#[component]
pub(super) fn Lanes(state: SessionState) -> impl IntoView {
    let rows = state.part(newest);
    let clock = state.clock();
    let names = move || {
        rows.with(|(_, rows)| {
            let name = |row: &SeedRow| {
                let env = row.env.map(|env| view! { <span class="t3">" env "{env}</span> });
                view! {
                    <li class="cut mono">{row.slot.clone()}{env}<span class="sr">": "{told(row)}</span></li>
                }
                .part()
            };
            rows.iter().map(name).collect_view()
        })
    };
    let drawn = move || rows.with(|(from, rows)| bars(rows, *from, clock.get()));
    let height = move || rows.with(|(_, rows)| format!("{}", LANE_PX * rows.len() as f64));
    let key = KEY.map(|stage| {
        let class = format!("key {}", words::stage(stage).tone);
        view! { <span class=class>{title_word(stage.as_str())}</span> }.part()
    });
    view! {
        <section class="panel" aria-label="Life of seeds">
            <div class="panel-head">
                <h2>"Life of seeds"</h2>
                <span class="more keys small t2">{Vec::from(key)}</span>
            </div>
            <div class="gantt lanes">
                <ul class="names">{names}</ul>
                <svg class="bars" width="100%" height=height aria-hidden="true" inner_html=drawn></svg>
            </div>
        </section>
    }
    .part()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stay_inside_whatever_the_clocks_say() {
        let at = Timestamp::from_micros;
        assert_eq!(bars(&[], at(5), at(5)), "");
        assert_eq!(bars(&[], at(9), at(5)), "");
    }
}
