//! Whether a reader may go on from where it was. In: its cursor. Out: the offset to read on from, or why it must start anew.

use loopscope_event::{Cursor, Offset};

use crate::Journal;
use crate::shared::Shared;

/// Why a reader must start anew: going on would skip events or show others under the offsets it has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResetReason {
    /// The cursor is of an epoch that this journal never had: another journal's, or a restored copy's.
    UnknownEpoch,
    /// The journal ended uncleanly after the reader had seen events that were then lost.
    EpochChanged,
    /// Retention removed events that the reader has not seen.
    Retention,
    /// The cursor is beyond the newest event.
    Ahead,
}

impl ResetReason {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::UnknownEpoch => "unknown_epoch",
            Self::EpochChanged => "epoch_changed",
            Self::Retention => "retention",
            Self::Ahead => "ahead",
        }
    }
}

impl Journal {
    /// Checks a cursor. One of offset 0 asks for everything that is kept, and is always good.
    ///
    /// A cursor of an earlier epoch is good as long as everything that it saw is still there, so a crash that lost
    /// nothing, as `kill -9` does, costs its readers nothing.
    pub fn check_cursor(&self, cursor: Cursor) -> Result<Offset, ResetReason> {
        check(self.shared(), cursor)
    }
}

fn check(shared: &Shared, cursor: Cursor) -> Result<Offset, ResetReason> {
    let offset = cursor.offset.0;
    if offset == 0 {
        return Ok(cursor.offset);
    }
    if cursor.epoch != 0 {
        let mut epochs = shared.epochs.iter();
        if !epochs.any(|known| known.epoch == cursor.epoch) {
            return Err(ResetReason::UnknownEpoch);
        }
        if let Some(next) = epochs.next()
            && offset >= next.first_offset
        {
            return Err(ResetReason::EpochChanged);
        }
    }
    if offset > shared.head() {
        return Err(ResetReason::Ahead);
    }
    if offset < shared.horizon() {
        return Err(ResetReason::Retention);
    }
    Ok(cursor.offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shared::Epoch;

    #[test]
    fn a_cursor_is_good_as_long_as_what_it_saw_is_there() {
        let epoch = |epoch, first_offset| Epoch {
            epoch,
            first_offset,
        };
        // 20 events of epoch 1 survived, epoch 2 was opened and lost nothing, epoch 3 is open.
        let epochs = vec![epoch(1, 1), epoch(2, 21), epoch(3, 31)];
        let shared = Shared::new("x".into(), epochs, 40, 10);
        let table = [
            ((1, 0), Ok(0)),
            ((1, 20), Ok(20)),
            ((1, 21), Err(ResetReason::EpochChanged)),
            ((2, 30), Ok(30)),
            ((2, 31), Err(ResetReason::EpochChanged)),
            ((3, 40), Ok(40)),
            ((3, 41), Err(ResetReason::Ahead)),
            ((4, 1), Err(ResetReason::UnknownEpoch)),
            ((0, 40), Ok(40)),
            ((0, 41), Err(ResetReason::Ahead)),
            ((3, 10), Ok(10)),
            ((3, 9), Err(ResetReason::Retention)),
            ((0, 1), Err(ResetReason::Retention)),
            ((9, 0), Ok(0)),
        ];
        for ((epoch, offset), expected) in table {
            let cursor = Cursor {
                epoch,
                offset: Offset(offset),
            };
            assert_eq!(check(&shared, cursor), expected.map(Offset), "{cursor}");
        }
    }
}
