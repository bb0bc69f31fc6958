//! The agents as a table: where each is and since when, its newest task, how its tasks went, how good they were.

use leptos::prelude::*;
use loopscope_board::{AgentRow, Board};
use loopscope_event::{AgentState, Timestamp};

use crate::pages::session::state::SessionState;
use crate::pages::session::tabs::Tab;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{dash, icon};

/// How many agents the panel of the Overview shows.
const SHORT: usize = 8;

/// Where an agent is: tone, icon, word.
const fn look(state: AgentState) -> (&'static str, &'static str, &'static str) {
    match state {
        AgentState::Active | AgentState::Busy => ("tone-running", "running", "running"),
        AgentState::Failed => ("tone-failed", "error", "idle, failed"),
        AgentState::Completed => ("tone-success", "success", "idle"),
        AgentState::Idle => ("tone-idle", "idle", "idle"),
    }
}

/// Those at work first, the one that began last first; then the one that was heard of last.
fn sorted(board: &Board) -> Vec<AgentRow> {
    let mut rows: Vec<AgentRow> = board.agents().rows().iter().cloned().collect();
    rows.sort_by_key(|row| {
        let at = row.started_at.unwrap_or(row.seen_at);
        (!row.is_at_work(), std::cmp::Reverse(at))
    });
    rows
}

/// `2 running, 5 idle`.
fn counted(board: &Board) -> String {
    let running = board.agents().at_work();
    let listed = board.agents().rows().iter().filter(|row| row.is_at_work());
    let idle = board.agents().rows().len() - listed.count();
    format!(
        "{} running, {} idle",
        text::count(running),
        text::count(idle as u64)
    )
}

/// The panel of the Overview.
#[component]
pub(super) fn AgentsPanel(state: SessionState) -> impl IntoView {
    let rows = state.part(|board| {
        let mut rows = sorted(board);
        rows.truncate(SHORT);
        rows
    });
    let note = state.part(counted);
    view! {
        <section class="panel" aria-label="Agents">
            <div class="panel-head">
                <h2>"Agents"</h2><span class="t3 small">{note}</span>
                <span class="more"><a href=Tab::Agents.href(state)>"All"</a></span>
            </div>
            {table(rows, state)}
        </section>
    }
    .part()
}

/// The tab.
#[component]
pub(in crate::pages::session) fn CrewAgents(state: SessionState) -> impl IntoView {
    let rows = state.part(sorted);
    let note = state.part(counted);
    let left_out = state.part(|board| board.agents().left_out());
    view! {
        <section class="panel" aria-label="Agents">
            <div class="panel-head"><h2>"Agents"</h2><span class="t3 small">{note}</span></div>
            {table(rows, state)}
            {move || (left_out.get() > 0).then(|| view! {
                <p class="panel-foot">{text::count(left_out.get())}" more are not listed here; their events are."</p>
            })}
        </section>
    }
    .part()
}

fn table(rows: Memo<Vec<AgentRow>>, state: SessionState) -> Part {
    let now = state.clock();
    view! {
        <table class="table tall crew-agents">
            <thead><tr>
                <th scope="col">"Agent"</th><th scope="col">"State"</th>
                <th scope="col" class="wide">"Last task"</th>
                <th scope="col" class="num">"Success"</th>
                <th scope="col" class="num wide">"Mean duration"</th>
                <th scope="col" class="num">"Quality"</th>
            </tr></thead>
            <tbody>{move || rows.with(|rows| rows.iter().map(|row| one(row, now)).collect_view())}</tbody>
        </table>
    }
    .part()
}

fn one(row: &AgentRow, now: Signal<Timestamp>) -> Part {
    let (tone, mark, word) = look(row.state);
    let ended = row.completed + row.failed;
    let rate = row
        .success_rate()
        .map(|rate| format!("{:.0}%", rate * 100.0));
    let tried = format!(
        "{} of {} succeeded",
        row.completed,
        text::plural(u64::from(ended), "task")
    );
    let quality = row.quality().map(|score| format!("{score:.1}%"));
    let mean = row.mean_duration().map(text::span);
    let since = row.started_at.filter(|_| row.is_at_work());
    let seen = row.seen_at;
    let age = move || match since {
        Some(since) => format!("for {}", text::clock_span(now.get().since(since))),
        None => format!("{} ago", text::age(now.get().since(seen))),
    };
    let error = row
        .error
        .clone()
        .filter(|_| row.state == AgentState::Failed);
    let task = error.clone().or_else(|| row.task.clone());
    let task_class = if error.is_some() {
        "cut wide ct tone-failed"
    } else {
        "cut wide"
    };
    let below = standing(row);
    let title = task.clone().unwrap_or_default();
    view! {
        <tr>
            <td class="two"><span class="label cut" title=row.id.clone()>{row.called().to_owned()}</span><span class="cut">{below}</span></td>
            <td class="two"><span class=format!("sev {tone}")>{icon(mark)}{word}</span><span>{age}</span></td>
            <td class=task_class title=title>{dash(task)}</td>
            <td class="num" title=tried>{dash(rate)}</td>
            <td class="num wide t2">{dash(mean)}</td>
            <td class="num">{dash(quality)}</td>
        </tr>
    }
    .part()
}

/// Below its name: what it is thought of, else what it is for, else its id.
fn standing(row: &AgentRow) -> String {
    if let Some(reputation) = &row.reputation {
        let change = reputation.change.map(|change| change * 100.0);
        // What rounds to no change is none.
        let change = change.filter(|percent| percent.abs() >= 0.05);
        let change = change.map(|percent| format!(" ({percent:+.1}%)"));
        return format!(
            "reputation {:.1}%{}",
            reputation.score * 100.0,
            change.unwrap_or_default()
        );
    }
    row.role.clone().unwrap_or_else(|| row.id.clone())
}
