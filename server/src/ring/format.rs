//! The wire formats that an event is shared in. In: an event. Out: the bytes that go to the socket, frame included.

use bytes::Bytes;
use loopscope_event::Event;

use crate::socket::frame;

/// A wire format of single events. Each is encoded at most once an event, however many readers there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// `{"type":"event","event":{…}}` in a WebSocket text frame.
    V1 = 0,
    /// A block of a server-sent event stream: `id`, `event`, `data`.
    Sse = 1,
    /// The convergence contract's flat event, in a WebSocket text frame.
    ConvergenceFlat = 2,
    /// The convergence contract's nested event, in a WebSocket text frame.
    ConvergenceNested = 3,
    /// The frame of the contract that the event itself came by, in a WebSocket text frame: agents, training.
    Contract = 4,
}

/// How many formats there are.
pub(super) const FORMATS: usize = 5;

/// What every encoding needs to know.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Encoders {
    /// The journal's epoch, for cursors.
    pub epoch: u32,
    /// Writes the JSON text of [`Format::ConvergenceFlat`]; given by that contract's facade.
    pub convergence_flat: fn(&Event, &mut Vec<u8>),
    /// Writes the JSON text of [`Format::ConvergenceNested`]; given by that contract's facade.
    pub convergence_nested: fn(&Event, &mut Vec<u8>),
    /// Writes the JSON text of [`Format::Contract`]; given by the facades of these contracts.
    pub contract: fn(&Event, &mut Vec<u8>),
}

/// What stands before and after an event's JSON in a frame of our own protocol.
const V1_HEAD: &[u8] = br#"{"type":"event","event":"#;
const V1_TAIL: &[u8] = b"}";

/// Appends an event as the JSON of our own protocol.
pub(super) fn write_json(event: &Event, out: &mut Vec<u8>) {
    // Plain data: only a payload that is no JSON could fail, and intake lets none through.
    if let Err(error) = serde_json::to_writer(&mut *out, event) {
        tracing::error!(offset = event.offset.0, %error, "an event cannot be written as JSON");
        out.extend_from_slice(b"null");
    }
}

/// Encodes one event with its frame.
pub(super) fn encode(format: Format, event: &Event, encoders: &Encoders) -> Bytes {
    let mut text = Vec::with_capacity(384 + event.data.as_str().len());
    match format {
        Format::V1 => {
            text.extend_from_slice(V1_HEAD);
            write_json(event, &mut text);
            text.extend_from_slice(V1_TAIL);
        }
        Format::Sse => return sse(event, encoders.epoch),
        Format::ConvergenceFlat => (encoders.convergence_flat)(event, &mut text),
        Format::ConvergenceNested => (encoders.convergence_nested)(event, &mut text),
        Format::Contract => (encoders.contract)(event, &mut text),
    }
    frame::text_frame(&text)
}

/// Where an event's JSON lies in its [`Format::V1`] frame.
pub(super) fn json_of_v1(wire: &[u8]) -> &[u8] {
    let start = frame::header_bytes(wire) + V1_HEAD.len();
    wire.get(start..wire.len() - V1_TAIL.len())
        .unwrap_or_default()
}

/// One block of a server-sent event stream. A payload may hold line breaks between its tokens (never within a
/// string), which would end the block's line: they become spaces.
fn sse(event: &Event, epoch: u32) -> Bytes {
    let mut block = format!("id: {epoch}-{}\nevent: event\ndata: ", event.offset).into_bytes();
    let start = block.len();
    write_json(event, &mut block);
    for byte in &mut block[start..] {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    block.extend_from_slice(b"\n\n");
    Bytes::from(block)
}
