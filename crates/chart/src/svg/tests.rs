//! The SVG backend as a table: calls in, bytes out.

use plotters::element::{Circle, PathElement, Polygon, Rectangle, Text};
use plotters::prelude::IntoDrawingArea as _;
use plotters::style::{RGBAColor, ShapeStyle};

use super::*;
use crate::ink::Ink;
use crate::pen::text_style;

fn style(key: Key, alpha: f64, stroke_width: u32) -> ShapeStyle {
    let (r, g, b) = key.color(alpha).rgb;
    ShapeStyle {
        color: RGBAColor(r, g, b, alpha),
        filled: true,
        stroke_width,
    }
}

#[test]
fn strokes_of_one_kind_share_a_path_and_texts_a_group() {
    let mut out = String::new();
    let area = SvgBackend::new(&mut out, 100.0).into_drawing_area();
    let blue = style(Key::mark(Ink::Diagnose), 1.0, 35);
    for x in [1000, 3000] {
        area.draw(&Rectangle::new([(x, 400), (x + 500, 2000)], blue))
            .unwrap();
    }
    area.draw(&PathElement::new([(0, 100), (500, 50), (900, 300)], blue))
        .unwrap();
    area.draw(&Polygon::new(
        [(0, 0), (500, 500), (0, 500)],
        style(Key::mark(Ink::Fix), 0.1, 1),
    ))
    .unwrap();
    area.draw(&Circle::new((700, 700), 70, blue)).unwrap();
    for (x, text) in [(0, "<b>&"), (10_000, "7")] {
        let mut key = Key::mark(Ink::Text3);
        key.nudge_px = -8;
        area.draw(&Text::new(
            text,
            (x, 200),
            text_style(key, plotters::style::text_anchor::HPos::Right),
        ))
        .unwrap();
    }
    area.present().unwrap();
    drop(area);
    insta::assert_snapshot!(out.replace('>', ">\n").trim_end());
}

#[test]
fn an_empty_drawing_is_an_empty_svg() {
    let mut out = String::new();
    let area = SvgBackend::new(&mut out, 24.0).into_drawing_area();
    area.present().unwrap();
    area.present().unwrap();
    drop(area);
    assert_eq!(
        out,
        "<svg class=\"figure-svg\" width=\"100%\" height=\"24\" overflow=\"visible\" aria-hidden=\"true\"></svg>"
    );
}
