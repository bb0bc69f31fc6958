//! Lines that are sent together. In: lines. Out: a body of JSON Lines.

use bytes::Bytes;

use super::follow::Placed;
use crate::lines::with_id;

/// About the most lines, and bytes of them, in one batch.
pub(super) const LINES: usize = 500;
pub(super) const BYTES: usize = 1 << 20;

/// Lines with ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Batch(Vec<Vec<u8>>);

impl Batch {
    /// The lines that hold anything.
    pub(super) fn of(lines: &[Placed]) -> Self {
        let some = lines
            .iter()
            .filter(|line| !line.bytes.trim_ascii().is_empty());
        Self(
            some.map(|line| with_id(&line.file, line.offset, &line.bytes).into_owned())
                .collect(),
        )
    }

    /// The body.
    pub(super) fn body(&self) -> Bytes {
        Bytes::from(self.0.join(&b'\n'))
    }

    /// Two halves; `None` where there is one line only.
    pub(super) fn halves(mut self) -> Option<(Self, Self)> {
        if self.0.len() < 2 {
            return None;
        }
        let rest = self.0.split_off(self.0.len() / 2);
        Some((self, Self(rest)))
    }

    /// Whether there is nothing to send.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
