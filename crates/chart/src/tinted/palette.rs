//! A theme as a canvas needs it: a colour for every ink, and a font. In: a way to ask the theme. Out: colours
//! for keys.

use plotters_backend::BackendColor;

use crate::ink::Ink;
use crate::key::Key;

/// A colour of a theme.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rgba {
    /// Red, green, blue.
    pub rgb: (u8, u8, u8),
    /// From 0 (nothing) to 1.
    pub alpha: f64,
}

impl Rgba {
    /// As CSS writes it.
    pub fn css(self) -> String {
        let (r, g, b) = self.rgb;
        if self.alpha < 1.0 {
            format!("rgba({r},{g},{b},{})", self.alpha)
        } else {
            format!("rgb({r},{g},{b})")
        }
    }
}

/// A theme's colour for every ink, and its font.
#[derive(Debug, Clone, PartialEq)]
pub struct Palette {
    marks: Vec<Rgba>,
    readable: Vec<Rgba>,
    font: String,
}

impl Palette {
    /// A palette from a theme: `color` is asked for each ink's mark (`false`) and its readable shade (`true`).
    /// `font` is a CSS font-family list.
    pub fn new(color: impl Fn(Ink, bool) -> Rgba, font: impl Into<String>) -> Self {
        Self {
            marks: Ink::all().map(|ink| color(ink, false)).collect(),
            readable: Ink::all().map(|ink| color(ink, true)).collect(),
            font: font.into(),
        }
    }

    /// The font: a CSS font-family list.
    pub fn font(&self) -> &str {
        &self.font
    }

    /// The colour of an ink's mark, or its readable shade.
    pub fn color(&self, ink: Ink, readable: bool) -> Rgba {
        let shades = if readable {
            &self.readable
        } else {
            &self.marks
        };
        shades.get(ink.index()).copied().unwrap_or(Rgba {
            rgb: (0, 0, 0),
            alpha: 1.0,
        })
    }

    pub(super) fn tint(&self, key: Key, alpha: f64) -> BackendColor {
        let color = self.color(key.ink, key.readable);
        BackendColor {
            rgb: color.rgb,
            alpha: color.alpha * alpha,
        }
    }
}
