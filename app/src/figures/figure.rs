//! The panel of a chart. In: the chart as a signal, its width in twelfths, a word on what it counts. Out: head with
//! title, legend and tools, and below it the plot or its data table.

use leptos::html;
use leptos::prelude::*;
use loopscope_chart::{AnyChart, Chart as _};

use super::crosshair::Crosshair;
use super::legend::Legend;
use super::plot::Plot;
use super::surface;
use super::table::DataTable;

/// What a figure on the full screen holds besides its plot, in pixels.
const AROUND_PX: f64 = 140.0;

/// A chart in its panel. Its size does not depend on its data.
#[component]
pub fn Figure(
    /// What is drawn.
    #[prop(into)]
    chart: Signal<AnyChart>,
    /// The CSS class for the width: `c3` to `c12` of twelve columns.
    span: &'static str,
    /// What is counted, beside the title: `per iteration`.
    #[prop(into, default = Signal::stored(String::new()))]
    unit: Signal<String>,
    /// Whether the series are named in the head: where their ends cannot be labelled.
    #[prop(optional)]
    legend: bool,
) -> impl IntoView {
    let crosshair = Crosshair::here();
    let hidden = RwSignal::new(Vec::new());
    let tall = RwSignal::new(None);
    let drawn: Signal<AnyChart> = Memo::new(move |_| {
        let shown = hidden.with(|hidden| chart.get().without(hidden));
        match tall.get() {
            Some(screen_px) => shown.at_height(screen_px - AROUND_PX),
            None => shown,
        }
    })
    .into();
    let index = Memo::new(move |_| crosshair.on(drawn));
    let open = RwSignal::new(false);
    let title = Memo::new(move |_| chart.with(|chart| chart.name().to_owned()));
    let figure = NodeRef::new();
    surface::follow_full_screen(figure, tall);
    view! {
        <figure class=format!("chart {span}") class:tabled=open node_ref=figure>
            <figcaption class="chart-head">
                <h2>{title}</h2>
                <span class="unit">{unit}</span>
                {legend.then(|| view! { <Legend chart crosshair hidden /> })}
                <Tools title open figure />
            </figcaption>
            <Plot chart=drawn crosshair owner=crosshair.join() index />
            <Show when=move || open.get()>
                <DataTable chart />
            </Show>
        </figure>
    }
    .into_any()
}

/// What can be done with a figure.
#[component]
fn Tools(
    title: Memo<String>,
    open: RwSignal<bool>,
    figure: NodeRef<html::Figure>,
) -> impl IntoView {
    view! {
        <span class="tools">
            <button
                type="button"
                class="btn ghost tiny icon"
                aria-label=move || format!("{} on the full screen", title.get())
                title="Full screen"
                on:click=move |_| surface::toggle_full_screen(figure)
            >
                <svg class="i s" viewBox="0 0 16 16" aria-hidden="true" inner_html=EXPAND_ICON></svg>
            </button>
            <button
                type="button"
                class="btn ghost tiny icon"
                aria-label=move || format!("{} as a table", title.get())
                title="Data table"
                aria-pressed=move || open.get().to_string()
                on:click=move |_| open.update(|open| *open = !*open)
            >
                <svg class="i s" viewBox="0 0 16 16" aria-hidden="true" inner_html=TABLE_ICON></svg>
            </button>
        </span>
    }
    .into_any()
}

const TABLE_ICON: &str =
    r#"<rect x="2.5" y="3" width="11" height="10" rx="1"/><path d="M2.5 6.5h11M6.5 6.5v6.5"/>"#;
const EXPAND_ICON: &str =
    r#"<path d="M9.5 2.5h4v4M13.5 2.5l-4.5 4.5M6.5 13.5h-4v-4M2.5 13.5l4.5-4.5"/>"#;
