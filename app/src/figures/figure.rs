//! The panel of a chart. In: the chart as a signal, its width in twelfths. Out: head with title, legend and tools, and
//! below it the plot or its data table; in the browser it moves with the chart.

use leptos::html;
use leptos::prelude::*;

use crate::part::IntoPart as _;
use loopscope_chart::{AnyChart, Chart as _};

use super::crosshair::Crosshair;
use super::{live, markup};

/// What is told when a reader asks for a stretch of the horizontal axis, by wheel, brush or key; `None` for all of it.
pub type Zoom = Callback<Option<(f64, f64)>>;

/// A chart in its panel. Its size does not depend on its data.
#[component]
pub fn Figure(
    /// What is drawn.
    #[prop(into)]
    chart: Signal<AnyChart>,
    /// The CSS class for the width: `c3` to `c12` of twelve columns.
    span: &'static str,
    /// Who is told of zooming; without, the chart stands still under it.
    #[prop(optional)]
    zoom: Option<Zoom>,
) -> impl IntoView {
    let figure = NodeRef::<html::Figure>::new();
    live::follow(figure, chart, Crosshair::here(), zoom);
    chart.with_untracked(|chart| {
        let head = markup::head(chart);
        let plot = markup::plot(chart, &live::still(chart));
        view! {
            <figure class=format!("chart {span}") class:zooms=zoom.is_some() node_ref=figure>
                <figcaption class="chart-head" inner_html=head></figcaption>
                <div
                    class=chart.layout().class()
                    role="img"
                    tabindex="0"
                    aria-label=chart.summary()
                    inner_html=plot
                ></div>
                <p class="sr" role="status"></p>
                <div class="chart-data" role="region" tabindex="0" hidden></div>
            </figure>
        }
        .part()
    })
}
