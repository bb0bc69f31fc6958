//! The timeline of skills: a bar each, as long as it took. In: rows and the time. Out: an SVG with geometry in attributes,
//! and a sentence that says the same.

use std::fmt::Write as _;

use leptos::prelude::*;
use loopscope_board::{Board, SkillRow, SkillStatus};
use loopscope_event::Timestamp;

use super::skills::{skill_look, spent};
use crate::pages::session::state::SessionState;
use crate::part::IntoPart as _;
use crate::text;

/// The newest skills that are drawn.
const MOST: usize = 40;
/// The height of a row, in pixels; as in `style/work.css`.
const ROW: usize = 24;
/// The most skills that the sentence names.
const NAMED: usize = 12;

/// Spans between ticks, in seconds.
const STEPS: [i64; 15] = [
    1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400,
];

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
    let now = state.live.now;
    let drawing = Memo::new(move |_| plan.with(|plan| draw(plan, now.get())));
    let said = Memo::new(move |_| plan.with(|plan| say(plan, now.get())));
    let names = Memo::new(move |_| {
        plan.with(|plan| {
            plan.rows
                .iter()
                .map(|row| row.name.clone())
                .collect::<Vec<_>>()
        })
    });
    let height = move || plan.with(|plan| (plan.rows.len() * ROW + 20).to_string());
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

impl Plan {
    /// From when to when it is drawn.
    fn range(&self, now: Timestamp) -> (Timestamp, i64) {
        let starts = self.rows.iter().filter_map(|row| row.started_at);
        let from = starts.min().unwrap_or(now);
        let ends = self.rows.iter().filter_map(|row| row.ended_at);
        let last = ends.max().unwrap_or(from);
        let runs = self
            .rows
            .iter()
            .any(|row| row.status == SkillStatus::Running);
        let to = match self.end {
            Some(end) => end.max(last),
            None if runs => now.max(last),
            None => last,
        };
        (from, to.since(from).as_micros().max(1_000))
    }
}

/// The bars, the ticks, the checkpoints. Holds no text of a producer.
fn draw(plan: &Plan, now: Timestamp) -> String {
    let (from, whole) = plan.range(now);
    let share = |at: Timestamp| {
        (at.since(from).as_micros() as f64 / whole as f64 * 100.0).clamp(0.0, 100.0)
    };
    let floor = plan.rows.len() * ROW;
    let mut out = String::with_capacity(plan.rows.len() * 256);
    // Writing into a string cannot fail.
    for tick in ticks(whole) {
        let x = tick as f64 * 1e6 / whole as f64 * 100.0;
        let label = tick_word(tick);
        let anchor = if tick == 0 { "start" } else { "middle" };
        let _ = write!(
            out,
            r#"<line class="tick" x1="{x:.2}%" x2="{x:.2}%" y1="0" y2="{floor}"/><text class="axis" x="{x:.2}%" y="{}" text-anchor="{anchor}">{label}</text>"#,
            floor + 14
        );
    }
    for mark in &plan.marks {
        if *mark >= from {
            let x = share(*mark);
            let _ = write!(
                out,
                r#"<line class="cp" x1="{x:.2}%" x2="{x:.2}%" y1="0" y2="{floor}"/>"#
            );
        }
    }
    for (index, row) in plan.rows.iter().enumerate() {
        let Some(start) = row.started_at else {
            continue;
        };
        let (_, last) = plan.range(now);
        let end = row
            .ended_at
            .unwrap_or_else(|| from.plus(loopscope_event::Duration::from_micros(last)));
        let (x, end) = (share(start), share(end));
        let width = (end - x).max(0.25);
        let y = index * ROW;
        let tone = match row.status {
            SkillStatus::Completed => "tone-plain",
            _ => skill_look(row.status).0.tone,
        };
        let open = if row.status == SkillStatus::Running {
            " open"
        } else {
            ""
        };
        let _ = write!(
            out,
            r#"<g class="{tone}{open}"><rect class="b" x="{x:.2}%" y="{}" width="{width:.2}%" height="14" rx="2"/><rect class="e" x="{x:.2}%" y="{}" width="3" height="14"/>"#,
            y + 5,
            y + 5
        );
        if let Some(time) = spent(row, now) {
            let (at, dx, anchor) = if end < 88.0 {
                (x + width, 6, "start")
            } else if x > 12.0 {
                (x, -6, "end")
            } else {
                (x, 9, "start")
            };
            let _ = write!(
                out,
                r#"<text x="{at:.2}%" dx="{dx}" y="{}" text-anchor="{anchor}">{time}</text>"#,
                y + 16
            );
        }
        out.push_str("</g>");
    }
    out
}

/// A tick in one word: `30 s`, `5m`, `1h`, `1h 30m`.
fn tick_word(seconds: i64) -> String {
    match (seconds / 3600, seconds % 3600 / 60) {
        _ if seconds == 0 => "0".to_owned(),
        _ if seconds < 60 => format!("{seconds} s"),
        (0, minutes) => format!("{minutes}m"),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h {minutes}m"),
    }
}

/// Seconds at which a tick stands: at most six of them, the last not at the edge.
fn ticks(whole_micros: i64) -> Vec<i64> {
    let seconds = whole_micros / 1_000_000;
    let step = STEPS.iter().copied().find(|step| seconds / step <= 5);
    let step = step.unwrap_or_else(|| (seconds / 5).max(86_400));
    let ticks = (0..=seconds / step).map(|index| index * step);
    ticks
        .filter(|tick| *tick as f64 * 1e6 <= whole_micros as f64 * 0.97)
        .collect()
}

/// The same in words.
fn say(plan: &Plan, now: Timestamp) -> String {
    let (_, whole) = plan.range(now);
    let span = text::span(loopscope_event::Duration::from_micros(whole));
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
    fn ticks_are_few_at_any_length() {
        for seconds in [0, 1, 4, 59, 61, 3_601, 86_400, 90_000_000] {
            let ticks = ticks(seconds * 1_000_000 + 1);
            assert!(ticks.len() <= 6, "{seconds}: {ticks:?}");
        }
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
