//! The timeline of skills: a bar each, as long as it took. In: rows and the time. Out: an SVG with geometry in attributes,
//! and a sentence that says the same.

use leptos::prelude::*;
use loopscope_board::{Board, SkillRow, SkillStatus};
use loopscope_event::Timestamp;

use super::skills::{skill_look, spent};
use crate::pages::session::notes::Notes;
use crate::pages::session::state::SessionState;
use crate::pages::session::timeline::{self, Bar};
use crate::part::IntoPart as _;
use crate::text;
use crate::visit::prefs;

/// The newest skills that are drawn.
const MOST: usize = 40;
/// The most skills that the sentence names.
const NAMED: usize = 12;

/// What is drawn.
#[derive(Debug, Clone, Default, PartialEq)]
struct Plan {
    rows: Vec<SkillRow>,
    marks: Vec<Timestamp>,
    /// The end of the run; open while it goes on.
    end: Option<Timestamp>,
}

fn plan(board: &Board) -> Plan {
    let rows = board.skills().rows().iter().rev();
    let rows = rows.filter(|row| row.started_at.is_some()).take(MOST);
    let mut rows: Vec<SkillRow> = rows.cloned().collect();
    rows.reverse();
    // What they were called with and what they returned is not drawn.
    for row in &mut rows {
        (row.parameters, row.result) = (None, None);
    }
    let over = board.status().is_ended();
    let open = board.header().ended_at.filter(|_| over);
    Plan {
        rows,
        marks: board
            .checkpoints()
            .rows()
            .iter()
            .map(|row| row.created_at)
            .collect(),
        end: open.or_else(|| {
            (board.status() == loopscope_protocol::SessionStatus::Interrupted)
                .then(|| board.machine().since())
        }),
    }
}

/// The drawing.
#[component]
pub(super) fn Gantt(state: SessionState) -> impl IntoView {
    let plan = state.part(plan);
    let now = state.now;
    let notes = Notes::until(state);
    let drawing = Memo::new(move |_| {
        let mut bars = plan.with(bars);
        bars.notes = notes.with(|notes| notes.iter().map(|note| note.at).collect());
        timeline::draw(&bars, now.get())
    });
    let zone = prefs().zone;
    let said = Memo::new(move |_| {
        let said_of_notes = notes.with(|notes| timeline::say_notes(notes, zone.get()));
        plan.with(|plan| say(plan, now.get())) + &said_of_notes
    });
    let names = Memo::new(move |_| {
        plan.with(|plan| {
            plan.rows
                .iter()
                .map(|row| row.name.clone())
                .collect::<Vec<_>>()
        })
    });
    let height = move || plan.with(|plan| timeline::height(plan.rows.len()).to_string());
    view! {
        <div class="gantt">
            <ol class="names" aria-hidden="true">
                {move || names.get().into_iter().map(|name| view! { <li class="mono cut">{name}</li> }).collect_view()}
            </ol>
            <svg
                class="bars" width="100%" height=height role="img" aria-label=move || said.get()
                inner_html=move || drawing.get()
            ></svg>
        </div>
    }
    .part()
}

/// The rows as bars.
fn bars(plan: &Plan) -> timeline::Plan {
    let bars = plan.rows.iter().filter_map(|row| {
        Some(Bar {
            start: row.started_at?,
            end: row.ended_at,
            is_open: row.status == SkillStatus::Running,
            tone: match row.status {
                SkillStatus::Completed => "tone-plain",
                _ => skill_look(row.status).0.tone,
            },
            spent: row.duration.map(text::span),
        })
    });
    timeline::Plan {
        bars: bars.collect(),
        marks: plan.marks.clone(),
        notes: Vec::new(),
        end: plan.end,
    }
}

/// The same in words.
fn say(plan: &Plan, now: Timestamp) -> String {
    let span = text::span(timeline::whole(&bars(plan), now));
    let named = plan.rows.iter().take(NAMED).map(|row| {
        let time = spent(row, now).unwrap_or_else(|| "–".to_owned());
        format!("{} {time} {}", row.name, skill_look(row.status).1)
    });
    let named: Vec<String> = named.collect();
    let more = match plan.rows.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let count = text::plural(plan.rows.len() as u64, "skill");
    format!(
        "Timeline of {count} over {span}: {}{more}.",
        named.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(plan: &Plan, now: Timestamp) -> String {
        timeline::draw(&bars(plan), now)
    }

    fn row(name: &str, start: i64, end: Option<i64>) -> SkillRow {
        let json = format!(
            r#"{{"name":"{name}","status":"{}"}}"#,
            if end.is_some() {
                "completed"
            } else {
                "running"
            }
        );
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        SkillRow {
            started_at: Some(at(start)),
            ended_at: end.map(at),
            duration: end.map(|end| at(end).since(at(start))),
            ..serde_json::from_str(&json).unwrap()
        }
    }

    fn plan(rows: Vec<SkillRow>) -> Plan {
        Plan {
            rows,
            ..Plan::default()
        }
    }

    #[test]
    fn bars_stand_where_they_were_and_the_open_one_reaches_now() {
        let plan = plan(vec![row("a", 0, Some(25)), row("b", 50, None)]);
        let drawing = draw(&plan, Timestamp::from_micros(100_000_000));
        assert!(
            drawing.contains(r#"x="0.00%" y="5" width="25.00%""#),
            "{drawing}"
        );
        assert!(
            drawing.contains(r#"x="50.00%" y="29" width="50.00%""#),
            "{drawing}"
        );
    }

    #[test]
    fn no_time_at_all_is_drawn_too() {
        let drawing = draw(
            &plan(vec![row("a", 7, Some(7))]),
            Timestamp::from_micros(7_000_000),
        );
        assert!(drawing.contains(r#"width="0.25%""#), "{drawing}");
        assert!(!drawing.contains("NaN") && !drawing.contains("inf"));
        assert_eq!(
            draw(&Plan::default(), Timestamp::default())
                .matches("<rect")
                .count(),
            0
        );
    }

    #[test]
    fn names_never_stand_in_the_drawing() {
        let hostile = row("x<script>", 0, Some(1));
        assert!(!draw(&plan(vec![hostile]), Timestamp::default()).contains("script"));
    }

    #[test]
    fn the_sentence_says_what_the_bars_show() {
        let plan = plan(vec![row("a", 0, Some(25)), row("b", 50, None)]);
        assert_eq!(
            say(&plan, Timestamp::from_micros(100_000_000)),
            "Timeline of 2 skills over 1m 40s: a 25 s completed, b 50 s running."
        );
    }
}
