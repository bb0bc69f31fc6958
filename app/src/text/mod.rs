//! Figures and times as people read them: `1,284`, `12.48 M`, `7m 34s`, `14:32:08`.
//!
//! Pure functions, the same on the server and in the browser, so that both write the same text.

mod number;
mod span;
mod when;
mod zone;

pub use number::{bytes, compact, count, decimal, percent, plural};
pub use span::{age, clock_span, span};
pub use when::{day_and_minute, day_and_second, from_input, full, second, stamp_parts, to_input};
pub use zone::{Zone, ZoneName};
