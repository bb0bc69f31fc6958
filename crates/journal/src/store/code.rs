//! Enums and ids as small column values. In: a word or an id. Out: an integer or bytes, and back.
//!
//! A number is given once and for ever: files live longer than the order of an enum's members. A number of a later
//! version reads as the member that promises least.

use loopscope_event::{CommandState, Dialect, EventId, Kind, Severity};

pub(crate) const fn kind(kind: Kind) -> i64 {
    match kind {
        Kind::Generic => 0,
        Kind::SessionStarted => 1,
        Kind::SessionEnded => 2,
        Kind::IterationStarted => 3,
        Kind::IterationEnded => 4,
        Kind::StateChanged => 5,
        Kind::StepStarted => 6,
        Kind::StepProgress => 7,
        Kind::StepCompleted => 8,
        Kind::StepFailed => 9,
        Kind::Finding => 10,
        Kind::Fix => 11,
        Kind::Converged => 12,
        Kind::Metric => 13,
        Kind::Decision => 14,
        Kind::Checkpoint => 15,
        Kind::FileChange => 16,
        Kind::Validation => 17,
        Kind::Agent => 18,
        Kind::Opportunity => 19,
        Kind::Command => 20,
        Kind::Log => 21,
        Kind::Error => 22,
        Kind::SourceLost => 23,
        Kind::SourceRestored => 24,
        Kind::Alert => 25,
    }
}

pub(crate) fn read_kind(code: i64) -> Kind {
    let found = Kind::ALL.iter().find(|member| kind(**member) == code);
    found.copied().unwrap_or(Kind::Generic)
}

pub(crate) const fn dialect(dialect: Dialect) -> i64 {
    match dialect {
        Dialect::Generic => 0,
        Dialect::Convergence => 1,
        Dialect::Agents => 2,
        Dialect::Orchestrator => 3,
        Dialect::Training => 4,
        Dialect::Loopscope => 5,
    }
}

pub(crate) fn read_dialect(code: i64) -> Dialect {
    let found = Dialect::ALL.iter().find(|member| dialect(**member) == code);
    found.copied().unwrap_or(Dialect::Generic)
}

pub(crate) const fn severity(severity: Severity) -> i64 {
    match severity {
        Severity::Critical => 1,
        Severity::High => 2,
        Severity::Medium => 3,
        Severity::Low => 4,
        Severity::Info => 5,
    }
}

pub(crate) fn read_severity(code: i64) -> Option<Severity> {
    let found = Severity::ALL
        .iter()
        .find(|member| severity(**member) == code);
    found.copied()
}

/// Below 3: not over; the index of unfinished commands says so too.
pub(crate) const fn command_state(state: CommandState) -> i64 {
    match state {
        CommandState::Queued => 0,
        CommandState::Delivered => 1,
        CommandState::Acknowledged => 2,
        CommandState::Succeeded => 3,
        CommandState::Failed => 4,
        CommandState::Expired => 5,
        CommandState::Cancelled => 6,
    }
}

pub(crate) fn read_command_state(code: i64) -> CommandState {
    let found = CommandState::ALL
        .iter()
        .find(|member| command_state(**member) == code);
    // Of a state that is not known nothing is to be done any more.
    found.copied().unwrap_or(CommandState::Failed)
}

/// An event's id as it stands in the column: 16 bytes for a UUID in its usual spelling, else the text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum IdKey {
    Uuid([u8; 16]),
    Text(EventId),
}

impl IdKey {
    pub(crate) fn of(id: &EventId) -> Self {
        parse_uuid(id.as_str()).map_or_else(|| Self::Text(id.clone()), Self::Uuid)
    }
}

/// Reads the one spelling that [`format_uuid`] writes, so that every id comes back as it was sent.
fn parse_uuid(text: &str) -> Option<[u8; 16]> {
    let text = text.as_bytes();
    if text.len() != 36 {
        return None;
    }
    let mut bytes = [0_u8; 16];
    let mut digits = 0;
    for (place, character) in text.iter().enumerate() {
        if matches!(place, 8 | 13 | 18 | 23) {
            if *character != b'-' {
                return None;
            }
            continue;
        }
        let digit = match character {
            b'0'..=b'9' => character - b'0',
            b'a'..=b'f' => character - b'a' + 10,
            _ => return None,
        };
        bytes[digits / 2] = bytes[digits / 2] << 4 | digit;
        digits += 1;
    }
    Some(bytes)
}

/// The usual spelling of 16 bytes.
pub(crate) fn format_uuid(bytes: [u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (place, byte) in bytes.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_member_has_a_number_of_its_own_that_reads_back() {
        for member in Kind::ALL {
            assert_eq!(read_kind(kind(*member)), *member);
        }
        for member in Dialect::ALL {
            assert_eq!(read_dialect(dialect(*member)), *member);
        }
        for member in Severity::ALL {
            assert_eq!(read_severity(severity(*member)), Some(*member));
        }
        for member in CommandState::ALL {
            assert_eq!(read_command_state(command_state(*member)), *member);
            assert_eq!(command_state(*member) >= 3, member.is_over());
        }
        let codes: HashSet<i64> = Kind::ALL.iter().map(|member| kind(*member)).collect();
        assert_eq!(codes.len(), Kind::ALL.len());
        assert_eq!(read_kind(9_999), Kind::Generic);
        assert_eq!(read_severity(9_999), None);
    }

    #[test]
    fn only_the_usual_spelling_becomes_bytes() {
        let usual = "0190a3c4-7b21-7e10-8c00-0123456789ab";
        let IdKey::Uuid(bytes) = IdKey::of(&EventId::new(usual).unwrap()) else {
            panic!("not read");
        };
        assert_eq!(format_uuid(bytes), usual);
        for other in [
            "0190A3C4-7B21-7E10-8C00-0123456789AB",
            "0190a3c47b217e108c000123456789ab",
            "0190a3c4-7b21-7e10-8c00-0123456789ag",
            "0190a3c4+7b21-7e10-8c00-0123456789ab",
            "evt-1",
        ] {
            let id = EventId::new(other).unwrap();
            assert_eq!(IdKey::of(&id), IdKey::Text(id.clone()), "{other}");
        }
    }

    proptest::proptest! {
        #[test]
        fn bytes_and_text_agree(bytes: [u8; 16]) {
            proptest::prop_assert_eq!(parse_uuid(&format_uuid(bytes)), Some(bytes));
        }
    }
}
