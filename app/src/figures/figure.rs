//! The panel of a chart. In: the chart as a signal, its width in twelfths. Out: head with title, legend and tools, and
//! below it the plot or its data table; in the browser it moves with the chart.

use leptos::html;
use leptos::prelude::*;

use crate::part::IntoPart as _;
use loopscope_chart::{AnyChart, Chart as _, Flag, View};

use super::crosshair::Crosshair;
use super::flags::flagged;
use super::lens::Lens;
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
    /// Who is told of zooming, and brings another chart for it, drawn as the page says. Without, the figure looks closer
    /// at what it has, with all figures of the page that have the same axis, and is drawn as its own menu says.
    #[prop(optional)]
    zoom: Option<Zoom>,
    /// What is marked on its horizontal axis, besides the page's own (see [`PageFlags`](super::PageFlags)).
    #[prop(optional, into)]
    flags: Option<Signal<Vec<Flag>>>,
) -> impl IntoView {
    let chart = flagged(chart, flags);
    let figure = NodeRef::<html::Figure>::new();
    let crosshair = Crosshair::here();
    let tied = Tied {
        lens: Lens::here(),
        zoom,
    };
    live::follow(figure, chart, crosshair, tied);
    chart.with_untracked(|chart| {
        let head = markup::head(chart, &tied.lens.hidden(chart.name()));
        let shown = tied.shown(chart.clone());
        let view = tied.view(View::UNKNOWN, &shown);
        let plot = markup::plot(&shown, &view, &live::still(&shown, &view));
        let is_part = tied.part(&shown).is_some();
        view! {
            <figure class=format!("chart {span}") class:zoomed=is_part node_ref=figure>
                <figcaption class="chart-head" inner_html=head></figcaption>
                <div
                    class=shown.layout(&view).class()
                    role="img"
                    tabindex="0"
                    aria-label=shown.summary()
                    inner_html=plot
                ></div>
                <p class="sr" role="status"></p>
                <div class="chart-menu" role="group" hidden></div>
                <div class="chart-data" role="region" tabindex="0" hidden></div>
            </figure>
        }
        .part()
    })
}

/// Who says what of a figure's chart is seen: the page's lens, or whoever brings another chart.
#[derive(Clone, Copy)]
pub(super) struct Tied {
    pub lens: Lens,
    /// Who brings another chart for another stretch.
    pub zoom: Option<Zoom>,
}

impl Tied {
    /// A chart as it is drawn: without what was put away, on the axes and as smooth as its menu says.
    pub(super) fn shown(self, chart: AnyChart) -> AnyChart {
        let hidden = self.lens.hidden(chart.name());
        if self.zoom.is_some() {
            return chart.without(&hidden);
        }
        let look = self.lens.look(chart.name());
        chart
            .without(&hidden)
            .logarithmic(look.log_x, look.log_y)
            .smoothed(look.smooth)
    }

    /// The part of a chart's axis that is looked at, where it is not all.
    pub(super) fn part(self, chart: &AnyChart) -> Option<(f64, f64)> {
        let own = self.zoom.is_none();
        own.then(|| self.lens.zoom(chart.axis())).flatten()
    }

    /// A view of the part of a chart that is looked at.
    pub(super) fn view(self, whole: View, chart: &AnyChart) -> View {
        let Some((from, to)) = self.part(chart) else {
            return whole;
        };
        let (from, to) = chart.window(from, to);
        whole.window(from, to)
    }
}
