//! What every canvas of the pages needs: frames, ears, eyes, the theme's colours and a word when they change. In: an element, and what is to
//! be called. Out: calls; everything is let go when its holder is dropped.

mod ears;
mod frames;
mod theme;
mod watch;

pub use ears::Ears;
pub use frames::{Drawn, Frames, schedule};
pub use theme::{Recoloured, computed, follow_theme, font, theme_turn};
pub use watch::Watch;
