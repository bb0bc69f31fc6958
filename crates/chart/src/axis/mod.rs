//! Both axes: how values become places and which of them are written down. In: what an axis means and the
//! values on it. Out: places, grid lines, labels.

mod x;
mod y;

pub use self::x::XAxis;
pub(crate) use self::x::{Needs, XPlaces};
pub use self::y::{Range, YAxis};
pub(crate) use self::y::{YPlaces, side_label};
