//! Runs side by side: the same charts overlaid, what the runs came to, where their configurations differ. The address is
//! the whole state.

mod asked;
mod charts;
mod data;
mod overlay;
mod picker;
mod runs;
mod state;
mod tables;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use loopscope_protocol::{ApiError, MAX_COMPARED};

use self::asked::{Align, Asked};
use self::overlay::Wanted;
use self::state::{CompareState, Loaded};
use super::status::refuse;
use crate::figures::Crosshair;
use crate::frame::{Crumb, page, problem};
use crate::part::{IntoPart as _, Part};
use crate::source::{Source, source};
use crate::store::live;
use crate::ui::small_icon;

/// The page.
#[component]
pub fn ComparePage() -> impl IntoView {
    let params = use_query_map();
    let asked = Memo::new(move |_| params.with(Asked::read));
    let source = source();
    // What comes with the page; what the address asks for later is loaded into the same signals.
    let loaded = Resource::new(
        || (),
        move |()| load(source.clone(), asked.with_untracked(Asked::wanted)),
    );
    let contents = view! {
        <Toolbar asked />
        <picker::Picker asked />
        <Transition fallback=|| ()>
            {move || Suspend::new(async move {
                match loaded.await {
                    Ok(loaded) => view! { <Compared loaded asked /> }.part(),
                    Err(error) => {
                        let retry = Callback::new(move |()| loaded.refetch());
                        problem("The comparison could not be loaded", refuse(error).message, Some(retry))
                    }
                }
            })}
        </Transition>
    };
    page("Compare", &[Crumb::Here("Compare")], contents.part())
}

/// The comparison, and the series of the metrics that are shown.
async fn load(source: Source, wanted: Asked) -> Result<Loaded, ApiError> {
    if wanted.runs.sessions.is_empty() {
        return Ok(Loaded::nothing(wanted));
    }
    let comparison = source.compare(wanted.runs.clone()).await?;
    let (names, _) = wanted.shown(comparison.metrics.iter().map(|metric| metric.name.as_str()));
    let overlays = overlay::load(Wanted::of(source, &comparison, names, wanted.align)).await?;
    Ok(Loaded {
        wanted,
        comparison,
        overlays,
    })
}

#[component]
fn Compared(loaded: Loaded, asked: Memo<Asked>) -> impl IntoView {
    let live = live();
    live.set_clock(loaded.comparison.server_time);
    let state = CompareState::new(loaded, asked, live);
    Effect::new(move || live.attach(state));
    Crosshair::provide();
    let is_empty =
        state.part(|comparison| comparison.runs.is_empty() && comparison.missing.is_empty());
    let failed = move || {
        state.failed.get().map(|message| {
            view! { <p class="note tone-caution" role="status">{small_icon("warning")}<span>{message}</span></p> }
        })
    };
    view! {
        {failed}
        {move || is_empty.get().then(nothing)}
        <div class="stack" class:hidden=is_empty>
            <runs::Runs state />
            <charts::PassCharts state first=true />
            <div class="charts">
                <tables::Results state />
                <tables::Configuration state />
            </div>
            <charts::PassCharts state first=false />
            <charts::MetricCharts state />
        </div>
    }
    .part()
}

/// How the runs are lined up, another run, all of it as a file.
#[component]
fn Toolbar(asked: Memo<Asked>) -> impl IntoView {
    let aligns = Align::ALL.map(|(align, word)| {
        // Another axis has other numbers: the stretch does not come along.
        let href = move || {
            asked.with(|asked| {
                asked
                    .with(|asked| (asked.align, asked.zoom) = (align, None))
                    .href()
            })
        };
        let current = move || asked.with(|asked| (asked.align == align).then_some("true"));
        view! { <a class="btn" href=href aria-current=current>{word}</a> }
    });
    let is_full = Memo::new(move |_| asked.with(|asked| asked.runs.sessions.len() >= MAX_COMPARED));
    let add = move || asked.with(|asked| asked.with(|asked| asked.adds = !asked.adds).href());
    let csv = move || {
        asked.with(|asked| {
            format!(
                "/api/v1/compare?{}&format=csv",
                asked.runs.to_query_string()
            )
        })
    };
    let has_runs = Memo::new(move |_| asked.with(|asked| !asked.runs.sessions.is_empty()));
    let open = move || asked.with(|asked| asked.adds.to_string());
    view! {
        <div class="toolbar">
            <span class="small t3 no-phone">"Align by"</span>
            <div class="group" role="group" aria-label="Align by">{aligns}</div>
            <span class="end">
                {move || (!is_full.get()).then(|| view! {
                    <a class="btn" href=add aria-expanded=open role="button">{small_icon("plus")}"Add session"</a>
                })}
                {move || has_runs.get().then(|| view! {
                    <a class="btn" href=csv rel="external" download="comparison.csv">{small_icon("download")}"CSV"</a>
                })}
            </span>
        </div>
    }
    .part()
}

fn nothing() -> Part {
    view! {
        <div class="lost">
            <h2>"Nothing to compare yet"</h2>
            <p class="t2">
                "Choose two to eight sessions above, or select them in the list of sessions and click Compare. "
                "Their charts are overlaid; their results and configurations are shown side by side."
            </p>
            <p class="row"><a class="btn" href="/sessions">"All sessions"</a></p>
        </div>
    }
    .part()
}
