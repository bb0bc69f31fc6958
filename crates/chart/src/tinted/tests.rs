//! What reaches the backend inside: theme colours, whole pixels, cut dashes, nudged and edged labels.

use std::convert::Infallible;

use super::*;
use crate::convergence;
use crate::view::View;

/// Writes down what it is told.
struct Log<'a>(&'a mut Vec<String>);

impl Log<'_> {
    #[expect(clippy::unnecessary_wraps, reason = "what a backend's methods return")]
    fn note(&mut self, what: String) -> Done<Self> {
        self.0.push(what);
        Ok(())
    }
}

impl DrawingBackend for Log<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (0, 0)
    }

    fn ensure_prepared(&mut self) -> Done<Self> {
        Ok(())
    }

    fn present(&mut self) -> Done<Self> {
        Ok(())
    }

    fn draw_pixel(&mut self, at: BackendCoord, color: BackendColor) -> Done<Self> {
        self.note(format!("pixel {at:?} {:?}", color.rgb))
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        a: BackendCoord,
        b: BackendCoord,
        style: &S,
        _: bool,
    ) -> Done<Self> {
        let color = style.color();
        self.note(format!("rect {a:?} {b:?} {:?} {}", color.rgb, color.alpha))
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Done<Self> {
        let points: Vec<_> = points.into_iter().collect();
        self.note(format!(
            "path {points:?} {:?} {}",
            style.color().rgb,
            style.stroke_width()
        ))
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        at: BackendCoord,
    ) -> Done<Self> {
        self.note(format!(
            "text {text} {at:?} {:?} {}",
            style.color().rgb,
            style.family().as_str()
        ))
    }
}

fn palette() -> Palette {
    let color = |ink: Ink, readable| Rgba {
        rgb: (ink.index() as u8, u8::from(readable), 7),
        alpha: 1.0,
    };
    Palette::new(color, "Example Sans")
}

fn draw(chart: &impl crate::Chart, ratio: f64) -> Vec<String> {
    let (palette, mut lines) = (palette(), Vec::new());
    let inner = Log(&mut lines);
    let view = View::of_width(400.0, ratio);
    paint(chart, inner, &palette, &view, ratio).unwrap();
    lines
}

#[test]
fn bars_lie_on_whole_pixels_in_the_colours_of_the_theme() {
    let chart = convergence::vulnerabilities(&[Some(5.0), Some(3.0)], 7);
    let lines = draw(&chart, 1.0);
    let bars: Vec<_> = lines
        .iter()
        .filter(|line| line.starts_with("rect"))
        .collect();
    assert_eq!(bars.len(), 2);
    let ink = format!("({}, 0, 7)", Ink::Attack.index());
    for bar in bars {
        assert!(bar.contains(&ink), "{bar}");
        let numbers: Vec<i32> = bar
            .split(|c: char| !c.is_ascii_digit() && c != '-')
            .filter_map(|word| word.parse().ok())
            .collect();
        assert!(numbers[..4].iter().all(|n| n % UNITS_PER_PX == 0), "{bar}");
    }
}

#[test]
fn labels_are_nudged_edged_and_in_the_font_of_the_theme() {
    let values = [Some(34.0), Some(27.0)];
    let chart = convergence::findings_and_fixes(&values, &[], 10);
    let lines = draw(&chart, 2.0);
    let labels: Vec<_> = lines
        .iter()
        .filter(|line| line.starts_with("text Findings 27"))
        .collect();
    assert_eq!(labels.len(), 9);
    // The end of the line is at 15 % of 400 px; the label 10 px to the right of it.
    let x = (400 * 15 / 100 + 10) * UNITS_PER_PX;
    let readable = format!("({}, 1, 7)", Ink::Diagnose.index());
    let last = labels[8];
    assert!(
        last.contains(&format!("({x}, ")) && last.contains(&readable),
        "{last}"
    );
    assert!(last.ends_with("Example Sans"));
}

#[test]
fn a_threshold_is_cut_into_dashes() {
    let chart = convergence::trend(&[], "fixed of all found", Some(95.0), 10);
    let ink = format!("({}, 0, 7)", Ink::Text3.index());
    let dashes = draw(&chart, 1.0)
        .iter()
        .filter(|line| line.starts_with("path") && line.contains(&ink))
        .count();
    // 400 px at 4 on and 3 off.
    assert_eq!(dashes, 58);
}
