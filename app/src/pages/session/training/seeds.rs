//! Seeds and what each contributes: a row a slot, the best first, bars to the scale of the largest. Seeds that are not
//! active come last, set back.

use leptos::prelude::*;
use loopscope_board::{Board, SeedRow};
use loopscope_event::SeedStage;

use super::words::{self, params, signed};
use crate::pages::session::state::SessionState;
use crate::part::{IntoPart as _, Part};
use crate::ui::{dash, small_icon, title_word};

/// How many seeds the panel shows.
const ROWS: usize = 7;
/// From here on a seed's efficiency is worth a star.
const STAR: f64 = 10.0;

/// The newest life of each slot: the active first, of these the largest contribution, those without one last.
fn rows(board: &Board) -> Vec<SeedRow> {
    let mut rows = board.training().seeds().newest();
    let of = |row: &SeedRow| row.contribution().unwrap_or(f64::NEG_INFINITY);
    rows.sort_by(|a, b| {
        let active = is_active(b).cmp(&is_active(a));
        active.then_with(|| of(b).total_cmp(&of(a)))
    });
    rows.into_iter().take(ROWS).cloned().collect()
}

/// Whether a seed is part of the network. One whose stage nobody says is listed because it is.
const fn is_active(row: &SeedRow) -> bool {
    row.stage.is_active() || matches!(row.stage, SeedStage::Unknown)
}

/// The panel.
#[component]
pub(super) fn SeedsPanel(state: SessionState) -> impl IntoView {
    let rows = state.part(rows);
    let body = move || {
        rows.with(|rows| {
            if rows.is_empty() {
                return view! { <p class="empty">"No active seeds"</p> }.part();
            }
            let none = !rows.iter().any(is_active);
            let largest = rows.iter().filter_map(SeedRow::contribution).map(f64::abs);
            let scale = largest.fold(1.0, f64::max);
            let rows: Vec<_> = rows.iter().map(|row| one(row, scale)).collect();
            view! {
                {none.then(|| view! { <p class="empty">"No active seeds"</p> })}
                <div class="scroll" tabindex="0" role="region" aria-label="Seeds, table">
                    <table class="table seeds">
                        <thead><tr>
                            <th scope="col">"Slot"</th>
                            <th scope="col" class="num no-phone">"Params"</th>
                            <th scope="col">"Stage"</th>
                            <th scope="col" class="no-phone"><span class="sr">"Bar"</span></th>
                            <th scope="col" class="num">"Points"</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            }
            .part()
        })
    };
    view! {
        <section class="panel c5 fill-height" aria-label="Seeds">
            <div class="panel-head"><h2>"Seeds"</h2><span class="t3 small">"contribution to accuracy (Shapley)"</span></div>
            {body}
        </section>
    }
    .part()
}

fn one(row: &SeedRow, scale: f64) -> Part {
    let look = words::stage(row.stage);
    let word = if row.stage == SeedStage::Unknown {
        "Unknown".to_owned()
    } else {
        title_word(row.stage.as_str())
    };
    let stage = view! {
        <span class=format!("pill {}", look.tone) title=row.reason.clone()>
            {small_icon(look.icon)}{word}
        </span>
    };
    let slot = match row.env {
        Some(env) => format!("{} env {env}", row.slot),
        None => row.slot.clone(),
    };
    let points = row.contribution();
    let tone = match points {
        Some(points) if points > 0.0 => "num tone-success verdict",
        Some(points) if points < 0.0 => "num tone-error verdict",
        _ => "num",
    };
    let said = points.map(|points| format!("{}%", signed(points)));
    let star = row.efficiency.filter(|value| *value > STAR).map(|value| {
        view! { <span class="star" title=format!("{value:.1} points a parameter share")>"★"</span> }
    });
    view! {
        <tr class=if is_active(row) { "" } else { "past" }>
            <td class="two mono"><span>{slot}</span><span class="cut">{row.blueprint.clone()}</span></td>
            <td class="num no-phone">{dash(row.params.map(params))}</td>
            <td>{stage}</td>
            <td class="no-phone">{points.map(|points| bar(points, scale))}</td>
            <td class="num"><span class=tone>{star}{dash(said)}</span></td>
        </tr>
    }
    .part()
}

/// A bar from the middle: to the right where it brings something, to the left where it costs.
fn bar(points: f64, scale: f64) -> Part {
    let share = (points.abs() / scale * 50.0).clamp(0.0, 50.0);
    let (x, tone) = if points < 0.0 {
        (50.0 - share, "tone-error")
    } else {
        (50.0, "tone-success")
    };
    view! {
        <svg class=format!("brings {tone}") aria-hidden="true" width="100%" height="10">
            <rect x=format!("{x:.1}%") width=format!("{share:.1}%") height="10"></rect>
        </svg>
    }
    .part()
}

#[cfg(test)]
mod tests {
    use loopscope_event::{ProjectId, SessionId};

    use super::*;

    #[test]
    fn active_seeds_come_first_whatever_the_others_brought() {
        let row = |slot: &str, stage: SeedStage, points: f64| serde_json::json!({"slot": slot, "stage": stage, "shapley": points, "life": []});
        let rows_of = |seeds: Vec<serde_json::Value>| {
            let board = Board::new(ProjectId::default(), SessionId::new("s").unwrap());
            let mut board = serde_json::to_value(board).unwrap();
            board["training"] = serde_json::json!({"seeds": {"rows": seeds}});
            let board: Board = serde_json::from_value(board).unwrap();
            let rows = rows(&board).into_iter();
            rows.map(|row| row.slot).collect::<Vec<_>>()
        };
        let rows = rows_of(vec![
            row("pruned", SeedStage::Pruned, 9.0),
            row("little", SeedStage::Training, -1.0),
            row("much", SeedStage::Fossilized, 2.0),
        ]);
        assert_eq!(rows, ["much", "little", "pruned"]);
    }
}
