//! The plot of a figure: the drawing, the crosshair over it, and the ways to point at it.
//!
//! In: the chart. Out: the server's SVG, which stays until the browser's canvas has painted the same; a pointer and
//! the arrow keys move the page's crosshair, a screen reader hears what it points at.

use leptos::ev::{KeyboardEvent, PointerEvent};
use leptos::prelude::*;
use loopscope_chart::{AnyChart, Chart as _, View, svg};

use super::crosshair::{Crosshair, Mark};
use super::overlay::{Shown, overlay};
use super::surface::Surface;

/// See the module. `index` is the point under the crosshair.
#[component]
pub(super) fn Plot(
    chart: Signal<AnyChart>,
    crosshair: Crosshair,
    owner: u32,
    index: Memo<Option<usize>>,
) -> impl IntoView {
    let surface = Surface::new(chart);
    let layout = Memo::new(move |_| chart.with(AnyChart::layout));
    let summary = Memo::new(move |_| chart.with(AnyChart::summary));
    let drawing = move || {
        let idle = surface.painted.get();
        (!idle).then(|| chart.with(|chart| svg(chart, &View::UNKNOWN)))
    };
    let shown = Memo::new(move |_| {
        let (index, view) = (index.get()?, surface.view.get());
        let own = crosshair.mark().is_some_and(|mark| mark.owner == owner);
        chart.with(|chart| {
            let place = chart.place(index, &view)?;
            let read_out = own.then(|| chart.read_out(index, &view)).flatten();
            Some(Shown { place, read_out })
        })
    });
    let point = move |index: usize| {
        let mark = chart.with_untracked(|chart| {
            let value = chart.mark(index)?;
            let axis = chart.axis().to_owned();
            Some(Mark { axis, value, owner })
        });
        if let Some(mark) = mark {
            crosshair.point(mark);
        }
    };
    let to_pointer = move |event: PointerEvent| {
        let view = surface.view.get_untracked();
        let place = surface.place_of(event.client_x());
        let index = place.and_then(|place| chart.with_untracked(|c| c.nearest(place, &view)));
        index.into_iter().for_each(point);
    };
    let on_key = move |event: KeyboardEvent| {
        let index = index.get_untracked();
        let (count, column) = chart.with_untracked(|chart| {
            let view = surface.view.get_untracked();
            let read_out = index.and_then(|index| chart.read_out(index, &view));
            (chart.len(), read_out.map_or(1, |read_out| read_out.of))
        });
        match step(&event.key(), index, count, column) {
            Some(Step::To(index)) => point(index),
            Some(Step::Away) => crosshair.leave(owner),
            None => return,
        }
        event.prevent_default();
    };
    view! {
        <div
            class=move || layout.get().class()
            role="img"
            tabindex="0"
            aria-label=summary
            on:pointermove=to_pointer
            on:pointerdown=to_pointer
            on:pointerleave=move |_| crosshair.leave(owner)
            on:keydown=on_key
            on:blur=move |_| crosshair.leave(owner)
        >
            <div class="stage" node_ref=surface.stage>
                <div class="drawing" inner_html=drawing></div>
                <canvas node_ref=surface.canvas aria-hidden="true"></canvas>
                <svg class="over" width="100%" height=move || layout.get().height_px aria-hidden="true">
                    {move || shown.get().map(|shown| overlay(shown, layout.get().height_px))}
                </svg>
            </div>
        </div>
        <p class="sr" role="status">
            {move || shown.get().and_then(|shown| Some(spoken(&shown.read_out?)))}
        </p>
    }
    .into_any()
}

/// A read-out in words.
fn spoken(read_out: &loopscope_chart::ReadOut) -> String {
    let rows: Vec<_> = read_out
        .rows
        .iter()
        .map(|row| format!("{} {}", row.label, row.text))
        .collect();
    format!("{}: {}", read_out.title, rows.join(", "))
}

/// What a key does to the crosshair.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    To(usize),
    Away,
}

/// One column on: a point, or the points that share one.
fn step(key: &str, from: Option<usize>, count: usize, column: usize) -> Option<Step> {
    let last = count.checked_sub(1)?;
    Some(match (key, from) {
        ("Escape", Some(_)) => Step::Away,
        ("Home", _) => Step::To(0),
        ("End", _) | ("ArrowLeft" | "ArrowRight", None) => Step::To(last),
        ("ArrowLeft", Some(index)) => Step::To(index.saturating_sub(column)),
        ("ArrowRight", Some(index)) => Step::To((index + column).min(last)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_walk_the_points_and_stop_at_the_ends() {
        for (key, from, to) in [
            ("ArrowRight", None, Some(Step::To(6))),
            ("ArrowRight", Some(6), Some(Step::To(6))),
            ("ArrowRight", Some(2), Some(Step::To(3))),
            ("ArrowLeft", Some(0), Some(Step::To(0))),
            ("Home", Some(4), Some(Step::To(0))),
            ("End", Some(4), Some(Step::To(6))),
            ("Escape", Some(4), Some(Step::Away)),
            ("Escape", None, None),
            ("x", Some(4), None),
        ] {
            assert_eq!(step(key, from, 7, 1), to, "{key} {from:?}");
        }
        assert_eq!(step("End", None, 0, 1), None);
        assert_eq!(step("ArrowRight", Some(2), 90, 40), Some(Step::To(42)));
    }
}
