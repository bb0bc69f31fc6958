//! The SVG backend: a drawing that is sharp at any width, in any theme, under the strictest policy.
//!
//! In: plotters' drawing calls in units ([`UNITS_PER_PX`] a pixel downwards, [`WIDTH_UNITS`] for the whole
//! width, whatever it will be). Out: one `<svg>` with `width="100%"`: marks in a nested `<svg>` that is
//! stretched (`preserveAspectRatio="none"`, strokes excepted), texts outside it at per cents of the width.
//! Colours are classes ([`Ink::class`](crate::Ink::class)); there is no `style` attribute and no `<style>`,
//! so a Content-Security-Policy has nothing to forbid and the server need not know the theme.
//!
//! The same drawing is always the same bytes, and few of them: strokes of one kind share one path, texts of
//! one kind one group.

mod path;
mod text;

use std::convert::Infallible;

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
};

use self::path::{Head, Kind, Path};
use self::text::Texts;
use crate::key::Key;

/// Integers a pixel: plotters' coordinates are whole, ours must not be.
pub const UNITS_PER_PX: i32 = 20;

/// Integers across the plot, in the stretched drawing.
pub const WIDTH_UNITS: u32 = 20_000;

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

/// Writes a drawing into a string; see the module.
pub struct SvgBackend<'a> {
    out: &'a mut String,
    height_units: u32,
    state: State,
}

enum State {
    New,
    Marks(Path),
    Texts(Texts),
    Done,
}

impl<'a> SvgBackend<'a> {
    /// A backend that appends to `out` a drawing whose plot is `height_px` high.
    pub fn new(out: &'a mut String, height_px: f64) -> Self {
        Self {
            out,
            height_units: (height_px.max(0.0) * f64::from(UNITS_PER_PX)) as u32,
            state: State::New,
        }
    }

    fn start(&mut self) {
        if matches!(self.state, State::New) {
            self.out
                .push_str("<svg class=\"figure-svg\" width=\"100%\" height=\"");
            path::push_px(self.out, self.height_units as i32);
            self.out
                .push_str("\" overflow=\"visible\" aria-hidden=\"true\">");
        }
    }

    /// Draws on the open path where it is for strokes of this kind, else on a new one.
    fn mark(&mut self, head: Head, stroke: impl FnOnce(&mut Path)) {
        self.start();
        let mut path = match std::mem::replace(&mut self.state, State::Done) {
            State::Marks(path) if *path.head() == head => path,
            State::Marks(path) => {
                path.write(self.out);
                Path::new(head)
            }
            other => {
                self.state = other;
                self.close_state();
                self.open_marks();
                Path::new(head)
            }
        };
        stroke(&mut path);
        self.state = State::Marks(path);
    }

    fn open_marks(&mut self) {
        self.out.push_str("<svg width=\"100%\" height=\"");
        path::push_px(self.out, self.height_units as i32);
        self.out.push_str("\" viewBox=\"0 0 ");
        path::push_int(self.out, WIDTH_UNITS as i32);
        self.out.push(' ');
        path::push_int(self.out, self.height_units as i32);
        self.out
            .push_str("\" preserveAspectRatio=\"none\" overflow=\"visible\">");
    }

    fn close_state(&mut self) {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Marks(path) => {
                path.write(self.out);
                self.out.push_str("</svg>");
            }
            State::Texts(_) => self.out.push_str(Texts::CLOSE),
            State::New | State::Done => {}
        }
    }
}

impl DrawingBackend for SvgBackend<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (WIDTH_UNITS, self.height_units)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        if !matches!(self.state, State::Done) {
            self.start();
            self.close_state();
            self.out.push_str("</svg>");
        }
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        self.mark(
            Head::new(Kind::Bar, Key::read(color), color.alpha),
            |path| path.rect((x, y), (x + UNITS_PER_PX, y + UNITS_PER_PX)),
        );
        Ok(())
    }

    fn draw_line<S: BackendStyle>(
        &mut self,
        from: BackendCoord,
        to: BackendCoord,
        style: &S,
    ) -> Drawn {
        self.draw_path([from, to], style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        let wide = bottom_right.0 - upper_left.0 >= WIDTH_UNITS as i32 / 100;
        let kind = match (fill, wide) {
            (true, true) => Kind::Bar,
            // Hard edges would make thin bars unevenly wide.
            (true, false) => Kind::Fill,
            (false, _) => Kind::Line(style.stroke_width()),
        };
        self.mark(Head::of(kind, style), |path| {
            path.rect(upper_left, bottom_right);
        });
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Drawn {
        self.mark(Head::of(Kind::Line(style.stroke_width()), style), |path| {
            path.line(points, false);
        });
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        center: BackendCoord,
        radius: u32,
        style: &S,
        _fill: bool,
    ) -> Drawn {
        self.mark(
            Head::of(Kind::Dot(radius.saturating_mul(2)), style),
            |path| {
                path.dot(center);
            },
        );
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Drawn {
        self.mark(Head::of(Kind::Fill, style), |path| path.line(points, true));
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        position: BackendCoord,
    ) -> Drawn {
        self.start();
        let head = text::Head::of(style);
        let texts = match &mut self.state {
            State::Texts(texts) if *texts.head() == head => texts,
            _ => {
                self.close_state();
                self.state = State::Texts(Texts::open(head, self.out));
                return self.draw_text(text, style, position);
            }
        };
        texts.push(self.out, text, Key::read(style.color()).nudge_px, position);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
