//! Quality over time: a line a source, or a line a part of the assessments. In: the board. Out: one figure, and the
//! newest parts of each assessment in words.

use leptos::prelude::*;
use loopscope_board::{Board, Trail};
use loopscope_chart::{
    AnyChart, Clock, Dash, EndLabel, Ink, Line, LineChart, Points, Range, Threshold, Unit, XAxis,
    YAxis,
};

use crate::figures::Figure;
use crate::pages::session::state::SessionState;
use crate::part::IntoPart as _;
use crate::visit::prefs;

/// The most lines of one drawing; beyond, the ones with fewest values are left out.
const MOST_LINES: usize = 6;
/// What the contract calls good.
const GOOD: f64 = 95.0;

/// The panel.
#[component]
pub(super) fn QualityPanel(state: SessionState) -> impl IntoView {
    let by_part = RwSignal::new(false);
    let has_parts = state.part(|board| !board.quality().dimensions().is_empty());
    let chart: Memo<AnyChart> = Memo::new(move |_| {
        let by_part = by_part.get();
        let zone = prefs().zone.get();
        state.board.with(|board| {
            let header = board.header();
            let ends = [header.started_at, header.last_event_at];
            let [from, to] = ends.map(|at| at.as_millis() as f64);
            chart(board, by_part, zone.clock(from, to)).into()
        })
    });
    let button = move |part: bool, word: &'static str| {
        view! {
            <button
                type="button" class="btn ghost tiny" aria-pressed=move || (by_part.get() == part).to_string()
                on:click=move |_| by_part.set(part)
            >{word}</button>
        }
    };
    view! {
        <div class="trend-panel">
            <Figure chart span="c12" />
            {move || has_parts.get().then(|| view! {
                <div class="row" role="group" aria-label="Quality by">
                    {button(false, "By source")}{button(true, "By dimension")}
                </div>
            })}
        </div>
    }
    .part()
}

/// The lines: what executions reported, then each source, else each part.
fn chart(board: &Board, by_part: bool, clock: Clock) -> LineChart {
    let quality = board.quality();
    let mut trails: Vec<(&str, &Trail)> = Vec::new();
    if by_part {
        let parts = quality.dimensions().iter();
        trails.extend(parts.map(|(name, trail)| (name.as_str(), trail)));
    } else {
        if quality.executions().count > 0 {
            trails.push(("Executions", quality.executions()));
        }
        let sources = quality.sources().iter();
        trails.extend(sources.map(|source| {
            let name = if source.name.is_empty() {
                "Assessments"
            } else {
                &source.name
            };
            (name, &source.overall)
        }));
    }
    trails.retain(|(_, trail)| trail.count > 0);
    while trails.len() > MOST_LINES {
        let fewest = trails
            .iter()
            .enumerate()
            .min_by_key(|(_, (_, trail))| trail.count);
        let Some((index, _)) = fewest else { break };
        trails.remove(index);
    }
    let alone = trails.len() == 1;
    let lines = trails
        .into_iter()
        .enumerate()
        .map(|(index, (name, trail))| Line {
            dash: if alone {
                Dash::Solid
            } else {
                Dash::Series(index as u8 + 1)
            },
            area: alone,
            end: if alone {
                EndLabel::Value
            } else {
                EndLabel::NameAndValue
            },
            ..Line::new(name, Ink::Series(index as u8 + 1), points(trail))
        });
    LineChart {
        name: "Quality".to_owned(),
        note: if by_part { "by dimension" } else { "by source" }.to_owned(),
        x: XAxis::Time { clock, range: None },
        y: YAxis {
            unit: Unit::Percent,
            range: Range::Data,
            log: false,
        },
        lines: lines.collect(),
        threshold: Some(Threshold {
            value: GOOD,
            label: "good at 95%".to_owned(),
        }),
        height_px: 152.0,
        ..LineChart::default()
    }
}

/// A trail's points: where neighbours merged, its lowest and highest are both among them.
fn points(trail: &Trail) -> Points {
    let points = trail.points().iter();
    Points::new(points.flat_map(|point| {
        let at = point.at.as_millis() as f64;
        let whole = [point.min, point.max, point.last].map(|value| (at, value));
        let from = if point.count == 1 { 2 } else { 0 };
        whole.into_iter().skip(from).collect::<Vec<_>>()
    }))
}
