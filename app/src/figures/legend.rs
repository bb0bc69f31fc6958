//! The legend: every series with its value under the crosshair, else its last one. In: the chart, the point that is
//! pointed at. Out: a list in the panel's head.

use leptos::prelude::*;
use loopscope_chart::{AnyChart, Chart as _, Row};

/// See the module.
#[component]
pub(super) fn Legend(chart: Signal<AnyChart>, index: Memo<Option<usize>>) -> impl IntoView {
    let rows = Memo::new(move |_| chart.with(|chart| chart.legend(index.get())));
    view! {
        <ul class="legend">
            {move || rows.get().into_iter().map(item).collect_view()}
        </ul>
    }
    .into_any()
}

fn item(row: Row) -> impl IntoView {
    let swatch = if row.square { "sw" } else { "sw round" };
    view! {
        <li class=row.ink.class()>
            <i class=swatch></i>
            {row.label}
            " "
            <b>{row.text}</b>
        </li>
    }
}
