//! Frames of a stream that has a name: the shared JSON of each event, in frames of its own.

use bytes::Bytes;
use loopscope_protocol::StreamFilter;

use crate::ring::{EVENTS_HEAD, Entry, Slice};
use crate::socket::frame;

/// One `event` frame an event; `None` where none matches.
pub(super) fn singles(name: &str, slice: &Slice, filter: Option<&StreamFilter>) -> Option<Bytes> {
    let head = format!(r#"{{"type":"event","id":{},"event":"#, quoted(name));
    let mut out = Vec::new();
    let mut text = Vec::new();
    for entry in matching(slice, filter) {
        text.clear();
        text.extend_from_slice(head.as_bytes());
        entry.append_json(&mut text);
        text.push(b'}');
        frame::put_header(&mut out, frame::TEXT, text.len());
        out.extend_from_slice(&text);
    }
    (!out.is_empty()).then(|| Bytes::from(out))
}

/// One `events` frame: the shared one with the name put in; `None` where no event matches.
pub(super) fn batch(name: &str, shared: &Bytes) -> Bytes {
    let body = &shared[frame::header_bytes(shared) + EVENTS_HEAD.len()..];
    let head = format!(r#""id":{},"#, quoted(name));
    let length = EVENTS_HEAD.len() + head.len() + body.len();
    let mut out = Vec::with_capacity(length + 10);
    frame::put_header(&mut out, frame::TEXT, length);
    out.extend_from_slice(EVENTS_HEAD);
    out.extend_from_slice(head.as_bytes());
    out.extend_from_slice(body);
    Bytes::from(out)
}

fn matching<'a>(
    slice: &'a Slice,
    filter: Option<&'a StreamFilter>,
) -> impl Iterator<Item = &'a Entry> {
    let wanted = move |entry: &&Entry| filter.is_none_or(|filter| filter.matches(entry.event()));
    slice.entries().iter().filter(wanted)
}

/// A name as a JSON string.
fn quoted(name: &str) -> String {
    serde_json::to_string(name).unwrap_or_else(|_| "\"\"".to_owned())
}
