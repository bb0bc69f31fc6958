//! The tabs: links, one a part of the session that has content.

use leptos::prelude::*;
use loopscope_board::Board;
use loopscope_event::Dialect;

use super::replay::link;
use super::state::SessionState;
use crate::frame::{Command, Does, commands};
use crate::part::IntoPart as _;
use crate::text;
use crate::world;

/// A part of the session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Tab {
    #[default]
    Overview,
    Timeline,
    Events,
    Findings,
    Metrics,
    Skills,
    Files,
    Validation,
    Decisions,
    Agents,
    Opportunities,
    Checkpoints,
    Alerts,
    Config,
    Audit,
}

/// Every tab: itself, the address's word, its title.
const TABS: [(Tab, &str, &str); 15] = [
    (Tab::Overview, "", "Overview"),
    (Tab::Timeline, "timeline", "Timeline"),
    (Tab::Events, "events", "Events"),
    (Tab::Findings, "findings", "Findings"),
    (Tab::Metrics, "metrics", "Metrics"),
    (Tab::Skills, "skills", "Skills"),
    (Tab::Files, "files", "Files"),
    (Tab::Validation, "validation", "Validation"),
    (Tab::Decisions, "decisions", "Decisions"),
    (Tab::Agents, "agents", "Agents"),
    (Tab::Opportunities, "opportunities", "Opportunities"),
    (Tab::Checkpoints, "checkpoints", "Checkpoints"),
    (Tab::Alerts, "alerts", "Alerts"),
    (Tab::Config, "config", "Config"),
    (Tab::Audit, "audit", "Audit"),
];

impl Tab {
    /// Reads the address's word; anything odd is the first tab.
    pub(super) fn read(word: &str) -> Self {
        let found = TABS.iter().find(|(_, own, _)| *own == word);
        found.map_or(Self::Overview, |(tab, ..)| *tab)
    }

    /// The address of this tab of a session.
    pub(super) fn href(self, state: SessionState) -> String {
        let word = TABS.iter().find(|(tab, ..)| *tab == self);
        let word = word.map_or("", |(_, word, _)| word);
        state.key.with_value(|key| key.page(word))
    }

    /// How much it holds.
    fn content(self, board: &Board) -> Content {
        let count = |count: usize| match count {
            0 => Content::Nothing,
            count => Content::Counted(count as u64),
        };
        let some = |some: bool| {
            if some {
                Content::Some
            } else {
                Content::Nothing
            }
        };
        match self {
            Self::Overview => Content::Some,
            Self::Timeline => some(board.has_spans()),
            Self::Events => Content::Counted(board.seq().0),
            Self::Findings => count(board.findings().len()),
            Self::Metrics => count(board.metrics().len()),
            Self::Skills => count(board.skills().rows().len()),
            Self::Files => count(board.files().rows().len()),
            Self::Validation => {
                let validations = board.validations();
                some(!validations.rows().is_empty() || !validations.lines().is_empty())
            }
            Self::Decisions => count(board.decisions().rows().len()),
            Self::Agents => count(board.agents().rows().len()),
            Self::Opportunities => count(board.opportunities().rows().len()),
            Self::Checkpoints => count(board.checkpoints().rows().len()),
            Self::Alerts => count(board.alerts().rows().len()),
            Self::Config => some(board.header().config.is_some()),
            Self::Audit => {
                let commands = board.commands();
                // A run that can be steered has an audit from the start: commands can be replayed onto it.
                let is_steered = commands.attached().is_some()
                    || board.header().dialect == Dialect::Orchestrator;
                match count(commands.rows().len()) {
                    Content::Nothing => some(is_steered),
                    counted => counted,
                }
            }
        }
    }
}

/// How much a tab holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Content {
    /// It is not shown.
    #[default]
    Nothing,
    /// Something that is not counted.
    Some,
    /// So many.
    Counted(u64),
}

/// The tabs.
#[component]
pub(super) fn Tabs(state: SessionState, tab: Memo<Tab>) -> impl IntoView {
    let contents = state.part(|board| {
        let contents = TABS.iter().map(|(tab, ..)| tab.content(board));
        contents.collect::<Vec<_>>()
    });
    let waiting = state.part(|board| board.decisions().pending().count() as u64);
    let firing = state.part(|board| board.alerts().firing().count());
    let links = TABS.iter().enumerate().map(|(index, (own, _, title))| {
        let own = *own;
        let content =
            Memo::new(move |_| contents.with(|all| all.get(index).copied().unwrap_or_default()));
        let is_there = Memo::new(move |_| content.get() != Content::Nothing);
        let count = move || {
            let Content::Counted(count) = content.get() else {
                return None;
            };
            let hot = (own == Tab::Decisions && waiting.get() > 0)
                || (own == Tab::Alerts && firing.get() > 0);
            let class = if hot { "c hot" } else { "c" };
            Some(view! { <span class=class>{text::count(count)}</span> })
        };
        move || {
            is_there.get().then(|| view! {
            <a href=move || link(state, own.href(state)) aria-current=move || (tab.get() == own).then_some("page")>
                {*title}{count}
            </a>
        })
        }
    });
    commands().offer(move || {
        let there = TABS.iter().zip(contents.get());
        let there = there.filter(|(_, content)| *content != Content::Nothing);
        there
            .map(|((tab, _, title), _)| in_palette(state, *tab, title))
            .collect()
    });
    Effect::new(move || {
        tab.get();
        request_animation_frame(|| world::show_current(".main-tabs"));
    });
    view! { <nav class="tabs main-tabs" aria-label="Session">{links.collect_view()}</nav> }.part()
}

fn in_palette(state: SessionState, tab: Tab, title: &str) -> Command {
    Command {
        group: "This session",
        icon: "sessions",
        title: title.to_owned(),
        hint: String::new(),
        does: Does::Go(link(state, tab.href(state))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tab_reads_its_own_word() {
        for (tab, word, _) in TABS {
            assert_eq!(Tab::read(word), tab);
        }
        assert_eq!(Tab::read("<script>"), Tab::Overview);
    }
}
