//! Frames on their way out of one connection: shared bytes, never copied. Bounded by who fills it: it is refilled
//! only when it is empty.

use std::io::IoSlice;

use bytes::{Buf, Bytes};

use super::frame;

/// What stands ready to be written.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    wire: Vec<Bytes>,
    /// How many of `wire` are written.
    done: usize,
}

/// The most pieces given to the system in one call.
const PIECES: usize = 32;

impl Outbox {
    /// One text frame.
    pub(crate) fn text(&mut self, text: &str) {
        self.wire.push(frame::text_frame(text.as_bytes()));
    }

    /// Whole frames, encoded already.
    pub(crate) fn wire(&mut self, frames: Bytes) {
        self.wire.push(frames);
    }

    /// Whether everything is written.
    pub(crate) fn is_empty(&self) -> bool {
        self.wire.is_empty()
    }

    /// How many pieces wait.
    pub(super) fn len(&self) -> usize {
        self.wire.len() - self.done
    }

    /// The next pieces to write.
    pub(super) fn slices<'a>(&'a self, pieces: &mut [IoSlice<'a>; PIECES]) -> usize {
        let ready = self.wire[self.done..].iter().take(PIECES);
        let mut count = 0;
        for (piece, bytes) in pieces.iter_mut().zip(ready) {
            *piece = IoSlice::new(bytes);
            count += 1;
        }
        count
    }

    /// An array for [`Self::slices`].
    pub(super) fn no_slices<'a>() -> [IoSlice<'a>; PIECES] {
        [IoSlice::new(&[]); PIECES]
    }

    /// Notes that so many bytes are written.
    pub(super) fn advance(&mut self, mut written: usize) {
        while let Some(first) = self.wire.get_mut(self.done) {
            if written < first.len() {
                first.advance(written);
                return;
            }
            written -= first.len();
            *first = Bytes::new();
            self.done += 1;
        }
        self.done = 0;
        if self.wire.capacity() > 8 {
            self.wire = Vec::new();
        } else {
            self.wire.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn partial_writes_go_on_where_they_stopped() {
        let mut outbox = Outbox::default();
        outbox.wire(Bytes::from_static(b"abc"));
        outbox.wire(Bytes::from_static(b"defg"));
        let mut seen = Vec::new();
        while !outbox.is_empty() {
            let mut pieces = Outbox::no_slices();
            let count = outbox.slices(&mut pieces);
            let all: Vec<u8> = pieces[..count]
                .iter()
                .flat_map(|piece| piece.to_vec())
                .collect();
            let taken = all.len().min(2);
            seen.extend_from_slice(&all[..taken]);
            outbox.advance(taken);
        }
        assert_eq!(seen, b"abcdefg");
    }
}
