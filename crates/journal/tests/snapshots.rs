//! Snapshots of the fold: found at or before a moment, few, and gone with their version.

mod common;

use std::collections::HashSet;

use common::{bench, events, session};
use loopscope_event::{ProjectId, Seq};
use loopscope_journal::Snapshot;

#[tokio::test]
async fn snapshots_are_found_at_or_before_a_moment_and_stay_few() {
    let bench = bench().await;
    let journal = &bench.journal;
    journal.append(events("a", 0..1, 1)).await.unwrap();
    let (project, session) = (ProjectId::default(), session("a"));
    let snapshot = |seq: u64| Snapshot {
        seq: Seq(seq),
        offset: loopscope_event::Offset(seq * 2),
        board: seq.to_string().into_bytes(),
    };
    for seq in 1..=1_500 {
        journal
            .put_snapshot(&project, &session, 1, snapshot(seq * 10))
            .await
            .unwrap();
    }
    let latest = async |version, seq: Option<u64>| {
        journal
            .latest_snapshot(&project, &session, version, seq.map(Seq))
            .await
            .unwrap()
    };
    assert_eq!(latest(1, None).await, Some(snapshot(15_000)));
    assert_eq!(latest(1, Some(10)).await, Some(snapshot(10)));
    assert_eq!(latest(1, Some(9)).await, None);
    assert_eq!(latest(2, None).await, None);
    let mut found = HashSet::new();
    for seq in (1..=15_000).step_by(7) {
        if let Some(snapshot) = latest(1, Some(seq)).await {
            assert!(snapshot.seq.0 <= seq && seq - snapshot.seq.0 <= 40, "{seq}");
            found.insert(snapshot.seq);
        }
    }
    assert!(found.len() <= 1_024, "{}", found.len());
    // The same place again replaces; another version of the fold lets the old ones go.
    journal
        .put_snapshot(&project, &session, 2, snapshot(5))
        .await
        .unwrap();
    assert_eq!(latest(1, None).await, None);
    assert_eq!(latest(2, None).await, Some(snapshot(5)));
    // A session that is not there is nothing to keep one of.
    let nobody = common::session("nobody");
    journal
        .put_snapshot(&project, &nobody, 1, snapshot(1))
        .await
        .unwrap();
    assert_eq!(
        journal
            .latest_snapshot(&project, &nobody, 1, None)
            .await
            .unwrap(),
        None
    );
}
