//! The surface that a plot is painted on. In: the chart as a signal. Out: how wide the plot is, and whether the canvas
//! shows it, so that the SVG need not.
//!
//! On the server, and where a browser has no canvas, nothing is ever painted and the SVG stays.

#[cfg(feature = "browser")]
#[path = "browser.rs"]
mod here;
#[cfg(not(feature = "browser"))]
#[path = "server.rs"]
mod here;

#[cfg(any(feature = "browser", test))]
mod color;
#[cfg(feature = "browser")]
mod full_screen;
#[cfg(feature = "browser")]
mod painter;
#[cfg(feature = "browser")]
mod theme;

use leptos::html;
use leptos::prelude::*;
use loopscope_chart::{AnyChart, View};

pub(super) use here::{copy, follow_full_screen, save, toggle_full_screen};

/// See the module.
#[derive(Clone, Copy)]
pub(super) struct Surface {
    /// The plot itself, without the labels around it.
    pub(super) stage: NodeRef<html::Div>,
    /// Where it is painted, labels included.
    pub(super) canvas: NodeRef<html::Canvas>,
    /// Whether the canvas shows the chart.
    pub(super) painted: RwSignal<bool>,
    /// What the canvas shows: the width, as soon as it is known.
    pub(super) view: RwSignal<View>,
}

impl Surface {
    /// A surface that follows the chart, the size of its place and the theme for as long as its component lives.
    pub(super) fn new(chart: Signal<AnyChart>) -> Self {
        let surface = Self {
            stage: NodeRef::new(),
            canvas: NodeRef::new(),
            painted: RwSignal::new(false),
            view: RwSignal::new(View::UNKNOWN),
        };
        here::attach(surface, chart);
        surface
    }

    /// Where in the plot a point of the window is, as a fraction of its width.
    pub(super) fn place_of(self, client_x: i32) -> Option<f64> {
        here::place_of(self.stage, client_x)
    }
}
