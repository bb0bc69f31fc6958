//! A full disk: batches are refused as a whole, readers go on, and intake recovers by itself.

mod common;

use common::{all, at, bench_with, event, events, session};
use loopscope_event::{Duration, Offset, ProjectId, Seq, Timestamp};
use loopscope_journal::{AppendError, JournalError, Retention, SessionRecord, doctor};

const BOUND: u64 = 1 << 20;

#[tokio::test]
async fn a_full_disk_refuses_whole_batches_and_intake_recovers_when_there_is_room() {
    let bench = bench_with(|config| config.max_bytes_hard = Some(BOUND)).await;
    let journal = &bench.journal;
    journal.append(events("old", 0..100, 1000)).await.unwrap();
    let mut ended = SessionRecord::new(ProjectId::default(), session("old"));
    ended.ended_at = Some(at(100));
    ended.summary_seq = Seq(100);
    journal.put_sessions(vec![ended]).await.unwrap();

    let mut kept = 100;
    let refused = loop {
        match journal.append(events("new", kept..kept + 50, 1000)).await {
            Ok(receipt) => kept += receipt.len(),
            Err(error) => break error,
        }
        assert!(kept < 5_000, "the bound does not hold");
    };
    assert_eq!(refused, AppendError::DiskFull);
    assert_eq!(journal.head(), Offset(kept as u64));
    // Also when it comes again, and when others write.
    assert_eq!(
        journal.append(events("new", kept..kept + 50, 1000)).await,
        Err(AppendError::DiskFull)
    );
    let huge = loopscope_journal::Snapshot {
        seq: Seq(1),
        offset: Offset(1),
        board: vec![0; BOUND as usize],
    };
    let put = journal
        .put_snapshot(&ProjectId::default(), &session("old"), 1, huge)
        .await;
    assert_eq!(put, Err(JournalError::DiskFull));
    // Who asked to be told of the place in the order is told that there is none.
    let (tell, placed) = tokio::sync::oneshot::channel();
    let batch = events("new", kept..kept + 50, 1000);
    assert_eq!(
        journal.append_placed(batch, Some(tell)).await,
        Err(AppendError::DiskFull)
    );
    assert!(placed.await.is_err());
    // Nothing half-kept; readers go on.
    let before = all(journal).await;
    assert_eq!(before.len(), kept);
    assert_eq!(*bench.committed.lock().unwrap(), before);

    // Room is made, and the same batch passes, with the places that follow.
    let done = journal
        .retain(
            Retention {
                max_age: None,
                max_bytes: Some(BOUND * 9 / 10),
            },
            at(1_000),
        )
        .await
        .unwrap();
    assert!(done.sessions == 1 && done.events >= 100, "{done:?}");
    let receipt = journal
        .append(events("new", kept..kept + 50, 1000))
        .await
        .unwrap();
    assert_eq!(receipt[0].offset(), Offset(kept as u64 + 1));
    assert_eq!(receipt[0].seq(), Seq(kept as u64 - 100 + 1));
    bench.journal.close().await.unwrap();
    assert_eq!(
        doctor(bench.path()).await.unwrap().problems,
        [] as [&str; 0]
    );
}

#[tokio::test]
async fn a_small_batch_that_still_fits_is_taken_after_a_large_one_was_refused() {
    let bench = bench_with(|config| config.max_bytes_hard = Some(BOUND)).await;
    let large = bench.journal.append(events("a", 0..3_000, 1000)).await;
    assert_eq!(large, Err(AppendError::DiskFull));
    assert_eq!(
        bench
            .journal
            .append(vec![event("a", "1")])
            .await
            .unwrap()
            .len(),
        1
    );
    // A refused session is not there, and retention has nothing to do.
    let done = bench
        .journal
        .retain(
            Retention {
                max_age: Some(Duration::from_secs_f64(1e9)),
                max_bytes: Some(BOUND),
            },
            Timestamp::default(),
        )
        .await
        .unwrap();
    assert_eq!((done.sessions, done.events), (0, 0));
    assert_eq!(all(&bench.journal).await.len(), 1);
}
