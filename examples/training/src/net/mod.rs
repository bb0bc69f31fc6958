//! Small networks, by hand: layers, forward, backward, Adam.

mod dense;
mod mlp;

pub use mlp::{Bend, Mlp, Trace};
