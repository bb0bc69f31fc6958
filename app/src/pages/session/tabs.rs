//! The tabs: links, one a part of the session that has content.

use leptos::prelude::*;

use super::state::SessionState;
use crate::part::IntoPart as _;
use crate::text;

/// A part of the session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Tab {
    #[default]
    Overview,
    Events,
    Findings,
    Config,
}

impl Tab {
    /// Reads the address's word; anything odd is the first tab.
    pub(super) fn read(word: &str) -> Self {
        match word {
            "events" => Self::Events,
            "findings" => Self::Findings,
            "config" => Self::Config,
            _ => Self::Overview,
        }
    }

    const fn query(self) -> &'static str {
        match self {
            Self::Overview => "",
            Self::Events => "?tab=events",
            Self::Findings => "?tab=findings",
            Self::Config => "?tab=config",
        }
    }

    /// The address of this tab of a session.
    pub(super) fn href(self, state: SessionState) -> String {
        let mut href = "/sessions/".to_owned();
        state
            .id
            .with_value(|id| loopscope_protocol::percent_encode(id.as_str(), &mut href));
        href.push_str(self.query());
        href
    }
}

/// The tabs.
#[component]
pub(super) fn Tabs(state: SessionState, tab: Memo<Tab>) -> impl IntoView {
    let events = state.part(|board| Some(board.seq().0));
    let findings = state.part(|board| Some(board.findings().len() as u64));
    let none = state.part(|_| None);
    let has_findings = state.part(|board| !board.findings().is_empty());
    let has_config = state.part(|board| board.header().config.is_some());
    let link = move |own: Tab, word: &'static str, count: Memo<Option<u64>>| {
        view! {
            <a href=own.href(state) aria-current=move || (tab.get() == own).then_some("page")>
                {word}
                {move || count.get().map(|count| view! { <span class="c">{text::count(count)}</span> })}
            </a>
        }
        .part()
    };
    view! {
        <nav class="tabs main-tabs" aria-label="Session">
            {link(Tab::Overview, "Overview", none)}
            {link(Tab::Events, "Events", events)}
            {move || has_findings.get().then(|| link(Tab::Findings, "Findings", findings))}
            {move || has_config.get().then(|| link(Tab::Config, "Config", none))}
        </nav>
    }
    .part()
}
