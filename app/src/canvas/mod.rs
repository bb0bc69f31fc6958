//! What every canvas of the pages needs: frames, ears, eyes, and a word when the theme changes. In: an element, and what is to
//! be called. Out: calls; everything is let go when its holder is dropped.

mod ears;
mod frames;
mod theme;
mod watch;

pub use ears::Ears;
pub use frames::{Drawn, Frames, schedule};
pub use theme::{Recoloured, follow_theme, font, theme_turn};
pub use watch::Watch;
