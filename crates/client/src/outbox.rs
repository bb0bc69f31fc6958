//! What waits for its receipt, in order: in memory as far as there is room, and on disk.
//!
//! In: items from the queue. Out: batches of lines, the oldest first; each stays until it is settled. Lines go to disk
//! before they are sent, so that a killed program loses nothing that was taken from the queue.

use std::collections::{HashMap, VecDeque};

use bytes::Bytes;
use loopscope_event::SessionId;

use crate::counters::{Tally, add};
use crate::queue::{self, Queue};
use crate::spill::{Found, Place, Spill};

/// The most bytes of a batch.
const BATCH_BYTES: u64 = 512 << 10;
/// The most events of a batch.
const BATCH_EVENTS: u64 = 1_000;
/// The most sessions whose losses are told apart.
const MOST_LOSERS: usize = 256;

/// See the module.
pub(crate) struct Outbox {
    spill: Option<Spill>,
    chunks: VecDeque<Chunk>,
    /// Bytes of text in memory.
    held_bytes: u64,
    most_bytes: u64,
    /// Bytes that are written at once.
    gulp_bytes: usize,
    /// Items taken from the queue so far.
    taken: u64,
    lines: String,
    lost: HashMap<SessionId, u64>,
    trouble: Option<String>,
}

/// Lines that are sent together.
struct Chunk {
    text: Text,
    place: Option<Place>,
    bytes: u64,
    events: u64,
    /// The number of its first item, counted from 1 as they were taken.
    first: u64,
}

enum Text {
    Growing(Vec<u8>),
    Whole(Bytes),
    OnDisk,
}

impl Outbox {
    pub(crate) fn new(spill: Option<(Spill, Found)>, most_bytes: u64, tally: &Tally) -> Self {
        let (spill, found) = spill.unzip();
        let found = found.unwrap_or_default();
        let chunk = |(place, bytes, events)| Chunk {
            text: Text::OnDisk,
            place: Some(place),
            bytes,
            events,
            first: 1,
        };
        let chunks: VecDeque<Chunk> = found.pieces.into_iter().map(chunk).collect();
        let events: u64 = chunks.iter().map(|chunk| chunk.events).sum();
        add(&tally.recovered, events + found.torn);
        add(&tally.dropped, found.torn);
        let torn = found.torn;
        Self {
            spill,
            chunks,
            held_bytes: 0,
            most_bytes,
            gulp_bytes: (most_bytes / 16).clamp(1 << 10, 256 << 10) as usize,
            taken: 0,
            lines: String::new(),
            lost: HashMap::new(),
            trouble: (torn > 0).then(|| {
                format!("{torn} events of a program before this one were cut off while they were written, and are lost")
            }),
        }
    }

    /// Empties the queue. `false` where it was empty.
    pub(crate) fn take(&mut self, queue: &Queue, tally: &Tally) -> bool {
        let mut any = false;
        // What comes meanwhile is for the next time.
        let mut left = queue.len();
        while left > 0 {
            let mut lines = std::mem::take(&mut self.lines);
            let mut sessions: Vec<(Option<SessionId>, u64)> = Vec::new();
            let first = self.taken + 1;
            let mut events = 0;
            while left > 0 && lines.len() < self.gulp_bytes {
                let Some(item) = queue.pop() else {
                    left = 0;
                    break;
                };
                left -= 1;
                any = true;
                self.taken += 1;
                if let Err(why) = queue::write_line(&item, &mut lines) {
                    add(&tally.rejected, 1);
                    self.trouble = Some(format!("an event is no event and was left out: {why}"));
                    continue;
                }
                events += 1;
                let session = item.told.map(|told| told.session_id.clone());
                match sessions.last_mut() {
                    Some((last, count)) if *last == session => *count += 1,
                    _ => sessions.push((session, 1)),
                }
            }
            if events > 0 && !self.store(lines.as_bytes(), events, first) {
                add(&tally.dropped, events);
                self.note_lost(sessions);
            }
            lines.clear();
            self.lines = lines;
        }
        any
    }

    /// Keeps lines. `false` where there is no room for them.
    fn store(&mut self, lines: &[u8], events: u64, first: u64) -> bool {
        let bytes = lines.len() as u64;
        let place = self
            .spill
            .as_mut()
            .and_then(|spill| match spill.append(lines) {
                Ok(place) => place,
                Err(error) => {
                    self.trouble = Some(format!("what waits cannot be written to disk: {error}"));
                    None
                }
            });
        // What is on disk may leave memory; what is not must stay.
        let room = if place.is_some() {
            self.most_bytes / 2
        } else {
            self.most_bytes
        };
        let stays = self.held_bytes + bytes <= room;
        if place.is_none() && !stays {
            return false;
        }
        if let Some(last) = self.chunks.back_mut()
            && last.takes(place, bytes, events, stays)
        {
            last.bytes += bytes;
            last.events += events;
            if let Text::Growing(text) = &mut last.text {
                text.extend_from_slice(lines);
                self.held_bytes += bytes;
            }
            return true;
        }
        let text = if stays {
            self.held_bytes += bytes;
            Text::Growing(lines.to_vec())
        } else {
            Text::OnDisk
        };
        self.chunks.push_back(Chunk {
            text,
            place,
            bytes,
            events,
            first,
        });
        true
    }

    /// The oldest batch; `None` where nothing waits. It stays until [`Self::settle`].
    pub(crate) fn front(&mut self, tally: &Tally) -> Option<Bytes> {
        loop {
            let chunk = self.chunks.front_mut()?;
            let events = chunk.events;
            let lines = match &mut chunk.text {
                Text::Whole(lines) => lines.clone(),
                Text::Growing(text) => {
                    let lines = Bytes::from(std::mem::take(text));
                    chunk.text = Text::Whole(lines.clone());
                    lines
                }
                Text::OnDisk => {
                    let read = chunk.place.zip(self.spill.as_mut());
                    let read = read.map(|(place, spill)| spill.read(place, chunk.bytes));
                    match read {
                        Some(Ok(lines)) => {
                            let lines = Bytes::from(lines);
                            self.held_bytes += chunk.bytes;
                            chunk.text = Text::Whole(lines.clone());
                            lines
                        }
                        failed => {
                            let why = failed.and_then(Result::err);
                            let why = why.map_or_else(String::new, |error| error.to_string());
                            self.trouble = Some(format!(
                                "{events} events cannot be read back from disk and are lost: {why}"
                            ));
                            add(&tally.dropped, events);
                            self.settle();
                            continue;
                        }
                    }
                }
            };
            return Some(lines);
        }
    }

    /// The oldest batch is settled.
    pub(crate) fn settle(&mut self) {
        let Some(chunk) = self.chunks.pop_front() else {
            return;
        };
        if !matches!(chunk.text, Text::OnDisk) {
            self.held_bytes = self.held_bytes.saturating_sub(chunk.bytes);
        }
        if let (Some(place), Some(spill)) = (chunk.place, self.spill.as_mut()) {
            spill.release(place, chunk.bytes);
        }
    }

    /// Everything up to this item has settled, counted as they were taken from the queue.
    pub(crate) fn settled(&self) -> u64 {
        self.chunks
            .front()
            .map_or(self.taken, |chunk| chunk.first - 1)
    }

    /// How many events wait here, whether all of them are on disk, and how many bytes are.
    pub(crate) fn waiting(&self) -> (u64, bool, u64) {
        let events = self.chunks.iter().map(|chunk| chunk.events).sum();
        let on_disk = self.chunks.iter().all(|chunk| chunk.place.is_some());
        let bytes = self.spill.as_ref().map_or(0, Spill::used_bytes);
        (events, on_disk, bytes)
    }

    /// How many events of which session were lost since this was asked last.
    pub(crate) fn take_lost(&mut self) -> HashMap<SessionId, u64> {
        std::mem::take(&mut self.lost)
    }

    /// What went wrong since this was asked last.
    pub(crate) fn take_trouble(&mut self) -> Option<String> {
        self.trouble.take()
    }

    /// Ends the use of the disk.
    pub(crate) fn close(&mut self) {
        if let Some(spill) = &mut self.spill {
            spill.close();
        }
    }

    fn note_lost(&mut self, sessions: Vec<(Option<SessionId>, u64)>) {
        for (session, count) in sessions {
            let Some(session) = session else { continue };
            if self.lost.len() < MOST_LOSERS || self.lost.contains_key(&session) {
                *self.lost.entry(session).or_default() += count;
            }
        }
    }
}

impl Chunk {
    /// Whether more lines may join it.
    fn takes(&self, place: Option<Place>, bytes: u64, events: u64, stays: bool) -> bool {
        let follows = match (self.place, place) {
            (Some(own), Some(next)) => own.continues(self.bytes, next),
            (None, None) => true,
            _ => false,
        };
        let open = match self.text {
            Text::Growing(_) => stays,
            Text::OnDisk => !stays,
            Text::Whole(_) => false,
        };
        follows && open && self.bytes + bytes <= BATCH_BYTES && self.events + events <= BATCH_EVENTS
    }
}
