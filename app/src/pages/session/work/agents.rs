//! The agents of a run: who works at what, who rests, whose task broke.

use leptos::prelude::*;
use loopscope_board::{AgentRow, Board};
use loopscope_event::{AgentState, Timestamp};

use crate::pages::session::state::SessionState;
use crate::pages::session::tabs::Tab;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{Look, icon, meter};

/// How many agents the panel of the Overview shows.
const SHORT: usize = 6;

const fn agent_look(state: AgentState) -> (Look, &'static str) {
    let (tone, icon, word) = match state {
        AgentState::Idle => ("tone-idle", "idle", "idle"),
        AgentState::Active => ("tone-running", "running", "active"),
        AgentState::Busy => ("tone-running", "running", "busy"),
        AgentState::Failed => ("tone-failed", "error", "failed"),
        AgentState::Completed => ("tone-success", "success", "completed"),
    };
    (Look { tone, icon }, word)
}

/// A role's colour; another role's is neutral.
fn role_tone(role: &str) -> &'static str {
    match role.to_lowercase().as_str() {
        "research" | "analysis" => "tone-work-1",
        "planning" | "git" => "tone-work-2",
        "monitoring" => "tone-work-3",
        "testing" | "validation" => "tone-work-4",
        _ => "tone-plain",
    }
}

const fn is_at_work(state: AgentState) -> bool {
    matches!(state, AgentState::Active | AgentState::Busy)
}

/// At work, all, completed and failed tasks.
fn counts(board: &Board) -> (usize, usize, u64, u64) {
    let agents = board.agents();
    let active = agents.count(AgentState::Active) + agents.count(AgentState::Busy);
    (
        active,
        agents.rows().len(),
        agents.completed(),
        agents.failed(),
    )
}

/// Those at work first, then those that failed, then the rest.
fn sorted(board: &Board) -> Vec<AgentRow> {
    let mut rows: Vec<AgentRow> = board.agents().rows().iter().cloned().collect();
    rows.sort_by_key(|row| match row.state {
        state if is_at_work(state) => 0,
        AgentState::Failed => 1,
        AgentState::Completed => 2,
        _ => 3,
    });
    rows
}

fn worked(row: &AgentRow, now: Timestamp) -> String {
    match row.started_at {
        Some(from) if is_at_work(row.state) => text::clock_span(now.since(from)),
        _ => text::span(row.spent),
    }
}

/// The panel of the Overview.
#[component]
pub(super) fn AgentsPanel(state: SessionState) -> impl IntoView {
    let counts = state.part(counts);
    let rows = state.part(|board| {
        let mut rows = sorted(board);
        rows.truncate(SHORT);
        rows
    });
    let now = state.clock();
    let note = move || {
        let (active, all, ..) = counts.get();
        format!("{active} of {all} active")
    };
    let one = move |row: &AgentRow| {
        let (look, word) = agent_look(row.state);
        let task = row
            .task
            .clone()
            .or_else(|| row.role.clone())
            .unwrap_or_default();
        let id = row.id.clone();
        let row = row.clone();
        view! {
            <li>
                <span class=format!("sev {}", look.tone) title=word>{icon(look.icon)}<span class="sr">{word}</span></span>
                <span class="mono cut">{id}</span>
                <span class="t3 small cut">{task}</span>
                <span class="small num">{move || worked(&row, now.get())}</span>
            </li>
        }
    };
    view! {
        <section class="panel" aria-label="Agents">
            <div class="panel-head">
                <h2>"Agents"</h2><span class="t3 small">{note}</span>
                <span class="more"><a href=Tab::Agents.href(state)>"All"</a></span>
            </div>
            <ul class="rows agents">{move || rows.with(|rows| rows.iter().map(one).collect_view())}</ul>
        </section>
    }
    .part()
}

/// The tab: the pool in figures, a card an agent.
#[component]
pub(in crate::pages::session) fn AgentsTab(state: SessionState) -> impl IntoView {
    let counts = state.part(counts);
    let rows = state.part(sorted);
    let left_out = state.part(|board| board.agents().left_out());
    let now = state.clock();
    let tile = move |title: &'static str, value: fn((usize, usize, u64, u64)) -> u64| {
        view! { <div><dt>{title}</dt><dd>{move || text::count(value(counts.get()))}</dd></div> }
    };
    view! {
        <dl class="tiles">
            {tile("Active", |counts| counts.0 as u64)}
            {tile("Known", |counts| counts.1 as u64)}
            {tile("Tasks completed", |counts| counts.2)}
            {tile("Tasks failed", |counts| counts.3)}
        </dl>
        <ul class="pool" aria-label="Agents">
            {move || rows.with(|rows| rows.iter().map(|row| card(row, now)).collect_view())}
        </ul>
        {move || (left_out.get() > 0).then(|| view! {
            <p class="small t3">{text::count(left_out.get())}" that ended long ago are no longer listed."</p>
        })}
    }
    .part()
}

fn card(row: &AgentRow, now: Signal<Timestamp>) -> Part {
    let (look, word) = agent_look(row.state);
    let class = if is_at_work(row.state) {
        "panel agent on"
    } else {
        "panel agent"
    };
    let role = row.role.clone().map(|role| {
        view! { <span class=format!("badge tone {}", role_tone(&role))>{role.clone()}</span> }
    });
    let progress = row.percent.map(|percent| meter(percent / 100.0));
    let error = row
        .error
        .clone()
        .filter(|_| row.state == AgentState::Failed);
    let rate = row
        .success_rate()
        .map(|rate| format!(" · {:.0}% succeeded", rate * 100.0));
    let counts = format!("{} completed, {} failed", row.completed, row.failed);
    let (id, task, timed) = (row.id.clone(), row.task.clone(), row.clone());
    view! {
        <li class=class>
            <p class="top"><span class="mono label cut" title=id.clone()>{id.clone()}</span>{role}</p>
            <p class=format!("sev {}", look.tone)>
                {icon(look.icon)}{word}<span class="t3">{move || worked(&timed, now.get())}</span>
            </p>
            <p class="t2 small cut">{task}</p>
            {progress}
            {error.map(|error| view! { <p class="small ct tone-failed lines">{error}</p> })}
            <p class="small t3">{counts}{rate}</p>
        </li>
    }
    .part()
}
