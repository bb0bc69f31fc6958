//! Phases of synthesis on a timeline: a bar each, as long as it took. In: the board's rows and the time. Out: an SVG
//! with geometry in attributes, and a sentence that says the same.

use leptos::prelude::*;
use loopscope_board::{Board, SynthesisRow};
use loopscope_event::Timestamp;

use crate::pages::session::notes::Notes;
use crate::pages::session::state::SessionState;
use crate::pages::session::timeline::{self, Bar, Plan};
use crate::part::IntoPart as _;
use crate::text;
use crate::visit::prefs;

/// The newest phases that are drawn.
const MOST: usize = 12;

/// What is drawn, and when the run ended.
fn shown(board: &Board) -> (Vec<SynthesisRow>, Option<Timestamp>) {
    let rows = board.synthesis().rows();
    let rows = rows.iter().skip(rows.len().saturating_sub(MOST));
    let end = board
        .header()
        .ended_at
        .filter(|_| board.status().is_ended());
    (rows.cloned().collect(), end)
}

fn plan((rows, end): &(Vec<SynthesisRow>, Option<Timestamp>)) -> Plan {
    let bars = rows.iter().map(|row| Bar {
        start: row.started_at,
        end: row.ended_at,
        is_open: row.ended_at.is_none(),
        tone: match (row.ended_at, row.failed) {
            (None, _) => "tone-running",
            (Some(_), true) => "tone-failed",
            (Some(_), false) => "tone-plain",
        },
        spent: row.duration.map(text::span),
    });
    Plan {
        bars: bars.collect(),
        end: *end,
        ..Plan::default()
    }
}

/// The panel.
#[component]
pub(super) fn PhasesPanel(state: SessionState) -> impl IntoView {
    let shown = state.part(shown);
    let plan = Memo::new(move |_| shown.with(plan));
    let now = state.now;
    let note = state.part(|board| {
        let synthesis = board.synthesis();
        let patterns = text::plural(synthesis.patterns(), "pattern");
        format!(
            "{} ended, {patterns} found",
            text::count(synthesis.completed())
        )
    });
    let notes = Notes::until(state);
    let drawing = Memo::new(move |_| {
        let mut plan = plan.get();
        plan.notes = notes.with(|notes| notes.iter().map(|note| note.at).collect());
        timeline::draw(&plan, now.get())
    });
    let zone = prefs().zone;
    let said = move || {
        let said_of_notes = notes.with(|notes| timeline::say_notes(notes, zone.get()));
        shown.with(|(rows, _)| say(rows)) + &said_of_notes
    };
    let names = move || {
        shown.with(|(rows, _)| {
            let names = rows.iter().map(|row| {
                let title = row.description.clone().unwrap_or_default();
                view! { <li class="mono cut" title=title>{row.name.clone()}</li> }
            });
            names.collect_view()
        })
    };
    let height = move || plan.with(|plan| timeline::height(plan.bars.len()).to_string());
    view! {
        <section class="panel" aria-label="Synthesis">
            <div class="panel-head"><h2>"Synthesis"</h2><span class="t3 small">{note}</span></div>
            <div class="gantt">
                <ol class="names" aria-hidden="true">{names}</ol>
                <svg class="bars" width="100%" height=height role="img" aria-label=said inner_html=move || drawing.get()></svg>
            </div>
        </section>
    }
    .part()
}

/// The same in words.
fn say(rows: &[SynthesisRow]) -> String {
    let named = rows.iter().map(|row| {
        let took = row
            .duration
            .map_or_else(|| "running".to_owned(), text::span);
        let found = row
            .patterns_found
            .map(|count| format!(", {}", text::plural(count, "pattern")));
        format!("{} {took}{}", row.name, found.unwrap_or_default())
    });
    let named: Vec<String> = named.collect();
    format!(
        "Timeline of {}: {}.",
        text::plural(rows.len() as u64, "phase"),
        named.join("; ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use loopscope_event::Duration;

    #[test]
    fn phases_are_said_with_what_they_found() {
        let row = SynthesisRow {
            name: "merge".to_owned(),
            description: None,
            started_at: Timestamp::default(),
            ended_at: Some(Timestamp::from_micros(900_000)),
            duration: Some(Duration::from_millis(900)),
            patterns_found: Some(3),
            failed: false,
        };
        let open = SynthesisRow {
            name: "rank".to_owned(),
            ended_at: None,
            duration: None,
            patterns_found: None,
            ..row.clone()
        };
        let rows = [row, open];
        assert_eq!(
            say(&rows),
            "Timeline of 2 phases: merge 900 ms, 3 patterns; rank running."
        );
        let plan = plan(&(rows.to_vec(), None));
        assert_eq!(plan.bars[1].tone, "tone-running");
    }
}
