//! The theme as a palette. In: the page's style sheets. Out: a colour for every ink, asked for once a theme.

use std::cell::RefCell;
use std::rc::Rc;

use loopscope_chart::{Ink, Palette, Rgba};

use super::color;
use crate::canvas::{computed, font, theme_turn};

thread_local! {
    /// The palette, and the turn of the theme that it is of.
    static PALETTE: RefCell<Option<(u32, Rc<Palette>)>> = const { RefCell::new(None) };
}

/// The palette of the theme that is on.
pub(super) fn palette() -> Rc<Palette> {
    let turn = theme_turn();
    PALETTE.with_borrow_mut(|kept| match kept {
        Some((of, palette)) if *of == turn => Rc::clone(palette),
        _ => {
            let palette = Rc::new(read());
            *kept = Some((turn, Rc::clone(&palette)));
            palette
        }
    })
}

/// Asks the style sheets, by an element that takes on one ink after the other.
fn read() -> Palette {
    let black = Rgba {
        rgb: (0, 0, 0),
        alpha: 1.0,
    };
    let ask = |ink: Ink, readable: bool| {
        let shade = if readable { " readable" } else { "" };
        let class = format!("ink-probe {}{shade}", ink.class());
        let [color] = computed(&class, ["color"])?;
        color::parse(&color)
    };
    Palette::new(|ink, readable| ask(ink, readable).unwrap_or(black), font())
}
