//! The charts: a figure a pass over all runs, then every metric that the runs share.

use leptos::prelude::*;
use leptos_router::components::Form;
use loopscope_chart::AnyChart;

use super::asked::{Align, SHOWN};
use super::data::{self, Look};
use super::state::CompareState;
use crate::figures::{Figure, Zoom};
use crate::part::{IntoPart as _, Part};
use crate::text;
use crate::ui::small_icon;
use crate::visit::prefs;
use crate::world;

/// So many charts stand above the tables.
const ABOVE: usize = 3;

/// What the runs tell a pass: the first charts, or the rest.
#[component]
pub(super) fn PassCharts(state: CompareState, first: bool) -> impl IntoView {
    let ids = Memo::new(move |_| {
        state.comparison.with(|comparison| {
            let ids = comparison.curves.iter().map(|curve| curve.id.clone());
            let skipped = if first { 0 } else { ABOVE };
            let most = if first { ABOVE } else { usize::MAX };
            ids.skip(skipped).take(most).collect::<Vec<_>>()
        })
    });
    let charts = move || {
        let align = state.align.get();
        let charts = ids.get().into_iter();
        charts.map(|id| pass_chart(state, id, align)).collect_view()
    };
    view! { <div class="charts" class:hidden=move || ids.with(Vec::is_empty)>{charts}</div> }.part()
}

fn look(state: CompareState, align: Align) -> Look {
    Look {
        align,
        zoom: state.looking.get(),
        zone: prefs().zone.get(),
    }
}

fn pass_chart(state: CompareState, id: String, align: Align) -> Part {
    let chart: Signal<AnyChart> = Memo::new(move |_| {
        let look = look(state, align);
        state.comparison.with(|comparison| {
            let curve = comparison.curves.iter().find(|curve| curve.id == id);
            let chart = curve.map(|curve| data::passes(curve, &comparison.runs, &look));
            // A figure that is no longer told leaves the page with the list.
            chart.map_or_else(|| data::empty().into(), AnyChart::from)
        })
    })
    .into();
    // All of it is in hand: the page's lens looks closer by itself.
    view! { <Figure chart span="c4" /> }.part()
}

/// The metrics.
#[component]
pub(super) fn MetricCharts(state: CompareState) -> impl IntoView {
    let names = state.part(|comparison| {
        let names = comparison.metrics.iter().map(|metric| metric.name.clone());
        names.collect::<Vec<_>>()
    });
    let shown = Memo::new(move |_| {
        state.overlays.with(|all| {
            let names = all.iter().map(|one| one.name.clone());
            names.collect::<Vec<_>>()
        })
    });
    let left = Memo::new(move |_| {
        names.with(|names| {
            state
                .asked
                .with(|asked| asked.shown(names.iter().map(String::as_str)).1)
        })
    });
    let more = move || {
        (left.get() > 0).then(|| {
            let href = state
                .asked
                .with(|asked| asked.with(|asked| asked.more += SHOWN).href());
            let word = format!("{} more of {}", left.get().min(SHOWN), left.get());
            view! { <p class="row"><a class="btn" href=href>{word}</a></p> }
        })
    };
    let charts = move || {
        let align = state.align.get();
        let names = shown.get().into_iter();
        names
            .map(|name| metric_chart(state, name, align))
            .collect_view()
    };
    let has_none = Memo::new(move |_| names.with(Vec::is_empty));
    let note = move || text::plural(names.with(Vec::len) as u64, "shared metric");
    view! {
        <section class:hidden=move || has_none.get() aria-label="Metrics" class="cmp-metrics">
            <div class="toolbar fields">
                <h2>"Metrics"</h2>
                <span class="t3 small">{note}</span>
                <span class="end">{search(state)}</span>
            </div>
            <div class="charts">
                {charts}
            </div>
            {move || (shown.with(Vec::is_empty) && !has_none.get()).then(|| view! { <p class="empty">"No matching metrics."</p> })}
            {more}
        </section>
    }
    .part()
}

fn search(state: CompareState) -> Part {
    let first = state.asked.with_untracked(|asked| asked.text.clone());
    let hidden = move || {
        let fields = state.asked.with(super::asked::Asked::fields);
        let others = fields
            .into_iter()
            .filter(|(name, _)| !matches!(*name, "q" | "more"));
        others
            .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
            .collect_view()
    };
    view! {
        <Form method="GET" action="/compare">
            <div on:change=|event| world::submit(&event)>
                {hidden}
                <label class="search wide">
                    {small_icon("search")}
                    <input type="search" name="q" placeholder="Find a metric" aria-label="Find a metric" value=first />
                </label>
                <button class="btn without-scripts">"Find"</button>
            </div>
        </Form>
    }
    .part()
}

fn metric_chart(state: CompareState, name: String, align: Align) -> Part {
    let own = {
        let name = name.clone();
        move |all: &Vec<super::overlay::Overlay>| all.iter().find(|one| one.name == name).cloned()
    };
    let overlay = Memo::new(move |_| state.overlays.with(&own));
    let chart: Signal<AnyChart> = Memo::new(move |_| {
        let look = look(state, align);
        state.comparison.with(|comparison| {
            overlay.with(|overlay| {
                let chart = overlay
                    .as_ref()
                    .map(|overlay| data::metric(overlay, &comparison.runs, &look));
                chart.map_or_else(|| data::empty().into(), AnyChart::from)
            })
        })
    })
    .into();
    let zoom = Zoom::new(move |stretch| {
        let told = overlay.with_untracked(|overlay| {
            let overlay = overlay.as_ref()?;
            let runs = state
                .comparison
                .with_untracked(|comparison| data::whole(overlay, &comparison.runs, align));
            Some((data::axis_word(align, overlay.axis), runs))
        });
        if let Some((axis, whole)) = told {
            state.zoom(axis, stretch, whole);
        }
    });
    view! { <Figure chart span="c4" zoom /> }.part()
}
