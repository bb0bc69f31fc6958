//! The events that the load is made of: about 300 bytes each, as a convergence loop sends them.
//!
//! In: a number. Out: JSON with that number, and with the time it was made at (`sent_us`, microseconds since this
//! process started), which a viewer in the same process reads back to know how long the event took.

use std::fmt::Write as _;
use std::sync::LazyLock;
use std::time::Instant;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// What stands before the time in an event.
pub(crate) const SENT: &[u8] = b"\"sent_us\":";

/// Microseconds since this process started.
pub(crate) fn now_us() -> u64 {
    u64::try_from(START.elapsed().as_micros()).unwrap_or(u64::MAX)
}

/// Appends one event of the run `run`.
pub(crate) fn write_event(text: &mut String, run: &str, number: u64) {
    let iteration = number / 64 + 1;
    let findings = number % 7;
    let sent = now_us();
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "{{\"event_id\":\"{run}-{number:012}\",\"timestamp\":\"2026-01-05T10:00:00.000000Z\",\
         \"session_id\":\"bench-{run}\",\"iteration\":{iteration},\"state\":\"DIAGNOSING\",\
         \"event_type\":\"STEP_COMPLETE\",\"data\":{{\"step\":\"diagnose\",\"success\":true,\
         \"findings_count\":{findings},\"fixes_count\":0,\"metrics\":{{\"issues_found\":{findings}}},\
         \"sent_us\":{sent}}}}}"
    );
}

/// `count` events from `first` on, parted by `separator`.
pub(crate) fn write_events(text: &mut String, run: &str, first: u64, count: u64, separator: char) {
    for number in first..first + count {
        if number > first {
            text.push(separator);
        }
        write_event(text, run, number);
    }
}

/// A `publish` frame of `/ws/v1` with `count` events.
pub(crate) fn publish(text: &mut String, run: &str, first: u64, count: u64) {
    text.clear();
    let _ = write!(
        text,
        "{{\"type\":\"publish\",\"id\":\"{first}\",\"events\":["
    );
    write_events(text, run, first, count, ',');
    text.push_str("]}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_json_of_about_300_bytes() {
        let mut text = String::new();
        write_event(&mut text, "run", 123_456);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["data"]["step"], "diagnose");
        assert!((270..=330).contains(&text.len()), "{} bytes", text.len());
    }

    #[test]
    fn a_publish_frame_is_json() {
        let mut text = String::new();
        publish(&mut text, "run", 5, 3);
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["events"].as_array().unwrap().len(), 3);
    }
}
