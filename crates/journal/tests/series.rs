//! Series: written on what is there, read as of one moment, merged without a change, gone with their session.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

mod common;

use common::{bench, events, session};
use loopscope_event::{ProjectId, Seq};
use loopscope_journal::{Journal, Retention, SeriesChunk, SeriesMetric, SeriesPart, SeriesWrite};

fn metric(number: u32, name: &str) -> SeriesMetric {
    SeriesMetric {
        number,
        name: name.to_owned(),
        total: vec![number as u8],
    }
}

fn chunk(metric: u32, first: u64, count: u32) -> SeriesChunk {
    SeriesChunk {
        metric,
        first,
        count,
        whole: vec![1],
        buckets: vec![2; 10],
        points: vec![3; 100 * count as usize],
    }
}

fn write(after: u64, upto: u64, chunks: Vec<SeriesChunk>) -> SeriesWrite {
    SeriesWrite {
        version: 1,
        after: Seq(after),
        upto: Seq(upto),
        left_out: 0,
        metrics: vec![metric(0, "loss"), metric(1, "accuracy")],
        chunks,
    }
}

async fn put(journal: &Journal, name: &str, write: SeriesWrite) -> bool {
    let project = ProjectId::default();
    journal
        .put_series(&project, &session(name), write)
        .await
        .unwrap()
}

async fn places(journal: &Journal, name: &str) -> Option<Vec<(u32, u64, u32)>> {
    let project = ProjectId::default();
    let state = journal.series_state(&project, &session(name)).await;
    state.unwrap().map(|state| state.chunks)
}

#[tokio::test]
async fn series_are_written_on_what_is_there_and_read_as_they_stood() {
    let bench = bench().await;
    let journal = &bench.journal;
    journal.append(events("a", 0..9, 1)).await.unwrap();
    let project = ProjectId::default();
    assert_eq!(places(journal, "a").await, None);
    let first = write(0, 5, vec![chunk(0, 0, 3), chunk(1, 0, 2)]);
    assert!(put(journal, "a", first.clone()).await);
    // Neither twice, nor over a hole, nor for a session that is not there.
    assert!(!put(journal, "a", first).await);
    assert!(!put(journal, "a", write(4, 6, vec![chunk(0, 3, 1)])).await);
    assert!(!put(journal, "b", write(0, 1, Vec::new())).await);
    assert!(put(journal, "a", write(5, 8, vec![chunk(0, 3, 4)])).await);

    let state = journal.series_state(&project, &session("a")).await.unwrap();
    let state = state.unwrap();
    assert_eq!((state.version, state.seq), (1, Seq(8)));
    assert_eq!(state.metrics, [metric(0, "loss"), metric(1, "accuracy")]);
    assert_eq!(state.chunks, [(0, 0, 3), (0, 3, 4), (1, 0, 2)]);

    let id = session("a");
    let mut reader = journal.series_reader(&project, &id).await.unwrap().unwrap();
    let merged = journal
        .merge_series(&project, &id, Seq(8), vec![chunk(0, 0, 7)])
        .await;
    assert!(merged.unwrap());
    let old = reader.chunks(0, SeriesPart::Whole, 0..u64::MAX, 10).await;
    let old: Vec<_> = old.unwrap().into_iter().map(|(at, n, _)| (at, n)).collect();
    drop(reader);
    let mut reader = journal.series_reader(&project, &id).await.unwrap().unwrap();
    let new = reader.chunks(0, SeriesPart::Points, 0..u64::MAX, 10).await;
    let new = new.unwrap();
    assert_eq!(old, [(0, 3), (3, 4)]);
    assert_eq!(new, [(0, 7, vec![3; 700])]);
    assert_eq!(
        reader
            .chunks(0, SeriesPart::Buckets, 1..9, 10)
            .await
            .unwrap(),
        []
    );
    assert_eq!(places(journal, "a").await.unwrap(), [(0, 0, 7), (1, 0, 2)]);
}

#[tokio::test]
async fn series_that_are_not_up_to_their_events_are_found() {
    let bench = bench().await;
    let journal = &bench.journal;
    for name in ["done", "behind", "none"] {
        journal.append(events(name, 0..4, 1)).await.unwrap();
    }
    assert!(put(journal, "done", write(0, 4, Vec::new())).await);
    assert!(put(journal, "behind", write(0, 3, Vec::new())).await);
    let names = async |version| {
        let found = journal.series_behind(version, 9).await.unwrap();
        let mut names: Vec<_> = found.iter().map(|(_, id)| id.to_string()).collect();
        names.sort();
        names
    };
    assert_eq!(names(1).await, ["behind", "none"]);
    // Other rules: all of them are to be made anew.
    assert_eq!(names(2).await, ["behind", "done", "none"]);
}

#[tokio::test]
async fn series_go_with_their_session_and_with_the_events_they_were_made_of() {
    let bench = bench().await;
    let journal = &bench.journal;
    let project = ProjectId::default();
    for name in ["dropped", "deleted", "trimmed"] {
        journal.append(events(name, 0..3_000, 100)).await.unwrap();
        let many = (0..200).map(|n| chunk(0, n * 10, 10)).collect();
        assert!(put(journal, name, write(0, 3_000, many)).await);
    }
    journal
        .drop_series(&project, &session("dropped"))
        .await
        .unwrap();
    assert_eq!(places(journal, "dropped").await, None);
    assert!(put(journal, "dropped", write(0, 1, vec![chunk(0, 0, 1)])).await);

    let deleted = journal.delete_session(&project, &session("deleted")).await;
    assert!(deleted.unwrap());
    journal
        .append(events("deleted", 5_000..5_001, 1))
        .await
        .unwrap();
    assert_eq!(places(journal, "deleted").await, None);

    // No session has ended, so the oldest events go, and what was made of them before.
    let bounds = Retention {
        max_bytes: Some(200_000),
        ..Retention::default()
    };
    journal.retain(bounds, common::at(9)).await.unwrap();
    assert_eq!(places(journal, "trimmed").await, None);
}
