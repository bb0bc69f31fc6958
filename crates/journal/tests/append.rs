//! Appending: places, receipts, duplicates, and what the live ring is told.

mod common;

use common::{again, all, at, bench, bench_with, event, events, new, open, project};
use loopscope_event::{EventId, Kind, NewEvent, Offset, RawJson, Seq, Severity};
use loopscope_journal::AppendError;

#[tokio::test]
async fn events_get_places_in_the_journal_and_in_their_session() {
    let bench = bench().await;
    let batch = vec![event("a", "1"), event("b", "2"), event("a", "3")];
    let receipt = bench.journal.append(batch).await.unwrap();
    assert_eq!(receipt, [new(1, 1), new(2, 1), new(3, 2)]);
    let receipt = bench.journal.append(vec![event("b", "4")]).await.unwrap();
    assert_eq!(receipt, [new(4, 2)]);
    assert_eq!(bench.journal.head(), Offset(4));
    assert_eq!(bench.journal.append(vec![]).await.unwrap(), []);
}

#[tokio::test]
async fn an_event_comes_back_as_it_was_sent() {
    let bench = bench().await;
    let odd = NewEvent {
        event_id: EventId::new("0190a3c4-7b21-7e10-8c00-0123456789ab").unwrap(),
        project: project("other"),
        kind: Kind::Opportunity,
        severity: Some(Severity::Low),
        state: None,
        iteration: u32::MAX,
        timestamp: at(-9_000_000_000),
        name: "skill:started ✓ \u{0} %_'\"".to_owned(),
        data: RawJson::parse(r#"{"a" : 1.50e3, "b":[ ], "c":"\u0000"}"#).unwrap(),
        ..event("session with spaces", "x")
    };
    let sent = vec![
        odd.clone(),
        NewEvent {
            event_id: EventId::new("0190A3C4-7B21-7E10-8C00-0123456789AB").unwrap(),
            ..odd
        },
    ];
    bench.journal.append(sent.clone()).await.unwrap();
    let back = all(&bench.journal).await;
    let expected: Vec<_> = (1..)
        .zip(sent)
        .map(|(place, event)| event.placed(Offset(place), loopscope_event::Seq(place)))
        .collect();
    assert_eq!(
        back.iter()
            .map(|event| (**event).clone())
            .collect::<Vec<_>>(),
        expected
    );
    assert_eq!(
        bench.journal.event(Offset(2)).await.unwrap().as_ref(),
        expected.get(1)
    );
    assert_eq!(bench.journal.event(Offset(3)).await.unwrap(), None);
    assert_eq!(*bench.committed.lock().unwrap(), back);
}

#[tokio::test]
async fn the_same_id_is_one_row_and_answers_with_the_first_place() {
    let bench = bench().await;
    let batch = vec![event("a", "1"), event("a", "1"), event("a", "2")];
    assert_eq!(
        bench.journal.append(batch).await.unwrap(),
        [new(1, 1), again(1, 1), new(2, 2)]
    );
    // In another session of the project it is the same event; in another project it is another.
    let elsewhere = NewEvent {
        project: project("other"),
        ..event("a", "1")
    };
    let batch = vec![event("b", "2"), elsewhere, event("a", "3")];
    assert_eq!(
        bench.journal.append(batch).await.unwrap(),
        [again(2, 2), new(3, 1), new(4, 3)]
    );
    // A session whose only event was a duplicate does not exist.
    assert_eq!(bench.journal.sessions_behind().await.unwrap().len(), 2);
}

#[tokio::test]
async fn duplicates_are_known_after_a_restart_and_beyond_memory() {
    let bench = bench().await;
    let many = events("a", 0..20_000, 1);
    bench.journal.append(many.clone()).await.unwrap();
    // The oldest have left the memory of recent ids; new ones stand between them.
    let mut mixed = many[..3].to_vec();
    mixed.insert(1, event("a", "fresh-1"));
    mixed.push(event("a", "fresh-2"));
    let expected = [
        again(1, 1),
        new(20_001, 20_001),
        again(2, 2),
        again(3, 3),
        new(20_002, 20_002),
    ];
    assert_eq!(bench.journal.append(mixed.clone()).await.unwrap(), expected);
    bench.journal.close().await.unwrap();

    let journal = open(&bench.path()).await;
    let receipt = journal.append(mixed).await.unwrap();
    assert_eq!(
        receipt,
        [
            again(1, 1),
            again(20_001, 20_001),
            again(2, 2),
            again(3, 3),
            again(20_002, 20_002)
        ]
    );
    assert_eq!(
        journal.append(vec![event("a", "3rd")]).await.unwrap(),
        [new(20_003, 20_003)]
    );
}

#[tokio::test]
async fn a_full_queue_says_so_and_a_batch_above_the_bound_passes_alone() {
    let bench = bench_with(|config| config.queue_bytes = 4096).await;
    let large = events("a", 0..50, 1000);
    assert_eq!(bench.journal.append(large).await.unwrap().len(), 50);
    let results = futures_util::future::join_all(
        (0..64).map(|number| bench.journal.append(events("b", number..number + 1, 1000))),
    )
    .await;
    let accepted = results.iter().filter(|result| result.is_ok()).count();
    let refused = results
        .iter()
        .filter(|result| **result == Err(AppendError::TooBusy))
        .count();
    assert_eq!(accepted + refused, 64);
    assert!(refused > 0 && accepted > 0, "{accepted} accepted");
    assert_eq!(bench.journal.queued_bytes(), (0, 4096));
}

#[tokio::test]
async fn after_close_everything_answers_closed() {
    let bench = bench().await;
    let clone = bench.journal.clone();
    let (appended, closed) =
        tokio::join!(clone.append(vec![event("a", "1")]), bench.journal.close());
    assert_eq!((appended, closed), (Ok(vec![new(1, 1)]), Ok(())));
    assert_eq!(
        clone.append(vec![event("a", "2")]).await,
        Err(AppendError::Closed)
    );
    assert!(clone.sessions_behind().await.is_err());
    assert_eq!(clone.close().await, Ok(()));
}

#[tokio::test]
async fn dropping_the_last_handle_closes_in_order() {
    let bench = bench().await;
    bench.journal.append(vec![event("a", "1")]).await.unwrap();
    let path = bench.path();
    let epoch = bench.journal.epoch();
    drop(bench.journal);
    // The lock goes last.
    let journal = loop {
        match loopscope_journal::Journal::open(loopscope_journal::JournalConfig::new(&path), |_| {})
            .await
        {
            Ok(journal) => break journal,
            Err(loopscope_journal::OpenError::InUse { .. }) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!((journal.epoch(), journal.head()), (epoch, Offset(1)));
}

/// Batches that are handed over as soon as the one before is placed stand in that order, and each is visible by then.
#[tokio::test]
async fn a_batch_is_told_its_place_before_its_receipt() {
    let bench = bench().await;
    let journal = &bench.journal;
    let mut under_way = Vec::new();
    for first in (0..200).step_by(10) {
        let (tell, placed) = tokio::sync::oneshot::channel();
        let journal = journal.clone();
        under_way.push(tokio::spawn(async move {
            let batch = events("s", first..first + 10, 10);
            journal.append_placed(batch, Some(tell)).await
        }));
        placed.await.unwrap();
        assert_eq!(bench.committed.lock().unwrap().len(), first + 10);
    }
    let mut next = 1;
    for receipt in under_way {
        for appended in receipt.await.unwrap().unwrap() {
            assert_eq!(appended.seq(), Seq(next));
            next += 1;
        }
    }
    assert_eq!(next, 201);
}
