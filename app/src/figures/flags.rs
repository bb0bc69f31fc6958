//! Flags on the figures of a page: moments that people marked. In: the marked moments, each with its place on every
//! axis that knows it. Out: each chart with those that have a place on its own axis.

use leptos::prelude::*;
use loopscope_chart::{AnyChart, Chart as _, Flag};

/// A marked moment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Marked {
    /// What is to be said of it.
    pub label: String,
    /// Where it is: an axis' word (`Iteration`, `Time`, `Epoch`) and the number on it (`Time` in ms since the epoch).
    pub places: Vec<(String, f64)>,
}

/// The marked moments of a page: provided once, shown by every figure below.
#[derive(Debug, Clone, Copy)]
pub struct PageFlags(Signal<Vec<Marked>>);

impl PageFlags {
    /// Provides them to the figures below.
    pub fn provide(marked: impl Into<Signal<Vec<Marked>>>) {
        provide_context(Self(marked.into()));
    }
}

/// A chart with the page's flags, and with its own where it has any.
pub(super) fn flagged(chart: Signal<AnyChart>, own: Option<Signal<Vec<Flag>>>) -> Signal<AnyChart> {
    let page = use_context::<PageFlags>();
    if own.is_none() && page.is_none() {
        return chart;
    }
    Signal::derive(move || {
        let chart = chart.get();
        let mut flags = own.map_or_else(Vec::new, |own| own.get());
        if let Some(PageFlags(marked)) = page {
            marked.with(|marked| flags.extend(on_axis(marked, chart.axis())));
        }
        chart.flagged(flags)
    })
}

fn on_axis(marked: &[Marked], axis: &str) -> Vec<Flag> {
    let flag = |marked: &Marked| {
        let (_, at) = marked.places.iter().find(|(word, _)| word == axis)?;
        Some(Flag::new(*at, marked.label.clone()))
    };
    marked.iter().filter_map(flag).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_stands_where_its_axis_is() {
        let marked = [
            Marked {
                label: "both".to_owned(),
                places: vec![("Iteration".to_owned(), 3.0), ("Time".to_owned(), 9e12)],
            },
            Marked {
                label: "time only".to_owned(),
                places: vec![("Time".to_owned(), 8e12)],
            },
        ];
        assert_eq!(on_axis(&marked, "Iteration"), [Flag::new(3.0, "both")]);
        assert_eq!(on_axis(&marked, "Time").len(), 2);
        assert_eq!(on_axis(&marked, "Epoch"), []);
    }
}
