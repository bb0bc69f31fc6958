//! Painting a chart on a canvas at the device's own pixels, at most once a frame and only while it is on screen.
//!
//! In: a chart, the size of its place, whether it is seen. Out: pixels.

use std::cell::Cell;
use std::rc::Rc;

use leptos::prelude::*;
use loopscope_chart::svg::UNITS_PER_PX;
use loopscope_chart::{AnyChart, Chart as _, View, paint};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast as _;
use wasm_bindgen::prelude::*;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::{Surface, theme};

/// Around the margins, for what leans out of them.
const BLEED_PX: f64 = 12.0;

/// Paints one chart.
pub(super) struct Painter {
    surface: Surface,
    chart: Signal<AnyChart>,
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
    width_px: Cell<f64>,
    seen: Cell<bool>,
    /// Something changed since the last picture.
    stale: Cell<bool>,
    /// A frame is asked for.
    due: Cell<bool>,
    /// Its component is gone.
    over: Cell<bool>,
}

impl Painter {
    /// A painter for a canvas in the page; `None` where there is no canvas to paint on.
    pub(super) fn new(surface: Surface, chart: Signal<AnyChart>) -> Option<Rc<Self>> {
        let canvas: HtmlCanvasElement = surface.canvas.get_untracked()?;
        let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Rc::new(Self {
            surface,
            chart,
            canvas,
            context,
            width_px: Cell::new(0.0),
            seen: Cell::new(false),
            stale: Cell::new(true),
            due: Cell::new(false),
            over: Cell::new(false),
        }))
    }

    /// The plot is this wide now.
    pub(super) fn resize(self: &Rc<Self>, width_px: f64) {
        self.width_px.set(width_px);
        self.schedule();
    }

    /// The plot has come on screen, or left it.
    pub(super) fn see(self: &Rc<Self>, seen: bool) {
        self.seen.set(seen);
        if seen && self.stale.get() {
            self.schedule();
        }
    }

    /// Asks for one frame, unless one is asked for; off screen only notes that there is something to paint.
    pub(super) fn schedule(self: &Rc<Self>) {
        self.stale.set(true);
        if !self.seen.get() || self.due.replace(true) {
            return;
        }
        let painter = Rc::clone(self);
        let frame = Closure::once_into_js(move || {
            painter.due.set(false);
            if !painter.over.get() {
                painter.paint();
            }
        });
        let _ = window().request_animation_frame(frame.unchecked_ref());
    }

    /// Paints no more.
    pub(super) fn stop(&self) {
        self.over.set(true);
    }

    fn paint(&self) {
        let width_px = self.width_px.get();
        if width_px < 1.0 {
            return;
        }
        let ratio = window().device_pixel_ratio();
        let view = View::of_width(width_px, ratio);
        let done = self.chart.try_with_untracked(|chart| {
            self.prepare(chart, width_px, ratio)?;
            let backend = CanvasBackend::with_canvas_object(self.canvas.clone())?;
            paint(chart, backend, &theme::palette(), &view, ratio).ok()
        });
        if done.flatten().is_some() {
            self.stale.set(false);
            self.surface.view.set(view);
            if !self.surface.painted.get_untracked() {
                self.surface.painted.set(true);
            }
        }
    }

    /// Sizes and clears the canvas, and puts its origin at the plot's corner, in the chart's units.
    fn prepare(&self, chart: &AnyChart, width_px: f64, ratio: f64) -> Option<()> {
        let layout = chart.layout();
        let margin = layout.margin;
        let (left, top) = (margin.left + BLEED_PX, margin.top + BLEED_PX);
        let width = ((left + width_px + margin.right + BLEED_PX) * ratio).round();
        let height = ((layout.outer_height_px() + 2.0 * BLEED_PX) * ratio).round();
        if (self.canvas.width(), self.canvas.height()) != (width as u32, height as u32) {
            self.canvas.set_width(width as u32);
            self.canvas.set_height(height as u32);
        }
        let style = web_sys::HtmlElement::style(&self.canvas);
        for (property, px) in [
            ("left", -left),
            ("top", -top),
            ("width", width / ratio),
            ("height", height / ratio),
        ] {
            style.set_property(property, &format!("{px}px")).ok()?;
        }
        let context = &self.context;
        context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0).ok()?;
        context.clear_rect(0.0, 0.0, width, height);
        let (x, y) = ((left * ratio).round(), (top * ratio).round());
        let unit = ratio / f64::from(UNITS_PER_PX);
        context.set_transform(unit, 0.0, 0.0, unit, x, y).ok()?;
        context.set_line_join("round");
        Some(())
    }
}
