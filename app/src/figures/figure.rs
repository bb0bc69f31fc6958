//! The panel of a chart. In: the chart as a signal, its width in twelfths, a word on what it counts. Out: head with
//! title, legend and tools, and below it the plot or its data table.

use leptos::prelude::*;
use loopscope_chart::{AnyChart, Chart as _};

use super::crosshair::Crosshair;
use super::legend::Legend;
use super::plot::Plot;
use super::table::DataTable;

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
    let owner = crosshair.join();
    let index = Memo::new(move |_| {
        let mark = crosshair.mark()?;
        chart.with(|chart| {
            let same = chart.axis() == mark.axis;
            same.then(|| chart.find(mark.value)).flatten()
        })
    });
    let open = RwSignal::new(false);
    let title = Memo::new(move |_| chart.with(|chart| chart.name().to_owned()));
    let label = move || format!("{} as a table", title.get());
    view! {
        <figure class=format!("chart {span}") class:tabled=open>
            <figcaption class="chart-head">
                <h2>{title}</h2>
                <span class="unit">{unit}</span>
                {legend.then(|| view! { <Legend chart index /> })}
                <span class="tools">
                    <button
                        type="button"
                        class="btn ghost tiny icon"
                        aria-label=label
                        title="Data table"
                        aria-pressed=move || open.get().to_string()
                        on:click=move |_| open.update(|open| *open = !*open)
                    >
                        <svg class="i s" viewBox="0 0 16 16" aria-hidden="true" inner_html=TABLE_ICON></svg>
                    </button>
                </span>
            </figcaption>
            <Plot chart crosshair owner index />
            <Show when=move || open.get()>
                <DataTable chart />
            </Show>
        </figure>
    }
    .into_any()
}

const TABLE_ICON: &str = r#"<rect x="2.5" y="3" width="11" height="10" rx="1"/><path d="M2.5 6.500h11M6.500 6.500v6.500"/>"#;
