//! Retention: what goes, what stays, the space given back, and that readers are told.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

mod common;

use common::{all, at, bench, event, events, new, open, project, session};
use loopscope_event::{Cursor, Duration, EventId, NewEvent, Offset, ProjectId, Seq, Timestamp};
use loopscope_journal::{
    EventFilter, EventQuery, Journal, ResetReason, Retention, SessionQuery, SessionRecord,
    Snapshot, doctor,
};

const fn by_age(seconds: i64) -> Retention {
    Retention {
        max_age: Some(Duration::from_millis(seconds * 1000)),
        max_bytes: None,
    }
}

const fn by_size(bytes: u64) -> Retention {
    Retention {
        max_age: None,
        max_bytes: Some(bytes),
    }
}

async fn end(journal: &Journal, name: &str, at: Timestamp) {
    let mut record = SessionRecord::new(ProjectId::default(), session(name));
    record.ended_at = Some(at);
    record.summary_seq = Seq(1);
    journal.put_sessions(vec![record]).await.unwrap();
}

async fn names(journal: &Journal) -> Vec<String> {
    let query = SessionQuery {
        limit: 100,
        ascending: true,
        sort: loopscope_journal::SessionSort::Name,
        ..SessionQuery::default()
    };
    let page = journal.sessions(&query).await.unwrap();
    page.rows
        .iter()
        .map(|row| row.session_id.to_string())
        .collect()
}

/// Events of which `received` seconds is the time of all.
fn received(
    name: &str,
    numbers: std::ops::Range<usize>,
    bytes: usize,
    seconds: i64,
) -> Vec<NewEvent> {
    let events = events(name, numbers, bytes).into_iter();
    events
        .map(|event| NewEvent {
            received_at: at(seconds),
            ..event
        })
        .collect()
}

#[tokio::test]
async fn sessions_beyond_their_age_go_as_a_whole_and_the_rest_stays() {
    let bench = bench().await;
    let journal = &bench.journal;
    journal
        .append(received("old", 0..3_000, 200, 100))
        .await
        .unwrap();
    journal
        .append(received("living", 0..10, 200, 100))
        .await
        .unwrap();
    journal
        .append(received("young", 0..10, 200, 500))
        .await
        .unwrap();
    journal
        .append(received("living", 10..20, 200, 500))
        .await
        .unwrap();
    let board = Snapshot {
        seq: Seq(5),
        offset: Offset(5),
        board: vec![1; 100],
    };
    for name in ["old", "young"] {
        journal
            .put_snapshot(&ProjectId::default(), &session(name), 1, board.clone())
            .await
            .unwrap();
    }
    let done = journal.retain(by_age(200), at(600)).await.unwrap();
    assert_eq!((done.sessions, done.events), (1, 3_000));
    assert_eq!(names(journal).await, ["living", "young"]);
    assert_eq!(all(journal).await.len(), 30);
    let snapshot = async |name| {
        journal
            .latest_snapshot(&ProjectId::default(), &session(name), 1, None)
            .await
            .unwrap()
    };
    assert_eq!(
        (snapshot("old").await, snapshot("young").await),
        (None, Some(board))
    );
    // A cursor within what went is told; one behind it, and one at the beginning, go on.
    let check = |offset| {
        journal.check_cursor(Cursor {
            epoch: journal.epoch(),
            offset: Offset(offset),
        })
    };
    assert_eq!(check(2_999), Err(ResetReason::Retention));
    assert_eq!(check(3_000), Ok(Offset(3_000)));
    assert_eq!(check(0), Ok(Offset(0)));
    // The session may come back, and its ids are free again.
    let back = journal
        .append(received("old", 0..2, 200, 600))
        .await
        .unwrap();
    assert_eq!(back, [new(3_031, 1), new(3_032, 2)]);
}

#[tokio::test]
async fn one_session_is_deleted_and_its_name_is_free_again() {
    let bench = bench().await;
    let journal = &bench.journal;
    for name in ["a", "b"] {
        journal.append(events(name, 0..3, 10)).await.unwrap();
    }
    let (project, deleted) = (ProjectId::default(), session("a"));
    assert!(journal.delete_session(&project, &deleted).await.unwrap());
    assert!(!journal.delete_session(&project, &deleted).await.unwrap());
    assert_eq!(names(journal).await, ["b"]);
    let again = journal.append(events("a", 10..11, 10)).await.unwrap();
    assert_eq!(again[0].seq(), Seq(1));
    assert_eq!(names(journal).await, ["a", "b"]);
}

#[tokio::test]
async fn the_file_gives_its_space_back() {
    let bench = bench().await;
    let journal = &bench.journal;
    for session in 0..20 {
        let name = format!("s{session:02}");
        journal
            .append(received(&name, 0..500, 1_000, session))
            .await
            .unwrap();
        // The later ones ended first.
        end(journal, &name, at(100 - session)).await;
    }
    // Moves the log into the file, so that its size says something.
    journal.retain(Retention::default(), at(0)).await.unwrap();
    let before = std::fs::metadata(bench.path()).unwrap().len();
    assert!(before > 10_000_000, "{before}");

    let done = journal.retain(by_size(before / 2), at(0)).await.unwrap();
    let after = std::fs::metadata(bench.path()).unwrap().len();
    assert!(after <= before / 2, "{after} of {before}");
    assert!(
        after > before * 4 / 10,
        "more went than had to: {after} of {before}"
    );
    assert_eq!(done.bytes, before - after);
    assert_eq!(journal.storage().await.unwrap().free_bytes, 0);
    let kept = names(journal).await;
    assert_eq!(kept.len() as u64, 20 - done.sessions);
    assert_eq!(kept[0], "s00", "the one that ended last stays");
    assert_eq!(done.events, done.sessions * 500);
}

#[tokio::test]
async fn where_nothing_has_ended_the_oldest_events_go() {
    let bench = bench().await;
    let journal = &bench.journal;
    for start in (0..10_000).step_by(1_000) {
        journal
            .append(events("a", start..start + 1_000, 500))
            .await
            .unwrap();
        journal
            .append(events("b", start..start + 10, 500))
            .await
            .unwrap();
    }
    let done = journal.retain(by_size(3_000_000), at(0)).await.unwrap();
    assert!(done.sessions == 0 && done.events > 4_000, "{done:?}");
    let kept = all(journal).await;
    assert_eq!(kept.len() as u64, 10_100 - done.events);
    // What is left of a session is its end, without a hole, and the row says from where.
    for name in ["a", "b"] {
        let row = journal
            .session(&ProjectId::default(), &session(name))
            .await
            .unwrap()
            .unwrap();
        let seqs: Vec<u64> = kept
            .iter()
            .filter(|e| e.session_id == session(name))
            .map(|e| e.seq.0)
            .collect();
        assert_eq!(seqs, (row.first_seq.0..=row.last_seq.0).collect::<Vec<_>>());
        assert!(row.first_seq.0 > 1);
    }
    // A session filter finds its place among what is left.
    let filter = EventFilter {
        sessions: vec![session("b")],
        ..EventFilter::default()
    };
    let scan = journal
        .read_after(Offset(0), 100, usize::MAX, &filter)
        .await
        .unwrap();
    assert!(
        !scan.events.is_empty()
            && scan
                .events
                .iter()
                .all(|event| event.session_id == session("b"))
    );
}

#[tokio::test]
async fn offsets_are_not_given_again_when_the_newest_events_went() {
    let bench = bench().await;
    bench
        .journal
        .append(received("keep", 0..5, 10, 1_000))
        .await
        .unwrap();
    bench
        .journal
        .append(received("go", 0..5, 10, 0))
        .await
        .unwrap();
    let done = bench.journal.retain(by_age(500), at(1_000)).await.unwrap();
    assert_eq!(done.events, 5);
    bench.journal.close().await.unwrap();
    let journal = open(&bench.path()).await;
    assert_eq!(
        (journal.head(), journal.horizon()),
        (Offset(10), Offset(10))
    );
    assert_eq!(
        journal.append(vec![event("keep", "x")]).await.unwrap(),
        [new(11, 6)]
    );
    // Everything may go, down to nothing.
    let done = journal.retain(by_size(0), at(1_000)).await.unwrap();
    assert_eq!(done.events, 6);
    assert_eq!(
        journal.append(vec![event("keep", "y")]).await.unwrap(),
        [new(12, 7)]
    );
    journal.close().await.unwrap();
    assert_eq!(
        doctor(bench.path()).await.unwrap().problems,
        [] as [&str; 0]
    );
}

#[tokio::test]
async fn a_reader_on_its_way_sees_that_the_horizon_rose_above_it() {
    let bench = bench().await;
    let journal = &bench.journal;
    journal.append(received("go", 0..100, 10, 0)).await.unwrap();
    journal
        .append(received("keep", 0..100, 10, 1_000))
        .await
        .unwrap();
    let began = journal.horizon();
    let open = EventFilter::default();
    let first = journal
        .read_after(Offset(0), 50, usize::MAX, &open)
        .await
        .unwrap();
    assert_eq!((first.scanned, first.horizon), (Offset(50), began));
    journal.retain(by_age(500), at(1_000)).await.unwrap();
    let second = journal
        .read_after(first.scanned, 50, usize::MAX, &open)
        .await
        .unwrap();
    assert!(second.horizon > began && second.horizon > first.scanned);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn intake_goes_on_meanwhile() {
    let bench = bench().await;
    let journal = bench.journal.clone();
    for number in 0..10 {
        let name = format!("old{number}");
        journal
            .append(received(&name, 0..1_000, 100, 0))
            .await
            .unwrap();
    }
    let intake = {
        let journal = journal.clone();
        tokio::spawn(async move {
            for start in (0..4_000).step_by(20) {
                journal
                    .append(received("now", start..start + 20, 100, 1_000))
                    .await
                    .unwrap();
            }
        })
    };
    let done = journal.retain(by_age(500), at(1_000)).await.unwrap();
    assert_eq!((done.sessions, done.events), (10, 10_000));
    intake.await.unwrap();
    let query = EventQuery {
        limit: 10_000,
        ..EventQuery::default()
    };
    let page = journal
        .session_events(&ProjectId::default(), &session("now"), &query)
        .await
        .unwrap();
    let seqs: Vec<u64> = page.events.iter().map(|event| event.seq.0).collect();
    assert_eq!(seqs, (1..=4_000).collect::<Vec<_>>());
    journal.close().await.unwrap();
    assert_eq!(
        doctor(bench.path()).await.unwrap().problems,
        [] as [&str; 0]
    );
}

#[tokio::test]
async fn a_removal_that_was_cut_short_goes_on_and_shows_nothing_meanwhile() {
    let bench = bench().await;
    bench
        .journal
        .append(received("go", 0..10, 10, 0))
        .await
        .unwrap();
    bench
        .journal
        .append(received("keep", 0..10, 10, 0))
        .await
        .unwrap();
    bench.journal.close().await.unwrap();
    // As a crash between the session's row and its events leaves it.
    {
        use sqlx::{ConnectOptions as _, Connection as _};
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(bench.path());
        let mut conn = options.connect().await.unwrap();
        sqlx::raw_sql("INSERT INTO doomed VALUES (1); DELETE FROM sessions WHERE key = 1")
            .execute(&mut conn)
            .await
            .unwrap();
        conn.close().await.unwrap();
    }
    let journal = open(&bench.path()).await;
    assert_eq!(all(&journal).await.len(), 10);
    // The session comes back under a key of its own while the old events are still there.
    let anew = NewEvent {
        event_id: EventId::new("anew").unwrap(),
        project: project("default"),
        ..event("go", "anew")
    };
    assert_eq!(journal.append(vec![anew]).await.unwrap(), [new(21, 1)]);
    let done = journal.retain(Retention::default(), at(0)).await.unwrap();
    assert_eq!((done.sessions, done.events), (0, 10));
    assert_eq!(all(&journal).await.len(), 11);
    journal.close().await.unwrap();
    assert_eq!(
        doctor(bench.path()).await.unwrap().problems,
        [] as [&str; 0]
    );
}
