//! A chart as a file to keep or to show elsewhere. In: a chart as it is seen. Out: an SVG; a PNG at twice the pixels, with
//! its title and legend, in the theme's colours.

use leptos::prelude::document;
use loopscope_chart::svg::UNITS_PER_PX;
use loopscope_chart::{AnyChart, Ink, Palette, Poster, Swatch, View, paint, svg_file};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::prelude::*;
use web_sys::{Blob, CanvasRenderingContext2d, HtmlCanvasElement};

use super::{file, theme};

/// Pixels of the picture to one of the page: sharp on any screen, and on paper.
const RATIO: f64 = 2.0;

/// What is seen of a chart, as an SVG file.
pub(super) fn svg(chart: &AnyChart, view: &View) -> String {
    svg_file(chart, view, &theme::palette())
}

/// Saves what is seen of a chart as a PNG file.
pub(super) fn png(chart: &AnyChart, view: &View, name: String) {
    // A browser that cannot paint has the SVG.
    let _ = try_png(chart, view, name);
}

fn try_png(chart: &AnyChart, view: &View, name: String) -> Option<()> {
    let view = View {
        columns: (view.width_px * RATIO).ceil() as usize,
        ..*view
    };
    let palette = theme::palette();
    let poster = Poster::new(chart, &view);
    let canvas: HtmlCanvasElement = document().create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width((poster.size_px.0 * RATIO) as u32);
    canvas.set_height((poster.size_px.1 * RATIO) as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context
        .set_transform(RATIO, 0.0, 0.0, RATIO, 0.0, 0.0)
        .ok()?;
    head(&context, &poster, &palette);
    let unit = RATIO / f64::from(UNITS_PER_PX);
    let (left, top) = (poster.plot_px.0 * RATIO, poster.plot_px.1 * RATIO);
    context
        .set_transform(unit, 0.0, 0.0, unit, left, top)
        .ok()?;
    context.set_line_join("round");
    let backend = CanvasBackend::with_canvas_object(canvas.clone())?;
    paint(chart, backend, &palette, &view, RATIO).ok()?;
    let done = Closure::once_into_js(move |blob: Option<Blob>| {
        if let Some(blob) = blob {
            file::hand_over(&name, file::Kind::Png, &blob);
        }
    });
    canvas.to_blob(done.unchecked_ref()).ok()
}

/// The surface, the title, the legend.
fn head(context: &CanvasRenderingContext2d, poster: &Poster, palette: &Palette) {
    let (width, height) = poster.size_px;
    context.set_fill_style_str(&palette.color(Ink::Surface, false).css());
    context.fill_rect(0.0, 0.0, width, height);
    for swatch in &poster.swatches {
        context.set_fill_style_str(&palette.color(swatch.ink, false).css());
        let size = Swatch::SIZE_PX;
        if swatch.square {
            context.fill_rect(swatch.x, swatch.y, size, size);
        } else {
            let (x, y) = (swatch.x + size / 2.0, swatch.y + size / 2.0);
            context.begin_path();
            let _ = context.arc(x, y, size / 2.0, 0.0, std::f64::consts::TAU);
            context.fill();
        }
    }
    for caption in &poster.captions {
        let weight = if caption.is_title() { 600 } else { 400 };
        context.set_font(&format!(
            "{weight} {}px {}",
            caption.size_px,
            palette.font()
        ));
        context.set_fill_style_str(&palette.color(caption.ink, false).css());
        let _ = context.fill_text(&caption.text, caption.x, caption.y);
    }
}
