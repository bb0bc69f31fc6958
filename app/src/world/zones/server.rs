//! What the server knows of zones, by the database of them: the machine's, else the one inside the program.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Minutes east of UTC of the reader's zone: known to a browser only.
pub const fn offset_minutes(_millis: i64) -> i32 {
    0
}

/// The name as the database spells it; `None` where it has no such zone.
pub fn zone_name(name: &str) -> Option<&'static str> {
    // Names come from strangers' cookies. Only those of the database are kept, each once, so they are a few hundred.
    static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let zone = TimeZone::get(name).ok()?;
    let spelt = zone.iana_name()?;
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(kept) = known.get(spelt) {
        return Some(kept);
    }
    let kept: &'static str = Box::leak(spelt.to_owned().into_boxed_str());
    known.insert(kept);
    Some(kept)
}

/// Minutes east of UTC of a zone that is known, at an instant.
pub fn zone_offset(name: &'static str, millis: i64) -> i32 {
    let offset = || {
        let at = Timestamp::from_millisecond(millis).ok()?;
        Some(TimeZone::get(name).ok()?.to_offset(at).seconds() / 60)
    };
    offset().unwrap_or_default()
}

/// The name of the reader's own zone: known to a browser only.
pub const fn own_zone() -> Option<&'static str> {
    None
}

/// The names of all zones: asked for in browsers only.
pub const fn zone_names() -> Vec<String> {
    Vec::new()
}
