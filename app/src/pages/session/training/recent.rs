//! What the run did last: actions as chips, alerts, notes, and its environments.

use leptos::prelude::*;
use loopscope_board::{Board, EnvRow, TrainingAlertRow};

use super::words;
use crate::pages::session::state::SessionState;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{dash, severity_mark, title_word};
use crate::visit::prefs;

/// How many alerts the panel shows.
const ALERTS: usize = 8;
/// How many notes the panel shows.
const NOTES: usize = 4;
/// How many environments the panel shows.
const ENVS: usize = 16;

/// The newest actions, oldest first; `WAIT` before the first.
#[component]
pub(super) fn Actions(state: SessionState) -> impl IntoView {
    let rows = state.part(|board| board.training().recent().actions.clone());
    let chips = move || {
        rows.with(|rows| {
            if rows.is_empty() {
                return view! { <li class=words::action("WAIT")>"WAIT"</li> }.part();
            }
            let chip = |row: &loopscope_board::ActionRow| {
                let slot = row.slot.as_ref().map(|slot| format!("({slot})"));
                view! { <li class=words::action(&row.action)>{row.action.clone()}{slot}</li> }
                    .part()
            };
            rows.iter().map(chip).collect_view().part()
        })
    };
    view! {
        <div class="did">
            <span class="t3 small" id="recent-actions">"Recent actions"</span>
            <ul aria-labelledby="recent-actions">{chips}</ul>
        </div>
    }
    .part()
}

fn alerts(board: &Board) -> (u64, Vec<TrainingAlertRow>) {
    let recent = board.training().recent();
    let newest = recent.alerts.iter().rev().take(ALERTS);
    (recent.alert_count, newest.cloned().collect())
}

/// Alerts and notes.
#[component]
pub(super) fn AlertsPanel(state: SessionState) -> impl IntoView {
    let zone = prefs().zone;
    let all = state.part(alerts);
    let notes = state.part(|board| {
        let notes = board.training().recent().notes.iter().rev();
        notes.take(NOTES).cloned().collect::<Vec<_>>()
    });
    let none = move || {
        all.with(|(_, rows)| rows.is_empty())
            .then(|| view! { <p class="empty">"No active alerts"</p> })
    };
    let rows = move || {
        all.with(|(_, rows)| {
            let one = |row: &TrainingAlertRow| {
                let env = row.alert.env.map(|env| format!(" · environment {env}"));
                view! {
                    <li>
                        {severity_mark(row.alert.severity)}
                        <span class="cut tone-error said" title=row.alert.name.clone()>
                            {row.alert.text.clone()}<span class="t3">{env}</span>
                        </span>
                        <time class="t3 mono">{text::second(row.at, zone.get())}</time>
                    </li>
                }
                .part()
            };
            rows.iter().map(one).collect_view()
        })
    };
    let count = move || {
        let count = all.with(|(count, _)| *count);
        (count > 0).then(|| text::count(count))
    };
    let remarks = move || {
        notes.with(|notes| {
            let one = |row: &loopscope_board::NoteRow| {
                view! {
                    <li>
                        <span class="t3">"Note"</span>
                        <span class="cut t2" title=row.name.clone()>{row.text.clone()}</span>
                        <time class="t3 mono">{text::second(row.at, zone.get())}</time>
                    </li>
                }
                .part()
            };
            notes.iter().map(one).collect_view()
        })
    };
    view! {
        <section class="panel fill-height" aria-label="Alerts">
            <div class="panel-head"><h2>"Alerts"</h2><span class="t3 small">{count}</span></div>
            {none}
            <ul class="rows told">{rows}{remarks}</ul>
        </section>
    }
    .part()
}

/// The environments, where there are several.
#[component]
pub(super) fn Environments(state: SessionState) -> impl IntoView {
    let rows = state.part(|board| {
        let envs = board.training().envs().iter().take(ENVS);
        envs.map(|(env, row)| (*env, row.clone()))
            .collect::<Vec<_>>()
    });
    let one = |(env, row): &(u32, EnvRow)| -> Part {
        let outcome = row.outcome.as_deref().map(title_word);
        view! {
            <tr>
                <td class="mono">{*env}</td>
                <td class="num">{dash(row.accuracy.map(|accuracy| format!("{accuracy:.1}%")))}</td>
                <td class="num">{dash(row.loss.map(words::figure))}</td>
                <td class="num">{dash(row.epoch.map(text::count))}</td>
                <td class="t2">{dash(outcome)}</td>
            </tr>
        }
        .part()
    };
    view! {
        <section class="panel" aria-label="Environments">
            <div class="panel-head"><h2>"Environments"</h2></div>
            <div class="scroll tall-8" tabindex="0" role="region" aria-label="Environments, table">
                <table class="table">
                    <thead><tr>
                        <th scope="col">"Env"</th>
                        <th scope="col" class="num">"Accuracy"</th>
                        <th scope="col" class="num">"Loss"</th>
                        <th scope="col" class="num">"Epoch"</th>
                        <th scope="col">"Last episode"</th>
                    </tr></thead>
                    <tbody>{move || rows.with(|rows| rows.iter().map(one).collect_view())}</tbody>
                </table>
            </div>
        </section>
    }
    .part()
}
