//! The small parts that pages are made of. Functions where there is nothing reactive, components where there is.

mod copy;
mod icon;
mod json;
mod marks;
mod notices;
mod sentence;
mod spark;
mod words;

pub use copy::CopyButton;
pub use icon::{Sprite, brand, glyph, icon, small_icon};
pub use json::{json_tree, pretty};
pub use marks::{dash, meter, priority_badge, severity_counts, severity_mark, status_pill};
pub use notices::Notices;
pub use sentence::sentence;
pub use spark::{spark, spark_f64};
pub use words::{
    Look, dialect_word, line_look, severity_look, short_id, state_look, status_look, title_word,
};
