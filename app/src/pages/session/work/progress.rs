//! How far the run is: its task, the bar with one decimal, what it is at; below it the timeline of its skills.

use leptos::prelude::*;
use loopscope_board::Board;
use loopscope_event::{Duration, Timestamp};
use loopscope_protocol::SessionStatus;

use super::gantt::Gantt;
use crate::pages::session::state::SessionState;
use crate::part::IntoPart as _;
use crate::text;

/// What the panel says.
#[derive(Debug, Clone, PartialEq)]
struct Far {
    task: Option<String>,
    percent: Option<f64>,
    skill: Option<String>,
    message: Option<String>,
    status: SessionStatus,
    started: Timestamp,
    counts: [u64; 4],
}

fn far(board: &Board) -> Far {
    let skills = board.skills();
    let skill = skills.current();
    let message = skill.and_then(|skill| skill.message.clone());
    Far {
        task: board.progress().task.clone(),
        percent: board.progress_percent(),
        skill: board.current_skill().map(str::to_owned),
        message: message.or_else(|| board.progress().message.clone()),
        status: board.status(),
        started: board.header().started_at,
        counts: [
            board.steps_total().unwrap_or(skills.rows().len() as u64),
            skills.completed(),
            skills.failed(),
            skills.running(),
        ],
    }
}

/// How long it may take still: as long for the rest as for what is done, while it runs.
fn remaining(far: &Far, now: Timestamp) -> Option<Duration> {
    let percent = far
        .percent
        .filter(|percent| *percent >= 5.0 && *percent < 100.0)?;
    let spent = now.since(far.started).as_micros() as f64;
    let rest = spent / percent * (100.0 - percent);
    (far.status == SessionStatus::Running).then(|| Duration::from_micros(rest as i64))
}

/// The panel.
#[component]
pub(super) fn Progress(state: SessionState) -> impl IntoView {
    let far = state.part(far);
    let now = state.now;
    let has_skills = state.part(|board| {
        board
            .skills()
            .rows()
            .iter()
            .any(|row| row.started_at.is_some())
    });
    let percent = move || far.with(|far| far.percent);
    let words =
        move || percent().map_or_else(|| "–".to_owned(), |percent| format!("{percent:.1}%"));
    let width = move || format!("{:.1}%", percent().unwrap_or_default().clamp(0.0, 100.0));
    let tone = move || match far.with(|far| far.status) {
        SessionStatus::Halted => "bar tone-halted",
        SessionStatus::Failed => "bar tone-failed",
        SessionStatus::Completed | SessionStatus::Converged => "bar tone-success",
        SessionStatus::Running => "bar tone-running",
        SessionStatus::Interrupted => "bar tone-idle",
    };
    let at = move || {
        far.with(|far| match (&far.skill, far.status) {
            (Some(skill), _) => view! {
                <span class="mono">{skill.clone()}</span>
                {far.message.clone().map(|message| view! { <span class="t3">" · "{message}</span> })}
            }
            .part(),
            (None, SessionStatus::Completed) => "All done".part(),
            (None, SessionStatus::Interrupted) => "The program disconnected; the outcome is unknown".part(),
            (None, _) => view! { <span class="t3">{far.message.clone().unwrap_or_else(|| "Between skills".to_owned())}</span> }.part(),
        })
    };
    let left = move || {
        let left = far.with(|far| remaining(far, now.get()))?;
        Some(format!("about {} left", text::clock_span(left)))
    };
    let counts = move || {
        let [total, completed, failed, running] = far.with(|far| far.counts);
        let failed = if failed > 0 {
            format!(", {failed} failed")
        } else {
            String::new()
        };
        format!("{completed} of {total} skills completed{failed}, {running} running")
    };
    view! {
        <section class="panel" aria-label="Progress">
            <div class="far">
                <p class="task cut">{move || far.with(|far| far.task.clone())}</p>
                <p class="figure">{words}</p>
                <p class="now cut" aria-label="Current skill">{at}</p>
                <p class="small t3 est">{left}</p>
                <svg
                    class=tone role="progressbar" aria-label="Progress" aria-valuemin="0" aria-valuemax="100"
                    aria-valuenow=move || percent().map(|percent| format!("{percent:.1}"))
                >
                    <rect width=width></rect>
                </svg>
                <p class="sr">{counts}</p>
            </div>
            {move || has_skills.get().then(|| view! { <Gantt state /> })}
        </section>
    }
    .part()
}
