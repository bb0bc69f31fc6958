//! How much an event matters: its own word, else by its name; and the contract's words.

use loopscope_event::Severity;

use super::{alerts, names};

/// The severity of an event with this name and this word, if any.
pub(super) fn severity(name: &str, said: Option<&str>) -> Severity {
    said.and_then(Severity::read).unwrap_or_else(|| {
        let known = names::lookup(name).map_or("", |(known, _)| known);
        if alerts::is_critical(known) {
            Severity::Critical
        } else if alerts::is_alert(known) {
            Severity::Medium
        } else {
            Severity::Info
        }
    })
}

/// The contract's word.
pub(super) const fn word(severity: Option<Severity>) -> &'static str {
    match severity {
        Some(Severity::Critical) => "critical",
        Some(Severity::High) => "error",
        Some(Severity::Medium) => "warning",
        Some(Severity::Low | Severity::Info) | None => "info",
    }
}
