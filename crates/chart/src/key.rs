//! Keys: a whole stroke's meaning packed into the 24 bits of a plotters colour.
//!
//! plotters hands a backend a colour, a width and integers; our backends need more: which ink, which shade of
//! it, which dash, how far to nudge a label in pixels where the width is unknown. In: a [`Key`]. Out: a
//! `BackendColor` that only [`SvgBackend`](crate::SvgBackend) and [`Tinted`](crate::Tinted) can read back.
//!
//! Layout: red = shade (1 bit), ink (7 bits); green = halo (1), square (1), dash (4); blue = nudge + 128.

use plotters_backend::BackendColor;

use crate::ink::Ink;

/// How a line is broken, in pixels on, off, on, off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dash {
    /// Not at all.
    Solid,
    /// The second of two lines.
    Long,
    /// A baseline to compare with.
    Dotted,
    /// A threshold.
    Threshold,
    /// A series' own, 1 to 8, always with its colour and letter.
    Series(u8),
}

impl Dash {
    /// Lengths in pixels, on and off in turn; empty for a solid line.
    pub fn pattern_px(self) -> &'static [f64] {
        match self {
            Self::Solid => &[],
            Self::Long => &[5.0, 3.0],
            Self::Dotted => &[2.0, 3.0],
            Self::Threshold => &[4.0, 3.0],
            Self::Series(n) => match n.wrapping_sub(1) % 8 {
                0 => &[],
                1 => &[6.0, 3.0],
                2 => &[2.0, 2.0],
                3 => &[8.0, 3.0, 2.0, 3.0],
                4 => &[12.0, 4.0],
                5 => &[4.0, 2.0, 1.0, 2.0],
                6 => &[1.0, 3.0],
                _ => &[10.0, 3.0, 2.0, 3.0, 2.0, 3.0],
            },
        }
    }

    fn code(self) -> u8 {
        match self {
            Self::Solid => 0,
            Self::Long => 1,
            Self::Dotted => 2,
            Self::Threshold => 3,
            Self::Series(n) => 4 + n.wrapping_sub(1) % 8,
        }
    }

    fn from_code(code: u8) -> Self {
        match code {
            1 => Self::Long,
            2 => Self::Dotted,
            3 => Self::Threshold,
            4..=11 => Self::Series(code - 3),
            _ => Self::Solid,
        }
    }
}

/// What a stroke, a fill or a text means; see the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) ink: Ink,
    /// The darker (or lighter) shade in which the ink can be read as text.
    pub(crate) readable: bool,
    pub(crate) dash: Dash,
    /// A point is a square, not a circle: told apart without colour.
    pub(crate) square: bool,
    /// A label: medium weight, with an edge in the colour of the surface so that it reads over marks.
    pub(crate) label: bool,
    /// Pixels to the right of where the coordinates say.
    pub(crate) nudge_px: i8,
}

impl Key {
    /// A plain mark.
    pub(crate) fn mark(ink: Ink) -> Self {
        Self {
            ink,
            readable: false,
            dash: Dash::Solid,
            square: false,
            label: false,
            nudge_px: 0,
        }
    }

    /// The colour that carries this key; `alpha` stays what it says.
    pub(crate) fn color(self, alpha: f64) -> BackendColor {
        let red = (u8::from(self.readable) << 7) | self.ink.index() as u8;
        let green = (u8::from(self.label) << 7) | (u8::from(self.square) << 6) | self.dash.code();
        let blue = self.nudge_px.cast_unsigned() ^ 0x80;
        BackendColor {
            alpha,
            rgb: (red, green, blue),
        }
    }

    /// What a colour made by [`Key::color`] stands for. Any other colour reads as some key: never an error.
    pub(crate) fn read(color: BackendColor) -> Self {
        let (red, green, blue) = color.rgb;
        Self {
            ink: Ink::from_index(usize::from(red & 0x7f)),
            readable: red & 0x80 != 0,
            dash: Dash::from_code(green & 0x0f),
            square: green & 0x40 != 0,
            label: green & 0x80 != 0,
            nudge_px: (blue ^ 0x80).cast_signed(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_survives_the_journey() {
        let dashes = [Dash::Solid, Dash::Long, Dash::Dotted, Dash::Threshold]
            .into_iter()
            .chain((1..=8).map(Dash::Series));
        for dash in dashes {
            for ink in Ink::all() {
                for nudge_px in [-128, -8, 0, 10, 127] {
                    for bits in 0..8_u8 {
                        let key = Key {
                            ink,
                            readable: bits & 1 != 0,
                            dash,
                            square: bits & 2 != 0,
                            label: bits & 4 != 0,
                            nudge_px,
                        };
                        assert_eq!(Key::read(key.color(0.5)), key);
                    }
                }
            }
        }
    }

    #[test]
    fn foreign_colours_are_read_without_harm() {
        for red in 0..=255 {
            let color = BackendColor {
                alpha: 1.0,
                rgb: (red, red.wrapping_mul(7), red.wrapping_mul(13)),
            };
            let _ = Key::read(color).ink.class();
        }
    }
}
