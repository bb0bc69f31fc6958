//! Skills: status, progress, duration; opened, their parameters and what they returned.

use leptos::prelude::*;
use loopscope_board::{Board, SkillRow, SkillStatus};
use loopscope_event::Timestamp;

use super::gantt::Gantt;
use crate::pages::session::state::SessionState;
use crate::pages::session::tabs::Tab;
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::{Look, icon, json_tree, meter, small_icon};

/// A skill's status: its look and its word.
pub(super) const fn skill_look(status: SkillStatus) -> (Look, &'static str) {
    let (tone, icon, word) = match status {
        SkillStatus::Pending => ("tone-idle", "idle", "waiting"),
        SkillStatus::Running => ("tone-running", "running", "running"),
        SkillStatus::Completed => ("tone-success", "success", "completed"),
        SkillStatus::Failed => ("tone-failed", "error", "failed"),
        SkillStatus::Skipped => ("tone-idle", "skip", "skipped"),
        SkillStatus::Unknown => ("tone-idle", "warning", "outcome unknown"),
    };
    (Look { tone, icon }, word)
}

/// How long it took, or takes already.
pub(super) fn spent(row: &SkillRow, now: Timestamp) -> Option<String> {
    match (row.duration, row.started_at, row.status) {
        (Some(duration), ..) => Some(text::span(duration)),
        (None, Some(from), SkillStatus::Running) => Some(text::clock_span(now.since(from))),
        _ => None,
    }
}

/// Counts by status: waiting, running, completed, failed, skipped.
fn counts(board: &Board) -> [u64; 5] {
    let skills = board.skills();
    [
        skills.pending(),
        skills.running(),
        skills.completed(),
        skills.failed(),
        skills.skipped(),
    ]
}

/// `5 done, 1 running, 2 waiting`; what is zero is left out.
fn counted([pending, running, completed, failed, skipped]: [u64; 5]) -> String {
    let parts = [
        (completed, "done"),
        (running, "running"),
        (failed, "failed"),
        (skipped, "skipped"),
        (pending, "waiting"),
    ];
    let parts = parts.iter().filter(|(count, _)| *count > 0);
    let parts = parts.map(|(count, word)| format!("{} {word}", text::count(*count)));
    parts.collect::<Vec<_>>().join(", ")
}

/// One row as a signal, by its place.
fn row_at(state: SessionState, index: usize) -> Memo<Option<SkillRow>> {
    Memo::new(move |_| {
        state
            .board
            .with(|board| board.skills().rows().get(index).cloned())
    })
}

fn indexes(state: SessionState) -> impl Fn() -> std::ops::Range<usize> + Clone + 'static {
    let len = state.part(|board| board.skills().rows().len());
    move || 0..len.get()
}

/// The panel of the Overview.
#[component]
pub(super) fn SkillsPanel(state: SessionState) -> impl IntoView {
    let counts = state.part(counts);
    view! {
        <section class="panel" aria-label="Skills">
            <div class="panel-head">
                <h2>"Skills"</h2><span class="t3 small">{move || counted(counts.get())}</span>
                <span class="more"><a href=Tab::Skills.href(state)>"All"</a></span>
            </div>
            <div class="scroll tall-8" tabindex="0" role="group" aria-label="Skills, scrolled">
                <table class="table skills">
                    <thead><tr>
                        <th scope="col">"Skill"</th><th scope="col">"Progress"</th><th scope="col" class="num">"Duration"</th>
                    </tr></thead>
                    <tbody>
                        <For each=indexes(state) key=|index| *index let(index)>
                            {short_row(row_at(state, index), state)}
                        </For>
                    </tbody>
                </table>
            </div>
        </section>
    }
    .part()
}

fn short_row(row: Memo<Option<SkillRow>>, state: SessionState) -> Part {
    let cells = move || row.get().map(|row| cells(&row, state));
    view! { <tr>{cells}</tr> }.part()
}

fn cells(row: &SkillRow, state: SessionState) -> Part {
    let (look, word) = skill_look(row.status);
    let class = if row.status == SkillStatus::Pending {
        "mono t3"
    } else {
        "mono"
    };
    view! {
        <td class="cut name">
            <span class=format!("sev {}", look.tone) title=word>{icon(look.icon)}<span class="sr">{word}</span></span>
            " "<span class=class title=row.name.clone()>{row.name.clone()}</span>
        </td>
        <td class="prog">{progress(row)}</td>
        <td class="num t2">{duration(row, state)}</td>
    }
    .part()
}

fn progress(row: &SkillRow) -> Part {
    let class = match row.status {
        SkillStatus::Running => "tone-running",
        SkillStatus::Failed => "tone-failed",
        _ => "tone-grey",
    };
    view! { <span class=class>{meter(row.percent.unwrap_or_default() / 100.0)}</span> }.part()
}

fn duration(row: &SkillRow, state: SessionState) -> Part {
    let now = state.now;
    if row.status == SkillStatus::Running && row.duration.is_none() {
        let row = row.clone();
        return (move || spent(&row, now.get())).part();
    }
    crate::ui::dash(spent(row, Timestamp::default()))
}

/// The tab: counters, the timeline, the table.
#[component]
pub(in crate::pages::session) fn SkillsTab(state: SessionState) -> impl IntoView {
    let counts = state.part(counts);
    let mean = state.part(|board| board.skills().mean_duration());
    let left_out = state.part(|board| board.skills().left_out());
    let started = state.part(|board| {
        board
            .skills()
            .rows()
            .iter()
            .any(|row| row.started_at.is_some())
    });
    let tiles = ["Waiting", "Running", "Completed", "Failed"].iter().enumerate().map(|(index, title)| {
        view! { <div><dt>{*title}</dt><dd>{move || text::count(counts.get()[index])}</dd></div> }
    });
    view! {
        <dl class="tiles">
            {tiles.collect_view()}
            <div><dt>"Mean of completed"</dt><dd>{move || mean.get().map_or_else(|| "–".to_owned(), text::span)}</dd></div>
        </dl>
        {move || started.get().then(|| view! {
            <section class="panel" aria-label="Timeline">
                <div class="panel-head"><h2>"Timeline"</h2><span class="t3 small">"dashed: checkpoints"</span></div>
                <Gantt state />
            </section>
        })}
        <section class="panel" aria-label="Skills">
            <table class="table tall skills-all">
                <thead><tr>
                    <th scope="col">"Status"</th><th scope="col">"Skill"</th>
                    <th scope="col" class="wide">"Progress"</th><th scope="col" class="num">"Duration"</th>
                    <th scope="col" class="act"><span class="sr">"More"</span></th>
                </tr></thead>
                <For each=indexes(state) key=|index| *index let(index)>
                    {full_row(row_at(state, index), state, index)}
                </For>
            </table>
            {move || (left_out.get() > 0).then(|| view! {
                <p class="panel-foot">{text::count(left_out.get())}" older ones are no longer listed; they are in the events."</p>
            })}
        </section>
    }
    .part()
}

/// A skill as a body of its own: its row, and below it what it was called with and returned.
fn full_row(row: Memo<Option<SkillRow>>, state: SessionState, index: usize) -> Part {
    let open = RwSignal::new(false);
    let has_more = Memo::new(move |_| {
        row.with(|row| {
            row.as_ref().is_some_and(|row| {
                row.parameters.is_some() || row.result.is_some() || row.error.is_some()
            })
        })
    });
    let tone = move || row.with(|row| row.as_ref().map(|row| skill_look(row.status).0.tone));
    let name = move || row.with(|row| row.as_ref().map(|row| row.name.clone()).unwrap_or_default());
    let more = format!("skill-{index}");
    let controls = more.clone();
    view! {
        <tbody class=tone>
            <tr>
                {move || row.get().map(|row| full_cells(&row, state))}
                <td class="act">
                    <button
                        type="button" class="btn ghost tiny icon turn" class:hidden=move || !has_more.get()
                        aria-expanded=move || open.get().to_string() aria-controls=controls
                        aria-label=move || format!("Details of {}", name())
                        on:click=move |_| open.update(|open| *open = !*open)
                    >{small_icon("chev")}</button>
                </td>
            </tr>
            <tr id=more class="inside" class:hidden=move || !open.get()>
                <td colspan="5">{move || open.get().then(|| row.get().map(|row| inside(&row)))}</td>
            </tr>
        </tbody>
    }
    .part()
}

fn full_cells(row: &SkillRow, state: SessionState) -> Part {
    let (look, word) = skill_look(row.status);
    let below = row.error.clone().or_else(|| row.message.clone());
    let below = below.or_else(|| row.id.clone()).unwrap_or_default();
    let percent = row.percent.map(|percent| format!("{percent:.0}%"));
    view! {
        <td><span class=format!("pill {}", look.tone)>{icon(look.icon)}<span>{word}</span></span></td>
        <td class="two"><span class="label mono">{row.name.clone()}</span><span class="cut">{below}</span></td>
        <td class="wide prog2"><span class="meterline">{progress(row)}<span class="small t2 num">{percent}</span></span></td>
        <td class="num t2">{duration(row, state)}</td>
    }
    .part()
}

fn inside(row: &SkillRow) -> Part {
    let part = |title: &'static str, json: &Option<loopscope_event::RawJson>| {
        json.as_ref().map(|json| {
            view! {
                <div><h3 class="small t2 label">{title}</h3>{json_tree(&json.value())}</div>
            }
            .part()
        })
    };
    let error = row.error.clone().map(|error| view! {
        <div><h3 class="small t2 label">"Error"</h3><p class="mono ct tone-failed lines">{error}</p></div>
    });
    view! { <div class="insides">{part("Parameters", &row.parameters)}{part("Result", &row.result)}{error}</div> }.part()
}
