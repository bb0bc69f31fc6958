//! A run of events that became visible at once. In: events. Out: their shared encodings, whole or filtered.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use loopscope_event::{Cursor, Event, Offset};
use loopscope_protocol::StreamFilter;

use super::Entry;
use super::filtered::Filtered;
use super::format::{Encoders, FORMATS, Format};
use crate::socket::frame;

/// The start of every `events` frame; a stream's name, where it has one, goes right behind it.
pub(crate) const EVENTS_HEAD: &[u8] = br#"{"type":"events","#;

/// A run of events, in order, that readers take as one.
#[derive(Debug)]
pub(crate) struct Chunk {
    /// The newest offset before the chunk: a reader that has seen it has seen everything before.
    pub(super) after: u64,
    /// The newest offset that the chunk accounts for.
    pub(super) last: u64,
    /// How many offsets are behind it, where it was read to catch up.
    pub(super) behind: Option<u64>,
    pub(super) entries: Vec<Entry>,
    pub(super) encoders: Encoders,
    all: [OnceLock<Bytes>; FORMATS],
    batch: OnceLock<Bytes>,
    filtered: Filtered,
}

impl Chunk {
    /// A chunk that accounts for the offsets after `after` up to `last`.
    pub(super) fn new(
        after: u64,
        last: u64,
        behind: Option<u64>,
        events: impl IntoIterator<Item = Arc<Event>>,
        encoders: Encoders,
    ) -> Self {
        Self {
            after,
            last,
            behind,
            entries: events.into_iter().map(Entry::new).collect(),
            encoders,
            all: Default::default(),
            batch: OnceLock::new(),
            filtered: Filtered::default(),
        }
    }

    /// About how many bytes it takes in memory. Encodings, which most chunks get one of, count as much again.
    pub(super) fn bytes(&self) -> usize {
        self.entries.iter().map(|entry| 2 * entry.bytes()).sum()
    }
}

/// What a reader takes at once: a chunk, or the end of one.
#[derive(Debug, Clone)]
pub(crate) struct Slice {
    chunk: Arc<Chunk>,
    skip: usize,
}

/// Either one frame an event, or one frame for all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Single(Format),
    Batch,
}

impl Slice {
    /// The events of a chunk after an offset.
    pub(super) fn new(chunk: Arc<Chunk>, after: u64) -> Self {
        let skip = chunk
            .entries
            .partition_point(|entry| entry.event().offset.0 <= after);
        Self { chunk, skip }
    }

    /// What a reader has seen when it has taken this.
    pub(crate) fn cursor(&self) -> Cursor {
        Cursor {
            epoch: self.chunk.encoders.epoch,
            offset: Offset(self.chunk.last),
        }
    }

    /// The events.
    pub(crate) fn events(&self) -> impl Iterator<Item = &Arc<Event>> {
        self.entries().iter().map(Entry::event)
    }

    /// The events with their encodings.
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.chunk.entries[self.skip..]
    }

    /// One frame an event, for the events that match; `None` where none does.
    pub(crate) fn singles(
        &self,
        format: Format,
        filter: Option<&Arc<StreamFilter>>,
    ) -> Option<Bytes> {
        self.shared(Shape::Single(format), filter)
    }

    /// One frame an event, for the events that a reader picks by rules of its own; `None` where it picks none.
    pub(crate) fn singles_where(
        &self,
        format: Format,
        wanted: impl Fn(&Event) -> bool,
    ) -> Option<Bytes> {
        let picked = self.entries().iter().filter(|entry| wanted(entry.event()));
        self.build_singles(format, true, picked)
    }

    /// One `events` frame of our own protocol for the events that match; `None` where none does.
    pub(crate) fn batch(&self, filter: Option<&Arc<StreamFilter>>) -> Option<Bytes> {
        self.shared(Shape::Batch, filter)
    }

    /// The encoding, from the chunk where the whole of it is wanted, or a filter that others use too.
    fn shared(&self, shape: Shape, filter: Option<&Arc<StreamFilter>>) -> Option<Bytes> {
        let chunk = &*self.chunk;
        match filter {
            _ if self.skip > 0 => self.build(shape, filter.map(|filter| &**filter)),
            None => {
                let slot = match shape {
                    Shape::Single(format) => &chunk.all[format as usize],
                    Shape::Batch => &chunk.batch,
                };
                let bytes = slot.get_or_init(|| self.build(shape, None).unwrap_or_default());
                (!bytes.is_empty()).then(|| bytes.clone())
            }
            Some(filter) => chunk
                .filtered
                .get_or_make(shape, filter, || self.build(shape, Some(filter))),
        }
    }

    fn build(&self, shape: Shape, filter: Option<&StreamFilter>) -> Option<Bytes> {
        let wanted = self
            .entries()
            .iter()
            .filter(|entry| filter.is_none_or(|filter| filter.matches(entry.event())));
        match shape {
            Shape::Single(format) => self.build_singles(format, filter.is_some(), wanted),
            Shape::Batch => self.build_batch(wanted),
        }
    }

    /// Frames one after the other. Filtered readers keep each event's encoding: the next filter meets it again.
    fn build_singles<'a>(
        &self,
        format: Format,
        keep: bool,
        wanted: impl Iterator<Item = &'a Entry>,
    ) -> Option<Bytes> {
        let encoders = &self.chunk.encoders;
        let mut out = Vec::new();
        for entry in wanted {
            if keep {
                out.extend_from_slice(entry.wire(format, encoders));
            } else {
                entry.append_wire(format, encoders, &mut out);
            }
        }
        (!out.is_empty()).then(|| Bytes::from(out))
    }

    /// `{"type":"events","events":[…],"cursor":"…","behind":n}`.
    fn build_batch<'a>(&self, wanted: impl Iterator<Item = &'a Entry>) -> Option<Bytes> {
        let mut wanted = wanted.peekable();
        wanted.peek()?;
        let mut text = Vec::with_capacity(64 + 512 * self.entries().len());
        text.extend_from_slice(EVENTS_HEAD);
        text.extend_from_slice(br#""events":["#);
        for (index, entry) in wanted.enumerate() {
            if index > 0 {
                text.push(b',');
            }
            entry.append_json(&mut text);
        }
        let tail = match self.chunk.behind {
            Some(behind) => format!(r#"],"cursor":"{}","behind":{behind}}}"#, self.cursor()),
            None => format!(r#"],"cursor":"{}"}}"#, self.cursor()),
        };
        text.extend_from_slice(tail.as_bytes());
        Some(frame::text_frame(&text))
    }
}
