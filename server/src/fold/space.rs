//! Keeps boards where they are missing: in sessions of an older version, imported ones, and those that came faster than
//! boards were written.
//!
//! In: the journal. Out: boards no further apart than twice the spacing, and than the bounds on their number and bytes
//! allow. It works through one session after the other, the newest first, and rests as long as it works; where events
//! come in quickly it rests ten times as long, so that intake never waits for it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use loopscope_board::{BOARD_VERSION, Board};
use loopscope_event::Seq;
use loopscope_journal::{SNAPSHOTS_BYTES, SNAPSHOTS_KEPT};
use tokio::time::{Instant, sleep};

use super::boards::Key;
use super::{Fold, LoadError, load, stored};

/// How often sessions are looked through.
const EVERY: Duration = Duration::from_secs(30);

/// The most sessions that are looked at in one turn.
const MOST_SESSIONS: u32 = 1_000;

/// So many events a second are quickly.
const QUICKLY: u64 = 500;

/// Works until it is dropped.
pub(crate) async fn keep_spaced(fold: Fold) {
    let mut done = HashMap::new();
    loop {
        sleep(EVERY).await;
        if let Err(error) = look_through(&fold, &mut done).await {
            tracing::warn!(%error, "boards of moments could not be made; jumps into long sessions take longer");
        }
    }
}

/// One turn. `done` is how long each session was when it was last looked at.
pub(super) async fn look_through(
    fold: &Fold,
    done: &mut HashMap<Key, Seq>,
) -> Result<(), LoadError> {
    let spacing = fold.0.spacing;
    let journal = &fold.0.journal;
    let sessions = journal.long_sessions(2 * spacing, MOST_SESSIONS).await?;
    let mut now = HashMap::with_capacity(sessions.len());
    for (project, session, last) in sessions {
        let key: Key = (project, session);
        let before = done.get(&key).copied();
        if before.is_none_or(|before| last.0 >= before.0 + 2 * spacing) {
            fill(fold, &key, last).await?;
            now.insert(key, last);
        } else {
            now.insert(key, before.unwrap_or(last));
        }
    }
    *done = now;
    Ok(())
}

async fn fill(fold: &Fold, key: &Key, last: Seq) -> Result<(), LoadError> {
    let journal = &fold.0.journal;
    let places = journal
        .snapshot_places(&key.0, &key.1, BOARD_VERSION)
        .await?;
    let stride = stride(fold.0.spacing, last, &places);
    for (from, to) in gaps(&places, last, stride) {
        let Some(base) = journal
            .moment_base(&key.0, &key.1, BOARD_VERSION, from.max(Seq(1)))
            .await?
        else {
            return Ok(());
        };
        let kept = base.snapshot.filter(|kept| kept.seq <= from);
        let kept = kept.as_ref().and_then(stored::board_of);
        let mut board = kept.unwrap_or_else(|| Board::new(key.0.clone(), key.1.clone()));
        load::note_file(journal, &mut board, last);
        while board.seq() < to {
            let began = Instant::now();
            let next = Seq((board.seq().0 / stride + 1).saturating_mul(stride)).min(to);
            let more = load::fold_page(journal, &mut board, next).await?;
            if board.seq() == next && next < to {
                stored::put(journal, Arc::new(board.clone())).await;
            } else if !more && board.seq() < next {
                break;
            }
            rest(fold, began.elapsed()).await;
        }
    }
    Ok(())
}

async fn rest(fold: &Fold, worked: Duration) {
    let newest = fold.events_by_second();
    let is_busy = newest.last().is_some_and(|events| *events >= QUICKLY);
    sleep(worked * if is_busy { 10 } else { 1 }).await;
}

/// How far apart boards of a session are kept: as far as the bounds on their number and bytes ask, with room to spare,
/// so that none is made only to be dropped.
fn stride(spacing: u64, last: Seq, places: &[(Seq, u64)]) -> u64 {
    let bytes: u64 = places.iter().map(|(_, bytes)| bytes).sum();
    let mean = bytes.div_ceil(places.len().max(1) as u64).max(1);
    let most = (SNAPSHOTS_KEPT as u64).min(SNAPSHOTS_BYTES / mean) / 2;
    let mut stride = spacing;
    while last.0 / stride > most.max(1) && stride < last.0 {
        stride *= 2;
    }
    stride
}

/// The stretches without a board that are longer than twice the stride.
fn gaps(places: &[(Seq, u64)], last: Seq, stride: u64) -> Vec<(Seq, Seq)> {
    let known = places.iter().map(|(seq, _)| *seq);
    let mut ends: Vec<Seq> = std::iter::once(Seq(0)).chain(known).collect();
    ends.push(last);
    let pairs = ends.windows(2).map(|two| (two[0], two[1]));
    pairs
        .filter(|(from, to)| to.0.saturating_sub(from.0) > 2 * stride)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_long_stretches_are_gaps() {
        let places = [(Seq(10), 1), (Seq(50), 1), (Seq(60), 1)];
        assert_eq!(
            gaps(&places, Seq(95), 10),
            [(Seq(10), Seq(50)), (Seq(60), Seq(95))]
        );
        assert_eq!(gaps(&[], Seq(20), 10), []);
    }

    #[test]
    fn boards_lie_further_apart_where_there_would_be_too_many_or_too_large_ones() {
        assert_eq!(stride(2_000, Seq(1_000_000), &[]), 2_000);
        assert_eq!(stride(2_000, Seq(10_000_000), &[]), 32_000);
        let large = [(Seq(2_000), SNAPSHOTS_BYTES / 8)];
        assert_eq!(stride(2_000, Seq(1_000_000), &large), 256_000);
        let huge = [(Seq(2_000), SNAPSHOTS_BYTES)];
        assert_eq!(stride(2_000, Seq(1_000_000), &huge), 512_000);
    }
}
