//! The legend: every series with its value under the crosshair, else its last one. In: the chart, the point that is
//! pointed at. Out: a list in the panel's head, and which series the reader has put away.

use leptos::prelude::*;
use loopscope_chart::{AnyChart, Chart as _, Row};

use super::crosshair::Crosshair;

/// See the module.
#[component]
pub(super) fn Legend(
    chart: Signal<AnyChart>,
    crosshair: Crosshair,
    hidden: RwSignal<Vec<String>>,
) -> impl IntoView {
    let index = Memo::new(move |_| crosshair.on(chart));
    let rows = Memo::new(move |_| chart.with(|chart| chart.legend(index.get())));
    let items = move || {
        let rows = rows.get().into_iter();
        rows.map(|row| item(row, hidden)).collect_view()
    };
    view! { <ul class="legend">{items}</ul> }.into_any()
}

fn item(row: Row, hidden: RwSignal<Vec<String>>) -> impl IntoView {
    let swatch = if row.square { "sw" } else { "sw round" };
    let label = StoredValue::new(row.label.clone());
    let shown = move || label.with_value(|label| hidden.with(|hidden| !hidden.contains(label)));
    let toggle = move |_| {
        let label = label.get_value();
        hidden.update(|hidden| match hidden.iter().position(|own| *own == label) {
            Some(place) => drop(hidden.remove(place)),
            None => hidden.push(label),
        });
    };
    view! {
        <li>
            <button
                type="button"
                class=row.ink.class()
                aria-pressed=move || shown().to_string()
                on:click=toggle
            >
                <i class=swatch></i>
                {row.label}
                " "
                <b>{row.text}</b>
            </button>
        </li>
    }
}
