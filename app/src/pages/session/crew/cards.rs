//! The contract's six figures, in its order and with its words.

use leptos::prelude::*;
use loopscope_board::CrewStats;

use crate::pages::session::state::SessionState;
use crate::pages::session::tabs::Tab;
use crate::part::{IntoPart as _, Part};
use crate::text;

/// A card: its label, its line of meaning, the tab that it leads to, and its figure.
type Card = (&'static str, &'static str, Tab, fn(&CrewStats) -> Part);

const CARDS: [Card; 5] = [
    ("Total Events", "all system events", Tab::Events, |stats| {
        text::count(stats.total_events).part()
    }),
    (
        "Agents Executed",
        "production agents run",
        Tab::Agents,
        |stats| text::count(stats.total_agents_executed).part(),
    ),
    (
        "Opportunities Found",
        "business opportunities discovered",
        Tab::Opportunities,
        |stats| text::count(stats.total_opportunities_discovered).part(),
    ),
    (
        "Avg Quality Score",
        "data quality across agents",
        Tab::Overview,
        |stats| match stats.avg_quality_score {
            Some(score) => view! { {format!("{score:.1}")}<small>"%"</small> }.part(),
            None => "–".part(),
        },
    ),
    ("Active Agents", "currently running", Tab::Agents, |stats| {
        text::count(stats.active_agents).part()
    }),
];

/// The cards.
#[component]
pub(super) fn Cards(state: SessionState) -> impl IntoView {
    let counted = state.part(loopscope_board::Board::crew_stats);
    let cards = CARDS.map(|(label, meaning, tab, figure)| {
        let figure = move || counted.with(figure);
        view! {
            <a class="metric" href=tab.href(state)>
                <span class="l">{label}</span><span class="v">{figure}</span><span class="n">{meaning}</span>
            </a>
        }
        .part()
    });
    let since = state.part(|board| board.header().started_at);
    let now = state.clock();
    let uptime = move || uptime(now.get().since(since.get()).as_secs_f64());
    view! {
        <section class="metrics six" aria-label="Figures">
            {Vec::from(cards)}
            <div class="metric">
                <span class="l">"System Uptime"</span><span class="v">{uptime}</span>
                <span class="n">"time since startup"</span>
            </div>
        </section>
    }
    .part()
}

/// `42s`, `7m`, `3h 12m`, as the contract writes it.
fn uptime(seconds: f64) -> String {
    let seconds = seconds.max(0.0) as u64;
    match (seconds / 3600, seconds / 60) {
        (0, 0) => format!("{seconds}s"),
        (0, minutes) => format!("{minutes}m"),
        (hours, minutes) => format!("{hours}h {}m", minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uptime_is_written_as_the_contract_says() {
        for (seconds, expected) in [
            (-3.0, "0s"),
            (59.9, "59s"),
            (60.0, "1m"),
            (3599.0, "59m"),
            (3600.0, "1h 0m"),
            (11_520.0, "3h 12m"),
        ] {
            assert_eq!(uptime(seconds), expected);
        }
    }
}
