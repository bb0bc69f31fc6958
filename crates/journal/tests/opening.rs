//! Opening: what is taken, what is refused, and that a refused file is left as it was.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

mod common;

use std::path::Path;

use common::{all, bench, event, events, new, open};
use loopscope_event::{Cursor, Offset};
use loopscope_journal::{Journal, JournalConfig, OpenError, ResetReason, doctor};

async fn try_open(path: &Path) -> Result<Journal, OpenError> {
    Journal::open(JournalConfig::new(path), |_| {}).await
}

/// A journal that was closed in order, as bytes.
async fn good_file(path: &Path) -> Vec<u8> {
    let journal = open(path).await;
    journal.append(events("a", 0..2_000, 100)).await.unwrap();
    journal.close().await.unwrap();
    std::fs::read(path).unwrap()
}

/// Opening refuses the bytes, in the way expected, and leaves them and their surroundings alone.
async fn refuses(what: &str, bytes: &[u8], expected: impl Fn(&OpenError) -> bool) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    std::fs::write(&path, bytes).unwrap();
    let error = try_open(&path).await.unwrap_err();
    assert!(expected(&error), "{what}: {error:?}");
    assert!(error.to_string().contains("journal.db"), "{what}: {error}");
    if doctor(&path)
        .await
        .is_ok_and(|report| report.problems.is_empty())
    {
        panic!("{what}: the doctor finds nothing");
    }
    assert!(std::fs::read(&path).unwrap() == bytes, "{what}: changed");
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["journal.db", "journal.db.lock"], "{what}");
}

#[tokio::test]
async fn a_file_that_is_not_a_whole_journal_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let good = good_file(&folder.path().join("good.db")).await;
    let corrupt = |error: &OpenError| matches!(error, OpenError::Corrupt { .. });
    let foreign = |error: &OpenError| matches!(error, OpenError::Foreign { .. });
    let with = |at: usize, bytes: &[u8]| {
        let mut file = good.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        file
    };
    refuses("text", b"hello, this is no database", corrupt).await;
    refuses("long text", &b"hello ".repeat(10_000), corrupt).await;
    refuses("one byte", b"S", corrupt).await;
    refuses("a garbled header", &with(0, b"garbage!"), corrupt).await;
    refuses("half a file", &good[..good.len() / 2], corrupt).await;
    refuses("a page short", &good[..good.len() - 4096], corrupt).await;
    refuses("a garbled schema page", &with(100, &[0xff; 3000]), corrupt).await;
    refuses(
        "a garbled page in the middle",
        &with(good.len() / 8192 * 4096, &[0xff; 4096]),
        corrupt,
    )
    .await;
    refuses("no application id", &with(68, &[0; 4]), foreign).await;
    refuses("another application id", &with(68, b"GPKG"), foreign).await;
    refuses("a newer schema", &with(60, &[0, 0, 0, 99]), |error| {
        matches!(
            error,
            OpenError::Newer {
                found: 99,
                known: loopscope_journal::SCHEMA_VERSION,
                ..
            }
        )
    })
    .await;
}

#[tokio::test]
async fn folders_are_made_and_an_empty_file_is_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a/b/journal.db");
    let journal = open(&path).await;
    journal.append(vec![event("a", "1")]).await.unwrap();
    let empty = folder.path().join("empty.db");
    std::fs::write(&empty, b"").unwrap();
    open(&empty).await;
    assert!(matches!(
        try_open(folder.path()).await,
        Err(OpenError::Corrupt { .. })
    ));
    let below_a_file = empty.join("journal.db");
    assert!(matches!(
        try_open(&below_a_file).await,
        Err(OpenError::Io { .. })
    ));
    assert!(matches!(
        doctor(folder.path().join("none.db")).await,
        Err(OpenError::Missing { .. })
    ));
}

#[tokio::test]
async fn two_servers_on_one_file_are_refused_by_name() {
    let bench = bench().await;
    let error = try_open(&bench.path()).await.unwrap_err();
    let OpenError::InUse { pid, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(pid, Some(std::process::id()));
    // The first one is not disturbed.
    bench.journal.append(vec![event("a", "1")]).await.unwrap();
    bench.journal.close().await.unwrap();
    assert!(try_open(&bench.path()).await.is_ok());
}

#[tokio::test]
async fn closing_in_order_keeps_the_epoch_and_leaves_one_file() {
    let bench = bench().await;
    bench.journal.append(events("a", 0..100, 10)).await.unwrap();
    let before = all(&bench.journal).await;
    let cursor = bench.journal.cursor();
    bench.journal.close().await.unwrap();
    for suffix in ["-wal", "-shm"] {
        assert!(
            !bench
                .folder
                .path()
                .join(format!("journal.db{suffix}"))
                .exists()
        );
    }
    let report = doctor(bench.path()).await.unwrap();
    assert_eq!(report.problems, [] as [&str; 0]);
    assert!(report.clean && !report.in_use);

    let journal = open(&bench.path()).await;
    assert_eq!(journal.cursor(), cursor);
    assert_eq!(all(&journal).await, before);
    assert_eq!(
        journal.append(vec![event("a", "x")]).await.unwrap(),
        [new(101, 101)]
    );
    let report = doctor(bench.path()).await;
    assert!(
        report.is_ok_and(|report| report.in_use && !report.clean && report.problems.is_empty())
    );
}

/// The files as they lie after a crash: the database and its log, copied from under a running journal.
fn copy_as_after_a_crash(from: &Path, to: &Path) {
    for suffix in ["", "-wal"] {
        let name = |path: &Path| format!("{}{suffix}", path.display());
        std::fs::copy(name(from), name(to)).unwrap();
    }
}

#[tokio::test]
async fn an_unclean_end_begins_an_epoch_and_costs_no_reader_that_saw_only_what_is_left() {
    let bench = bench().await;
    bench.journal.append(events("a", 0..10, 10)).await.unwrap();
    let crashed = bench.folder.path().join("crashed.db");
    copy_as_after_a_crash(&bench.path(), &crashed);
    // What the reader saw afterwards is not in the copy: lost with the power.
    bench.journal.append(events("a", 10..15, 10)).await.unwrap();
    let (seen_all, seen_kept) = (
        bench.journal.cursor(),
        Cursor {
            offset: Offset(10),
            ..bench.journal.cursor()
        },
    );

    let journal = open(&crashed).await;
    assert_eq!(
        (journal.epoch(), journal.head()),
        (seen_all.epoch + 1, Offset(10))
    );
    assert_eq!(journal.check_cursor(seen_kept), Ok(Offset(10)));
    assert_eq!(
        journal.check_cursor(seen_all),
        Err(ResetReason::EpochChanged)
    );
    // Also when other events have taken those places.
    journal.append(events("b", 0..50, 10)).await.unwrap();
    assert_eq!(
        journal.check_cursor(seen_all),
        Err(ResetReason::EpochChanged)
    );
    assert_eq!(journal.check_cursor(seen_kept), Ok(Offset(10)));
    assert_eq!(
        journal.check_cursor(Cursor {
            epoch: 77,
            offset: Offset(1)
        }),
        Err(ResetReason::UnknownEpoch)
    );
}

#[tokio::test]
async fn a_damaged_file_with_a_log_beside_it_is_refused_untouched() {
    let bench = bench().await;
    bench.journal.append(events("a", 0..10, 10)).await.unwrap();
    let crashed = bench.folder.path().join("crashed.db");
    copy_as_after_a_crash(&bench.path(), &crashed);
    let mut bytes = std::fs::read(&crashed).unwrap();
    bytes[4096..].fill(0xee);
    std::fs::write(&crashed, &bytes).unwrap();
    let log = std::fs::read(bench.folder.path().join("crashed.db-wal")).unwrap();
    let opened = try_open(&crashed).await;
    assert!(
        matches!(opened, Err(OpenError::Corrupt { .. })),
        "{opened:?}"
    );
    assert!(std::fs::read(&crashed).unwrap() == bytes);
    assert!(std::fs::read(bench.folder.path().join("crashed.db-wal")).unwrap() == log);
    assert!(!bench.folder.path().join("crashed.db-shm").exists());
}
