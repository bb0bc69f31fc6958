//! Styles that say a theme's colour where the chart's said a key. In: a style and a colour. Out: a style for
//! the backend inside.

use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, FontFamily, FontStyle,
    FontTransform, text_anchor,
};

/// A stroke in a colour of the theme.
pub(super) struct Tint {
    pub(super) color: BackendColor,
    pub(super) width: u32,
}

impl BackendStyle for Tint {
    fn color(&self) -> BackendColor {
        self.color
    }

    fn stroke_width(&self) -> u32 {
        self.width
    }
}

/// A text style in another colour and font.
pub(super) struct Themed<'a, S> {
    pub(super) style: &'a S,
    pub(super) color: BackendColor,
    pub(super) font: &'a str,
}

impl<S: BackendTextStyle> BackendTextStyle for Themed<'_, S> {
    type FontError = S::FontError;

    fn color(&self) -> BackendColor {
        self.color
    }

    fn size(&self) -> f64 {
        self.style.size()
    }

    fn transform(&self) -> FontTransform {
        self.style.transform()
    }

    fn style(&self) -> FontStyle {
        self.style.style()
    }

    fn anchor(&self) -> text_anchor::Pos {
        self.style.anchor()
    }

    fn family(&self) -> FontFamily<'_> {
        FontFamily::Name(self.font)
    }

    fn layout_box(&self, text: &str) -> Result<((i32, i32), (i32, i32)), Self::FontError> {
        self.style.layout_box(text)
    }

    fn draw<E, F: FnMut(i32, i32, BackendColor) -> Result<(), E>>(
        &self,
        text: &str,
        at: BackendCoord,
        draw: F,
    ) -> Result<Result<(), E>, Self::FontError> {
        self.style.draw(text, at, draw)
    }
}
