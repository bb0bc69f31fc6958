//! Sessions as rows: stage, name, iteration, trend of findings, age of the last event.

use leptos::prelude::*;
use loopscope_protocol::SessionSummary;

use super::stage;
use crate::part::{IntoPart as _, Part};
use crate::source::SessionKey;
use crate::store::{SessionRows, live};
use crate::text;
use crate::ui::{meter, spark};

/// A panel of session rows. Without rows it says `nothing`, or is not there where that is empty.
#[component]
pub fn RunRows(
    /// The rows.
    rows: SessionRows,
    /// The panel's title.
    title: &'static str,
    /// What is said after the title.
    note: Signal<String>,
    /// What is said where there is no row.
    nothing: &'static str,
) -> impl IntoView {
    let hidden = Memo::new(move |_| nothing.is_empty() && rows.is_empty());
    let empty = Memo::new(move |_| rows.is_empty());
    view! {
        {move || (!hidden.get()).then(|| view! {
            <section class="panel" aria-label=title>
                <div class="panel-head">
                    <h2>{title}</h2>
                    <span class="t3 small">{note}</span>
                    <span class="more"><a href="/sessions">"All sessions"</a></span>
                </div>
                {move || empty.get().then(|| view! { <p class="empty">{nothing}</p> })}
                <ul class="rows">
                    <For each=move || rows.list() key=|(id, _)| id.clone() let((_, row))>
                        <RunRow row />
                    </For>
                </ul>
            </section>
        })}
    }
    .part()
}

#[component]
fn RunRow(row: ArcRwSignal<SessionSummary>) -> impl IntoView {
    let live = live();
    let href = session_href(&row.get_untracked());
    let age_of = row.clone();
    let age = move || {
        let since = live
            .now
            .get()
            .since(age_of.with(|session| session.last_event_at));
        text::age(since)
    };
    view! {
        <li>
            <a class="run" href=href data-row="">
                {move || row.with(|session| view! {
                    {stage(session)}
                    {who(session)}
                    {iteration(session)}
                    {trend(session)}
                })}
                <span class="age small t3 num">{age}</span>
            </a>
        </li>
    }
    .part()
}

/// The address of a session's page.
pub fn session_href(session: &SessionSummary) -> String {
    SessionKey::of(session).page("")
}

fn who(session: &SessionSummary) -> Part {
    let below = match &session.target {
        Some(target) if *target != session.name => target.clone(),
        _ => session.session_id.to_string(),
    };
    view! {
        <span class="who">
            <span class="cut">{session.name.clone()}</span>
            <span class="cut mono">{below}</span>
        </span>
    }
    .part()
}

/// How far a run of skills is and with which: `62.5%`, `run-validation`. `None` where a run has passes instead.
pub fn far_of(session: &SessionSummary) -> Option<(String, String)> {
    let percent = session
        .progress_percent
        .map(|percent| format!("{percent:.1}%"));
    let skill = session.current_skill.clone();
    if percent.is_none() && skill.is_none() {
        return None;
    }
    let percent = percent.unwrap_or_else(|| "–".to_owned());
    Some((percent, skill.unwrap_or_default()))
}

fn iteration(session: &SessionSummary) -> Part {
    if let Some(crew) = &session.crew {
        let (active, executed) = (
            text::count(crew.active_agents),
            text::count(crew.agents_executed),
        );
        return view! {
            <span class="iter stack-s">
                <span class="small cut">{active}" active "<span class="t3">{executed}" run"</span></span>
            </span>
        }
        .part();
    }
    if let Some((percent, skill)) = far_of(session) {
        let share = session.progress_percent.unwrap_or_default() / 100.0;
        return view! {
            <span class="iter stack-s">
                <span class="small cut" title=skill.clone()>{percent}" "<span class="t3 mono">{skill.clone()}</span></span>
                {meter(share)}
            </span>
        }
        .part();
    }
    let share = session
        .max_iterations
        .filter(|most| *most > 0)
        .map(|most| meter(f64::from(session.iteration) / f64::from(most)));
    view! {
        <span class="iter stack-s"><span class="small">"Iteration "{iteration_of(session)}</span>{share}</span>
    }
    .part()
}

/// `7 / 10`, or `7` where there is no budget.
pub fn iteration_of(session: &SessionSummary) -> String {
    match session.max_iterations {
        Some(most) => format!("{} / {most}", session.iteration),
        None => session.iteration.to_string(),
    }
}

fn trend(session: &SessionSummary) -> Part {
    if session.decisions_waiting > 0 {
        let words = text::plural(session.decisions_waiting, "decision");
        return view! { <span class="trend one"><span class="badge tone tone-halted">{words}" waiting"</span></span> }.part();
    }
    if session.crew.is_some() {
        let quality = session
            .quality_percent
            .map(|score| format!("quality {score:.1}%"));
        let quality = quality.unwrap_or_else(|| "–".to_owned());
        return view! { <span class="trend one"><span class="small cut">{quality}</span></span> }
            .part();
    }
    let open = match session.findings_open {
        Some(open) => format!("{} open", text::count(open)),
        None => "–".to_owned(),
    };
    let line =
        spark(&session.findings_trend, None).unwrap_or_else(|| view! { <span></span> }.part());
    view! { <span class="trend">{line}<span class="small cut">{open}</span></span> }.part()
}
