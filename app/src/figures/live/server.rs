//! The server's figure stands still.

use leptos::html;
use leptos::prelude::*;
use loopscope_chart::{AnyChart, View, svg};

use super::super::crosshair::Crosshair;
use super::super::figure::Tied;

/// Nothing follows anything.
pub(in super::super) const fn follow(
    _figure: NodeRef<html::Figure>,
    _chart: Signal<AnyChart>,
    _crosshair: Crosshair,
    _tied: Tied,
) {
}

/// The drawing, for any width and any theme.
pub(in super::super) fn still(chart: &AnyChart, view: &View) -> String {
    svg(chart, view)
}
