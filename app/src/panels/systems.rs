//! Systems of agents, side by side: a card each with its figures, and links that narrow the page to one of them.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use loopscope_protocol::{CrewSummary, SessionSummary};

use super::session_href;
use crate::part::{IntoPart as _, Part};
use crate::store::{SessionRows, live};
use crate::text;
use crate::ui::{icon, sentence};

/// Which system the address asks for: `?system=north`; all without it.
#[derive(Clone, Copy)]
pub struct SystemFilter(Memo<Option<String>>);

impl SystemFilter {
    /// The one of the page's address.
    pub fn here() -> Self {
        let query = use_query_map();
        let asked = move || query.with(|query| query.get("system"));
        Self(Memo::new(move |_| asked().filter(|name| !name.is_empty())))
    }

    /// Whether it leaves a system in; tracked.
    pub fn shows(self, session: &SessionSummary) -> bool {
        self.0.with(|name| {
            let name = name.as_deref();
            name.is_none_or(|name| name == session.session_id.as_str())
        })
    }
}

/// The address of a page narrowed to a system.
fn narrowed(page: &str, system: Option<&str>) -> String {
    let mut href = page.to_owned();
    if let Some(system) = system {
        href.push_str("?system=");
        loopscope_protocol::percent_encode(system, &mut href);
    }
    href
}

/// The panel; nothing where there is no system.
#[component]
pub fn Systems(
    /// The systems.
    rows: SessionRows,
    /// Which of them.
    filter: SystemFilter,
    /// The page that it stands on, as an address.
    page: &'static str,
) -> impl IntoView {
    let is_empty = Memo::new(move |_| rows.is_empty());
    let note = move || text::plural(rows.len() as u64, "system");
    let chips = move || {
        let chip = |name: Option<String>, word: String| {
            let (own, href) = (name.clone(), narrowed(page, name.as_deref()));
            let current = move || filter.0.with(|asked| *asked == own).then_some("true");
            view! { <a class="chip" href=href aria-current=current>{word}</a> }.part()
        };
        let rows = rows.list();
        let several = rows.len() > 1 || filter.0.with(Option::is_some);
        several.then(|| {
            let each = rows.iter().map(|(key, _)| {
                let name = key.id.as_str().to_owned();
                chip(Some(name.clone()), name)
            });
            let chips: Vec<Part> = std::iter::once(chip(None, "All".to_owned()))
                .chain(each)
                .collect();
            view! { <nav class="chips" aria-label="Filter by system">{chips}</nav> }
        })
    };
    move || {
        (!is_empty.get()).then(|| view! {
            <section class="panel" aria-label="Agent systems">
                <div class="panel-head">
                    <h2>"Agent systems"</h2><span class="t3 small">{note}</span>
                    {(page != "/systems").then(|| view! { <span class="more"><a href="/systems">"All systems"</a></span> })}
                </div>
                {chips}
                <ul class="systems">
                    <For each=move || rows.list() key=|(key, _)| key.clone() let((_, row))>
                        {one(row, filter)}
                    </For>
                </ul>
            </section>
        })
    }
}

fn one(row: ArcRwSignal<SessionSummary>, filter: SystemFilter) -> Part {
    let now = live().now;
    let href = session_href(&row.get_untracked());
    let (aged, told, narrowed, named) = (row.clone(), row.clone(), row.clone(), row.clone());
    let age = move || text::age(now.get().since(aged.with(|session| session.last_event_at)));
    let hidden = move || narrowed.with(|session| !filter.shows(session));
    let last = move || told.with(|session| sentence(&session.last_sentence));
    view! {
        <li class:hidden=hidden>
            <a class="system" href=href data-row="">
                {move || named.with(head)}
                {move || row.with(|session| session.crew.as_ref().map(figures))}
                <span class="small t3 last"><span class="cut">{last}</span><span class="num">{age}</span></span>
            </a>
        </li>
    }
    .part()
}

/// Its name, and how many of its agents are at work.
fn head(session: &SessionSummary) -> Part {
    let active = session.crew.as_ref().map_or(0, |crew| crew.active_agents);
    let (tone, mark) = if active > 0 {
        ("tone-running", "running")
    } else {
        ("tone-idle", "idle")
    };
    let word = format!("{} active", text::count(active));
    view! {
        <span class="top">
            <span class="label cut">{session.name.clone()}</span>
            <span class=format!("sev {tone}")>{icon(mark)}<span>{word}</span></span>
        </span>
    }
    .part()
}

fn figures(crew: &CrewSummary) -> Part {
    let quality = match crew.quality_count {
        0 => "–".to_owned(),
        count => format!("{:.1}%", crew.quality_sum / count as f64),
    };
    let failed = (crew.agents_failed > 0).then(|| {
        let words = format!(" ({} failed)", text::count(crew.agents_failed));
        view! { <small class="ct tone-failed">{words}</small> }
    });
    view! {
        <span class="figs">
            <span><b>{text::count(crew.agents_executed)}{failed}</b><span>"executed"</span></span>
            <span><b>{text::count(crew.opportunities)}</b><span>"opportunities"</span></span>
            <span><b>{quality}</b><span>"quality"</span></span>
        </span>
    }
    .part()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_the_system_it_is_narrowed_to() {
        assert_eq!(narrowed("/systems", None), "/systems");
        assert_eq!(narrowed("/", Some("a b&c")), "/?system=a%20b%26c");
    }
}
