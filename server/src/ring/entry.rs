//! One event in memory with its shared encodings. In: an event. Out: its bytes, made on first use.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use loopscope_event::Event;

use super::format::{self, Encoders, FORMATS, Format};

/// An event and, once someone asked for them, its encodings.
#[derive(Debug)]
pub(crate) struct Entry {
    event: Arc<Event>,
    wire: [OnceLock<Bytes>; FORMATS],
}

impl Entry {
    pub(super) fn new(event: Arc<Event>) -> Self {
        Self {
            event,
            wire: Default::default(),
        }
    }

    /// The event.
    pub(crate) fn event(&self) -> &Arc<Event> {
        &self.event
    }

    /// The event in a wire format, frame included; made once and kept.
    pub(super) fn wire(&self, format: Format, encoders: &Encoders) -> &Bytes {
        self.wire[format as usize].get_or_init(|| format::encode(format, &self.event, encoders))
    }

    /// Appends the event in a wire format, without keeping an encoding for it alone.
    pub(super) fn append_wire(&self, format: Format, encoders: &Encoders, out: &mut Vec<u8>) {
        match self.wire[format as usize].get() {
            Some(wire) => out.extend_from_slice(wire),
            None => out.extend_from_slice(&format::encode(format, &self.event, encoders)),
        }
    }

    /// Appends the event as JSON, without keeping an encoding for it alone.
    pub(crate) fn append_json(&self, out: &mut Vec<u8>) {
        match self.wire[Format::V1 as usize].get() {
            Some(wire) => out.extend_from_slice(format::json_of_v1(wire)),
            None => format::write_json(&self.event, out),
        }
    }

    /// About how many bytes the event takes in memory, its encodings aside.
    pub(super) fn bytes(&self) -> usize {
        let event = &*self.event;
        size_of::<Self>()
            + size_of::<Event>()
            + event.name.len()
            + event.event_id.as_str().len()
            + event.session_id.as_str().len()
            + event.data.as_str().len()
    }
}
