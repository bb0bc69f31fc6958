//! Reading: on from an offset, a session's pages, filters, beside a writer.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

mod common;

use common::{all, at, bench, event, events, project, session};
use loopscope_event::{Dialect, Event, Kind, NewEvent, Offset, ProjectId, RawJson, Seq, Severity};
use loopscope_journal::{EventFilter, EventOrder, EventQuery, Journal, Scan};

fn offsets(scan: &Scan) -> Vec<u64> {
    scan.events.iter().map(|event| event.offset.0).collect()
}

async fn read(journal: &Journal, from: u64, limit: u32, filter: &EventFilter) -> Scan {
    journal
        .read_after(Offset(from), limit, usize::MAX, filter)
        .await
        .unwrap()
}

#[tokio::test]
async fn reading_on_takes_limits_of_number_and_size() {
    let bench = bench().await;
    bench.journal.append(events("a", 0..10, 100)).await.unwrap();
    let open = EventFilter::default();
    let scan = read(&bench.journal, 3, 4, &open).await;
    assert_eq!(
        (offsets(&scan), scan.scanned),
        (vec![4, 5, 6, 7], Offset(7))
    );
    let scan = read(&bench.journal, 7, 4, &open).await;
    assert_eq!((offsets(&scan), scan.scanned), (vec![8, 9, 10], Offset(10)));
    let scan = read(&bench.journal, 10, 4, &open).await;
    assert_eq!((offsets(&scan), scan.scanned), (vec![], Offset(10)));
    // Two of them fit, a single one always does.
    for (max_bytes, expected) in [(300, 2), (1, 1)] {
        let scan = bench
            .journal
            .read_after(Offset(0), 10, max_bytes, &open)
            .await
            .unwrap();
        assert_eq!(scan.scanned, Offset(expected));
    }
}

/// Sixteen events that differ in everything that a filter can ask for.
fn varied() -> Vec<NewEvent> {
    (0..16_usize)
        .map(|number| {
            let bit = |place: usize| number >> place & 1 == 1;
            NewEvent {
                kind: if bit(0) { Kind::Finding } else { Kind::Log },
                severity: if bit(1) { Some(Severity::High) } else { None },
                dialect: if bit(2) {
                    Dialect::Loopscope
                } else {
                    Dialect::Convergence
                },
                iteration: if bit(3) { 2 } else { 1 },
                name: if bit(0) {
                    "STEP_COMPLETE".into()
                } else {
                    format!("skill:{number}")
                },
                project: if bit(1) {
                    ProjectId::default()
                } else {
                    project("other")
                },
                state: bit(2).then(|| "FIXING".to_owned()),
                data: RawJson::from_trusted(format!(r#"{{"percent":"{number}%","under":"_"}}"#)),
                ..event(if bit(3) { "a" } else { "b" }, &format!("id-{number}"))
            }
        })
        .collect()
}

type Passes = fn(&Event) -> bool;

#[expect(clippy::too_many_lines, reason = "a table")]
fn filters() -> Vec<(EventFilter, Passes)> {
    let open = EventFilter::default;
    let names = |names: &[&str]| EventFilter {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        ..open()
    };
    let text = |text: &str| EventFilter {
        text: Some(text.to_owned()),
        ..open()
    };
    vec![
        (open(), |_| true),
        (
            EventFilter {
                kinds: vec![Kind::Finding],
                ..open()
            },
            |e| e.kind == Kind::Finding,
        ),
        (
            EventFilter {
                kinds: vec![Kind::Error],
                ..open()
            },
            |_| false,
        ),
        (
            EventFilter {
                severities: vec![Severity::High, Severity::Low],
                ..open()
            },
            |e| e.severity.is_some(),
        ),
        (
            EventFilter {
                dialects: vec![Dialect::Loopscope],
                ..open()
            },
            |e| e.dialect == Dialect::Loopscope,
        ),
        (
            EventFilter {
                without_dialects: vec![Dialect::Loopscope],
                ..open()
            },
            |e| e.dialect != Dialect::Loopscope,
        ),
        (
            EventFilter {
                iteration: Some(2),
                ..open()
            },
            |e| e.iteration == 2,
        ),
        (
            EventFilter {
                project: Some(project("other")),
                ..open()
            },
            |e| e.project.as_str() == "other",
        ),
        (
            EventFilter {
                project: Some(project("none")),
                ..open()
            },
            |_| false,
        ),
        (
            EventFilter {
                sessions: vec![session("a")],
                ..open()
            },
            |e| e.session_id.as_str() == "a",
        ),
        (
            EventFilter {
                sessions: vec![session("a")],
                project: Some(project("other")),
                ..open()
            },
            |e| e.session_id.as_str() == "a" && e.project.as_str() == "other",
        ),
        (
            EventFilter {
                sessions: vec![session("a"), session("b")],
                ..open()
            },
            |_| true,
        ),
        (
            EventFilter {
                sessions: vec![session("none")],
                ..open()
            },
            |_| false,
        ),
        (names(&["step_complete"]), |e| e.name == "STEP_COMPLETE"),
        (names(&["step%complete"]), |_| false),
        (names(&["SKILL:*"]), |e| e.name.starts_with("skill:")),
        (names(&["skill:2", "Step*"]), |e| {
            e.name == "skill:2" || e.name == "STEP_COMPLETE"
        }),
        (names(&["*", "nothing"]), |_| true),
        (text("fixing"), |e| e.state.is_some()),
        (text("KILL:"), |e| e.name.starts_with("skill:")),
        (text("1%"), |e| e.data.as_str().contains("1%")),
        (text("_\"}"), |_| true),
        (text("\\"), |_| false),
        (
            EventFilter {
                kinds: vec![Kind::Log],
                iteration: Some(1),
                severities: vec![Severity::High],
                ..open()
            },
            |e| e.kind == Kind::Log && e.iteration == 1 && e.severity == Some(Severity::High),
        ),
    ]
}

#[tokio::test]
async fn every_filter_passes_what_a_plain_loop_passes() {
    let bench = bench().await;
    bench.journal.append(varied()).await.unwrap();
    let everything = all(&bench.journal).await;
    for (filter, passes) in filters() {
        let expected: Vec<_> = everything
            .iter()
            .filter(|event| passes(event))
            .cloned()
            .collect();
        // In one go, and one by one from where the last one was.
        let scan = read(&bench.journal, 0, 100, &filter).await;
        assert_eq!(scan.events, expected, "{filter:?}");
        assert_eq!(scan.scanned, Offset(16), "{filter:?}");
        let (mut stepped, mut from) = (Vec::new(), 0);
        while from < 16 {
            let scan = read(&bench.journal, from, 1, &filter).await;
            from = scan.scanned.0;
            stepped.extend(scan.events);
        }
        assert_eq!(stepped, expected, "{filter:?}");
    }
}

#[tokio::test]
async fn a_filter_that_nothing_passes_still_comes_to_the_head() {
    let bench = bench().await;
    bench
        .journal
        .append(events("a", 0..50_000, 1))
        .await
        .unwrap();
    let filter = EventFilter {
        kinds: vec![Kind::Error],
        ..EventFilter::default()
    };
    let mut from = 0;
    let mut calls = 0;
    while from < 50_000 {
        let scan = read(&bench.journal, from, 10, &filter).await;
        assert!(scan.scanned.0 > from && scan.events.is_empty());
        from = scan.scanned.0;
        calls += 1;
    }
    assert_eq!((from, calls), (50_000, 1));
}

#[tokio::test]
async fn a_sessions_pages_go_both_ways_and_by_number_and_by_clock() {
    let bench = bench().await;
    let mut batch = Vec::new();
    for number in 0..10 {
        batch.push(NewEvent {
            // The clock runs backwards, two by two.
            timestamp: at(100 - number / 2),
            ..event("a", &format!("a{number}"))
        });
        batch.push(event("b", &format!("b{number}")));
    }
    bench.journal.append(batch).await.unwrap();
    let page = async |query: EventQuery| {
        let page = bench
            .journal
            .session_events(&ProjectId::default(), &session("a"), &query)
            .await
            .unwrap();
        let seqs: Vec<u64> = page.events.iter().map(|event| event.seq.0).collect();
        (seqs, page.more, page.total)
    };
    let query = |order, limit| EventQuery {
        order,
        limit,
        ..EventQuery::default()
    };
    let up = query(EventOrder::Seq, 4);
    assert_eq!(page(up.clone()).await, (vec![1, 2, 3, 4], true, None));
    assert_eq!(
        page(EventQuery {
            after: Some(Seq(8)),
            ..up.clone()
        })
        .await,
        (vec![9, 10], false, None)
    );
    assert_eq!(
        page(EventQuery {
            after: Some(Seq(u64::MAX)),
            ..up.clone()
        })
        .await,
        (vec![], false, None)
    );
    let down = query(EventOrder::SeqDescending, 3);
    assert_eq!(
        page(EventQuery {
            before: Some(Seq(4)),
            ..down
        })
        .await,
        (vec![3, 2, 1], false, None)
    );
    assert_eq!(
        page(EventQuery {
            skip: 1,
            count: true,
            ..query(EventOrder::Time, 4)
        })
        .await,
        (vec![10, 7, 8, 5], true, Some(10))
    );
    assert_eq!(
        page(query(EventOrder::TimeDescending, 3)).await,
        (vec![2, 1, 4], true, None)
    );
    let unknown = bench
        .journal
        .session_events(
            &project("other"),
            &session("a"),
            &EventQuery { count: true, ..up },
        )
        .await
        .unwrap();
    assert_eq!((unknown.events.len(), unknown.total), (0, Some(0)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_beside_the_writer_see_every_event_once_in_order() {
    const EVENTS: u64 = 6_000;
    let bench = bench().await;
    let writer = {
        let journal = bench.journal.clone();
        tokio::spawn(async move {
            for start in (0..EVENTS as usize).step_by(60) {
                let name = if start % 120 == 0 { "a" } else { "b" };
                journal
                    .append(events(name, start..start + 60, 10))
                    .await
                    .unwrap();
            }
        })
    };
    let readers: Vec<_> = (0..6)
        .map(|reader| {
            let journal = bench.journal.clone();
            tokio::spawn(async move {
                let filter = EventFilter {
                    sessions: if reader % 2 == 0 {
                        vec![session("a")]
                    } else {
                        vec![]
                    },
                    ..EventFilter::default()
                };
                let (mut from, mut seen) = (Offset(0), Vec::new());
                while from.0 < EVENTS {
                    let scan = journal
                        .read_after(from, 50, usize::MAX, &filter)
                        .await
                        .unwrap();
                    if scan.scanned == from {
                        tokio::task::yield_now().await;
                    }
                    from = scan.scanned;
                    seen.extend(scan.events);
                }
                seen
            })
        })
        .collect();
    writer.await.unwrap();
    let everything = all(&bench.journal).await;
    assert_eq!(everything.len() as u64, EVENTS);
    for (reader, seen) in readers.into_iter().enumerate() {
        let expected: Vec<_> = everything
            .iter()
            .filter(|event| reader % 2 == 1 || event.session_id.as_str() == "a")
            .cloned()
            .collect();
        assert!(seen.await.unwrap() == expected, "reader {reader}");
    }
}
