//! Painting a chart on a canvas at the device's own pixels. In: a chart, a width. Out: pixels.

use leptos::prelude::window;
use loopscope_chart::svg::UNITS_PER_PX;
use loopscope_chart::{AnyChart, Chart as _, View, paint};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::JsCast as _;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use super::theme;

/// Around the margins, for what leans out of them.
const BLEED_PX: f64 = 12.0;

/// A canvas that charts are painted on.
pub(super) struct Painter {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
}

impl Painter {
    /// A painter for a canvas in the page; `None` where a browser cannot paint.
    pub(super) fn new(canvas: HtmlCanvasElement) -> Option<Self> {
        let context = canvas.get_context("2d").ok()??.dyn_into().ok()?;
        Some(Self { canvas, context })
    }

    /// A view of the whole of a chart whose plot is this wide, as fine as the screen.
    pub(super) fn whole(width_px: f64) -> View {
        View::of_width(width_px, window().device_pixel_ratio())
    }

    /// Paints what is seen of a chart; `None` where it could not be painted.
    pub(super) fn paint(&self, chart: &AnyChart, view: &View) -> Option<()> {
        if view.width_px <= 1.0 {
            return None;
        }
        let ratio = window().device_pixel_ratio();
        self.prepare(chart, view, ratio)?;
        let backend = CanvasBackend::with_canvas_object(self.canvas.clone())?;
        paint(chart, backend, &theme::palette(), view, ratio).ok()
    }

    /// Sizes and clears the canvas, and puts its origin at the plot's corner, in the chart's units.
    fn prepare(&self, chart: &AnyChart, view: &View, ratio: f64) -> Option<()> {
        let (layout, width_px) = (chart.layout(view), view.width_px);
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
