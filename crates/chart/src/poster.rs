//! A chart that leaves the page: with its title, its note and its legend, on the theme's own surface.
//!
//! In: a chart, the view that is shown of it, a palette. Out: [`Poster`], where everything stands, for backends that
//! write texts themselves; and [`svg_file`], an SVG that any program shows as the page did.

use std::fmt::Write as _;

use crate::chart::{Chart, svg};
use crate::ink::Ink;
use crate::measure::{TEXT_PX, fit, width_px};
use crate::tinted::Palette;
use crate::view::View;

const PAD_PX: f64 = 16.0;
const LINE_PX: f64 = 20.0;
const TITLE_PX: f64 = 13.0;
const SWATCH_PX: f64 = 8.0;

/// Where a chart's parts stand, in pixels.
#[derive(Debug, Clone, PartialEq)]
pub struct Poster {
    /// Of all of it.
    pub size_px: (f64, f64),
    /// The upper left corner of the plot.
    pub plot_px: (f64, f64),
    /// Title, note, names of series.
    pub captions: Vec<Caption>,
    /// The marks before names of series.
    pub swatches: Vec<Swatch>,
}

/// A text on its baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct Caption {
    /// From the left.
    pub x: f64,
    /// The baseline, from the top.
    pub y: f64,
    /// What it says.
    pub text: String,
    /// Its ink.
    pub ink: Ink,
    /// Its size: [`TEXT_PX`], or more for the title, which is bold too.
    pub size_px: f64,
}

/// A square of [`Swatch::SIZE_PX`], or a circle of that diameter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Swatch {
    /// Its left.
    pub x: f64,
    /// Its top.
    pub y: f64,
    /// Its ink.
    pub ink: Ink,
    /// Whether it is a square.
    pub square: bool,
}

impl Swatch {
    /// How wide it is.
    pub const SIZE_PX: f64 = SWATCH_PX;
}

impl Caption {
    /// Whether it is the title.
    pub fn is_title(&self) -> bool {
        self.size_px > TEXT_PX
    }
}

impl Poster {
    /// Where a chart's parts stand.
    pub fn new<C: Chart>(chart: &C, view: &View) -> Self {
        let layout = chart.layout(view);
        let margin = layout.margin;
        let width = PAD_PX + margin.left + view.width_px + margin.right + PAD_PX;
        let room = width - 2.0 * PAD_PX;
        let mut poster = Self {
            size_px: (width, 0.0),
            plot_px: (PAD_PX + margin.left, 0.0),
            captions: Vec::new(),
            swatches: Vec::new(),
        };
        let mut y = PAD_PX + LINE_PX * 0.7;
        let title = fit(chart.name(), room * TEXT_PX / TITLE_PX);
        let after = PAD_PX + width_px(&title, TITLE_PX) + 8.0;
        poster.caption((PAD_PX, y), title, Ink::Text, TITLE_PX);
        let note = fit(chart.note(), (room + PAD_PX - after).max(0.0));
        poster.caption((after, y), note, Ink::Text3, TEXT_PX);
        if chart.needs_legend() {
            let mut x = PAD_PX;
            y += LINE_PX;
            for row in chart.legend(None) {
                let text = fit(
                    &format!("{} {}", row.label, row.text),
                    room - SWATCH_PX - 5.0,
                );
                let wide = SWATCH_PX + 5.0 + width_px(&text, TEXT_PX);
                if x > PAD_PX && x + wide > PAD_PX + room {
                    (x, y) = (PAD_PX, y + LINE_PX);
                }
                poster.swatches.push(Swatch {
                    x,
                    y: y - SWATCH_PX,
                    ink: row.ink,
                    square: row.square,
                });
                poster.caption((x + SWATCH_PX + 5.0, y), text, Ink::Text2, TEXT_PX);
                x += wide + 12.0;
            }
        }
        let top = y + LINE_PX * 0.5 + margin.top;
        poster.plot_px.1 = top.round();
        poster.size_px.1 = (top + layout.height_px + margin.bottom + PAD_PX * 0.75).round();
        poster.size_px.0 = width.round();
        poster
    }

    fn caption(&mut self, (x, y): (f64, f64), text: String, ink: Ink, size_px: f64) {
        if !text.is_empty() {
            self.captions.push(Caption {
                x,
                y,
                text,
                ink,
                size_px,
            });
        }
    }
}

/// A chart as an SVG file: needs no page, no style sheet and no script.
pub fn svg_file<C: Chart>(chart: &C, view: &View, palette: &Palette) -> String {
    let poster = Poster::new(chart, view);
    let drawing = svg(chart, view);
    let ((width, height), (left, top)) = (poster.size_px, poster.plot_px);
    let mut head = String::new();
    for swatch in &poster.swatches {
        let (x, y, class) = (swatch.x, swatch.y, swatch.ink.class());
        let round = if swatch.square { 2.0 } else { SWATCH_PX / 2.0 };
        let _ = write!(
            head,
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{SWATCH_PX}\" height=\"{SWATCH_PX}\" rx=\"{round}\"/>"
        );
    }
    for caption in &poster.captions {
        let title = if caption.is_title() { " title" } else { "" };
        let _ = write!(
            head,
            "<g class=\"{}{title}\"><text x=\"{}\" y=\"{}\">{}</text></g>",
            caption.ink.class(),
            caption.x,
            caption.y,
            escape(&caption.text)
        );
    }
    let body = format!(
        "{head}<svg x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{}\" overflow=\"visible\">{drawing}</svg>",
        view.width_px,
        chart.layout(view).height_px
    );
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\"><title>{}</title><desc>{}</desc><style>{}</style><rect width=\"100%\" height=\"100%\" fill=\"{}\"/>{body}</svg>\n",
        escape(chart.name()),
        escape(&chart.summary()),
        escape(&sheet(&body, palette)),
        palette.color(Ink::Surface, false).css(),
    )
}

/// The rules for what is in a drawing.
fn sheet(body: &str, palette: &Palette) -> String {
    let surface = palette.color(Ink::Surface, false).css();
    let mut out = format!(
        "text{{font-family:{};font-size:{TEXT_PX}px;font-variant-numeric:tabular-nums}}.title text{{font-size:{TITLE_PX}px;font-weight:600}}.ln,.dot{{vector-effect:non-scaling-stroke;stroke-linejoin:round;stroke-linecap:round}}.sq{{stroke-linecap:square}}.ln[stroke-dasharray]{{stroke-linecap:butt}}.label text{{font-weight:500;paint-order:stroke;stroke:{surface};stroke-width:3px;stroke-linejoin:round}}",
        palette.font().replace([';', '{', '}'], "")
    );
    for ink in Ink::all() {
        let class = ink.class();
        let is_in = [" ", "\""]
            .iter()
            .any(|end| body.contains(&format!("{class}{end}")));
        if is_in {
            let (mark, text) = (
                palette.color(ink, false).css(),
                palette.color(ink, true).css(),
            );
            let _ = write!(
                out,
                ".{class},.{class} path,.{class} text{{fill:{mark}}}.ln.{class},.dot.{class}{{fill:none;stroke:{mark}}}.readable.{class} text{{fill:{text}}}"
            );
        }
    }
    out
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convergence;
    use crate::tinted::Rgba;

    fn palette() -> Palette {
        let color = |ink: Ink, readable| Rgba {
            rgb: (ink.index() as u8, u8::from(readable), 7),
            alpha: 1.0,
        };
        Palette::new(color, "Inter, \"Segoe UI\", sans-serif")
    }

    #[test]
    fn a_file_needs_no_page() {
        let rows = [Some([4.0, 3.0, 2.0, 1.0, 0.0]); 3];
        let mut chart = convergence::severities(&rows, 4);
        chart.name = "By <severity> & more".to_owned();
        let file = svg_file(&chart, &View::of_width(300.0, 1.0), &palette());
        assert!(
            file.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"368\""),
            "{file}"
        );
        assert!(file.contains("By &lt;severity&gt; &amp; more"));
        assert!(
            file.contains(".ink-critical path,.ink-critical text{fill:rgb(4,0,7)}"),
            "{file}"
        );
        assert!(!file.contains("var(") && !file.contains("NaN") && !file.contains(".ink-attack"));
        assert_eq!(file.matches("<svg").count(), file.matches("</svg>").count());
        // Four names in the legend, and the title.
        let poster = Poster::new(&chart, &View::of_width(300.0, 1.0));
        assert_eq!((poster.swatches.len(), poster.captions.len()), (4, 5));
        assert!(
            poster
                .captions
                .iter()
                .all(|caption| caption.x < poster.size_px.0)
        );
    }

    #[test]
    fn a_narrow_poster_breaks_its_legend_and_cuts_its_title() {
        let rows = [Some([4.0, 3.0, 2.0, 1.0, 0.0]); 3];
        let chart = convergence::severities(&rows, 4);
        let wide = Poster::new(&chart, &View::of_width(600.0, 1.0));
        let narrow = Poster::new(&chart, &View::of_width(80.0, 1.0));
        assert!(narrow.size_px.1 > wide.size_px.1);
        for caption in &narrow.captions {
            assert!(
                caption.x + width_px(&caption.text, TEXT_PX) <= narrow.size_px.0,
                "{caption:?}"
            );
        }
    }
}
