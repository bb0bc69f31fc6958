//! Copies of the whole file: made while it is written to, put in its place, refused where they must be.

mod common;

use common::{all, bench, events, open};
use loopscope_event::{Cursor, Offset};
use loopscope_journal::{BackupError, OpenError, ResetReason, backup, doctor, restore};

#[tokio::test]
async fn a_backup_of_a_journal_in_use_is_a_journal_of_its_own() {
    let bench = bench().await;
    bench
        .journal
        .append(events("s", 0..500, 200))
        .await
        .unwrap();
    let copy = bench.folder.path().join("copy.db");
    let writer = bench.journal.clone();
    let (made, appended) = tokio::join!(
        bench.journal.backup(&copy),
        writer.append(events("t", 0..500, 200))
    );
    appended.unwrap();
    assert_eq!(made.unwrap(), std::fs::metadata(&copy).unwrap().len());
    let again = bench.journal.backup(&copy).await;
    assert!(
        matches!(again, Err(BackupError::Exists { .. })),
        "{again:?}"
    );
    assert_eq!(doctor(&copy).await.unwrap().problems, Vec::<String>::new());

    let target = bench.folder.path().join("new/journal.db");
    assert_eq!(restore(&copy, &target, false).await.unwrap(), None);
    let restored = open(&target).await;
    let (here, there) = (all(&bench.journal).await, all(&restored).await);
    assert!(there.len() >= 500, "{}", there.len());
    assert_eq!(here[..there.len()], there[..]);
    // Who saw more of the other one than this one has is told so, also when this one has grown.
    bench.journal.append(events("v", 0..10, 10)).await.unwrap();
    restored.append(events("u", 0..900, 10)).await.unwrap();
    let cursor = Cursor {
        epoch: bench.journal.epoch(),
        offset: Offset(1_010),
    };
    assert_eq!(
        restored.check_cursor(cursor),
        Err(ResetReason::EpochChanged)
    );
    assert!(restored.epoch() > bench.journal.epoch());
    restored.close().await.unwrap();
}

#[tokio::test]
async fn a_journal_is_replaced_only_where_it_may_be_and_stays_beside() {
    let bench = bench().await;
    bench.journal.append(events("s", 0..10, 10)).await.unwrap();
    let copy = bench.folder.path().join("copy.db");
    bench.journal.backup(&copy).await.unwrap();
    bench.journal.append(events("s", 10..20, 10)).await.unwrap();
    let running = restore(&copy, bench.path(), true).await;
    let Err(BackupError::Open(OpenError::InUse { .. })) = running else {
        panic!("{running:?}");
    };
    bench.journal.close().await.unwrap();
    let second = bench.folder.path().join("second.db");
    backup(bench.path(), &second).await.unwrap();
    assert_eq!(doctor(&second).await.unwrap().storage.events, 20);
    let there = restore(&copy, bench.path(), false).await;
    assert!(
        matches!(there, Err(BackupError::Exists { .. })),
        "{there:?}"
    );
    let epoch = doctor(bench.path()).await.unwrap().epoch;
    let old = restore(&copy, bench.path(), true).await.unwrap().unwrap();
    let restored = open(&bench.path()).await;
    assert_eq!(restored.head(), Offset(10));
    assert!(restored.epoch() > epoch);
    restored.close().await.unwrap();
    assert_eq!(doctor(old).await.unwrap().storage.events, 20);
}

#[tokio::test]
async fn what_is_no_backup_or_a_newer_one_is_refused_and_nothing_is_left_behind() {
    let folder = tempfile::tempdir().unwrap();
    let (text, target) = (folder.path().join("text"), folder.path().join("journal.db"));
    std::fs::write(
        &text,
        "not a database, but long enough to hold a header".repeat(9),
    )
    .unwrap();
    assert!(restore(&text, &target, false).await.is_err());
    assert!(
        restore(folder.path().join("none"), &target, false)
            .await
            .is_err()
    );
    let bench = bench().await;
    bench
        .journal
        .append(events("s", 0..400, 100))
        .await
        .unwrap();
    let copy = folder.path().join("copy.db");
    bench.journal.backup(&copy).await.unwrap();
    let mut bytes = std::fs::read(&copy).unwrap();
    let newer = folder.path().join("newer.db");
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&newer, &bytes).unwrap();
    let refused = restore(&newer, &target, false).await;
    let Err(BackupError::Open(OpenError::Newer { found: 99, .. })) = refused else {
        panic!("{refused:?}");
    };
    // A page in the middle is overwritten.
    bytes = std::fs::read(&copy).unwrap();
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0x5a);
    let damaged = folder.path().join("damaged.db");
    std::fs::write(&damaged, &bytes).unwrap();
    assert!(restore(&damaged, &target, false).await.is_err());
    let left: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with("journal.db") && name != "journal.db.lock")
        .collect();
    assert_eq!(left, Vec::<String>::new());
}
