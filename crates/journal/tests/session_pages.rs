//! Pages of sessions, in every order, under every filter, while others come; and a page of events while more come.

mod common;

use std::collections::HashSet;

use common::sessions::{filled, ids, pages};
use common::{at, bench, event, project, session};
use loopscope_event::{Dialect, NewEvent, ProjectId, SessionId, Timestamp};
use loopscope_journal::{EventQuery, JournalError, SessionQuery, SessionRecord, SessionSort};

const SORTS: [SessionSort; 14] = [
    SessionSort::Started,
    SessionSort::LastEvent,
    SessionSort::Ended,
    SessionSort::Status,
    SessionSort::Name,
    SessionSort::Target,
    SessionSort::Duration,
    SessionSort::Iteration,
    SessionSort::Events,
    SessionSort::Findings,
    SessionSort::FindingsOpen,
    SessionSort::Fixes,
    SessionSort::Vulnerabilities,
    SessionSort::Errors,
];

#[tokio::test]
async fn small_pages_join_to_the_one_large_page_in_every_order() {
    let bench = filled(100).await;
    for sort in SORTS {
        for ascending in [false, true] {
            let query = |limit| SessionQuery {
                sort,
                ascending,
                limit,
                ..SessionQuery::default()
            };
            let large = bench.journal.sessions(&query(1_000)).await.unwrap();
            assert_eq!(
                (large.rows.len(), large.total, large.next),
                (100, 100, None)
            );
            assert_eq!(
                ids(&pages(&bench, &query(7)).await),
                ids(&large.rows),
                "{sort:?}"
            );
            // Exactly full pages have no empty one behind them.
            assert_eq!(
                ids(&pages(&bench, &query(50)).await),
                ids(&large.rows),
                "{sort:?}"
            );
            let skipped = SessionQuery {
                skip: 90,
                ..query(1_000)
            };
            let skipped = bench.journal.sessions(&skipped).await.unwrap();
            assert_eq!(ids(&skipped.rows), ids(&large.rows[90..]));
        }
    }
}

type Key = fn(&SessionRecord) -> (i64, String);

#[tokio::test]
async fn orders_are_those_of_their_columns() {
    let bench = filled(60).await;
    let table: Vec<(SessionSort, Key)> = vec![
        (SessionSort::Started, |r| {
            (r.started_at.as_micros(), String::new())
        }),
        (SessionSort::LastEvent, |r| {
            (r.last_event_at.as_micros(), String::new())
        }),
        (SessionSort::Ended, |r| {
            (
                r.ended_at.map_or(i64::MAX, Timestamp::as_micros),
                String::new(),
            )
        }),
        (SessionSort::Status, |r| (0, r.status.clone())),
        (SessionSort::Name, |r| {
            (
                0,
                r.name
                    .clone()
                    .unwrap_or_else(|| r.session_id.to_string())
                    .to_lowercase(),
            )
        }),
        (SessionSort::Target, |r| {
            (0, r.target.clone().unwrap_or_default())
        }),
        (SessionSort::Duration, |r| {
            (r.duration.as_micros(), String::new())
        }),
        (SessionSort::Iteration, |r| {
            (i64::from(r.iteration), String::new())
        }),
        (SessionSort::FindingsOpen, |r| {
            (r.findings_open as i64, String::new())
        }),
        (SessionSort::Errors, |r| (r.errors as i64, String::new())),
    ];
    for (sort, key) in table {
        let query = SessionQuery {
            sort,
            ascending: true,
            limit: 100,
            ..SessionQuery::default()
        };
        let rows = bench.journal.sessions(&query).await.unwrap().rows;
        assert!(rows.is_sorted_by_key(key), "{sort:?}");
        let query = SessionQuery {
            ascending: false,
            ..query
        };
        let mut down = bench.journal.sessions(&query).await.unwrap().rows;
        down.reverse();
        assert_eq!(ids(&down), ids(&rows), "{sort:?}");
    }
}

#[tokio::test]
async fn pages_are_stable_while_sessions_come() {
    let bench = filled(50).await;
    let mut query = SessionQuery {
        limit: 5,
        ..SessionQuery::default()
    };
    let before: HashSet<SessionId> = ids(&pages(
        &bench,
        &SessionQuery {
            limit: 1_000,
            ..query.clone()
        },
    )
    .await)
    .into_iter()
    .collect();
    let mut seen = Vec::new();
    for number in 0.. {
        let page = bench.journal.sessions(&query).await.unwrap();
        seen.extend(ids(&page.rows));
        // Newer and older ones come while somebody pages.
        let new = NewEvent {
            timestamp: at(if number % 2 == 0 {
                99_999_999
            } else {
                -99_999_999
            }),
            ..event(&format!("new{number}"), &format!("new{number}"))
        };
        bench.journal.append(vec![new]).await.unwrap();
        match page.next {
            Some(next) => query.after = Some(next),
            None => break,
        }
    }
    let old: Vec<_> = seen.iter().filter(|id| before.contains(*id)).collect();
    assert_eq!(old.len(), 50);
    assert_eq!(
        seen.iter().collect::<HashSet<_>>().len(),
        seen.len(),
        "none twice"
    );
}

type Passes = fn(&SessionRecord) -> bool;

fn filters() -> Vec<(SessionQuery, Passes)> {
    let query = || SessionQuery {
        limit: 1_000,
        ..SessionQuery::default()
    };
    let search = |text: &str| SessionQuery {
        search: Some(text.to_owned()),
        ..query()
    };
    vec![
        (query(), |_| true),
        (
            SessionQuery {
                project: Some(project("other")),
                ..query()
            },
            |r| r.project.as_str() == "other",
        ),
        (
            SessionQuery {
                project: Some(project("none")),
                ..query()
            },
            |_| false,
        ),
        (
            SessionQuery {
                statuses: vec!["failed".into(), "running".into()],
                ..query()
            },
            |r| r.status != "converged",
        ),
        (
            SessionQuery {
                dialects: vec![Dialect::Agents],
                ..query()
            },
            |r| r.dialect == Dialect::Agents,
        ),
        (
            SessionQuery {
                targets: vec!["target_0%".into()],
                ..query()
            },
            |r| r.target.as_deref() == Some("target_0%"),
        ),
        (
            SessionQuery {
                has_errors: Some(true),
                ..query()
            },
            |r| r.errors > 0,
        ),
        (
            SessionQuery {
                has_errors: Some(false),
                ..query()
            },
            |r| r.errors == 0,
        ),
        (
            SessionQuery {
                has_open_findings: Some(true),
                ..query()
            },
            |r| r.findings_open > 0,
        ),
        (
            SessionQuery {
                started_from: Some(at(86_400)),
                ..query()
            },
            |r| r.started_at >= at(86_400),
        ),
        (
            SessionQuery {
                started_before: Some(at(86_400)),
                ..query()
            },
            |r| r.started_at < at(86_400),
        ),
        (search("RUN 1"), |r| r.name.as_deref() == Some("Run 1")),
        (search("_1%"), |r| r.target.as_deref() == Some("target_1%")),
        (search(" s01 "), |r| {
            r.session_id.as_str().starts_with("s01")
        }),
        (search("%"), |r| r.target.is_some()),
        (search("'; DROP TABLE sessions --"), |_| false),
    ]
}

#[tokio::test]
async fn every_filter_passes_what_a_plain_loop_passes() {
    let bench = filled(80).await;
    let everything = pages(
        &bench,
        &SessionQuery {
            limit: 1_000,
            ..SessionQuery::default()
        },
    )
    .await;
    for (query, passes) in filters() {
        let expected: Vec<_> = everything
            .iter()
            .filter(|row| passes(row))
            .cloned()
            .collect();
        let page = bench.journal.sessions(&query).await.unwrap();
        assert_eq!(page.total, expected.len() as u64, "{query:?}");
        assert_eq!(page.rows, expected, "{query:?}");
    }
}

#[tokio::test]
async fn a_token_of_another_order_or_none_is_refused() {
    let bench = filled(10).await;
    for after in ["", "garbage", "n1", "täx1", "n1x1; DROP TABLE sessions"] {
        let query = SessionQuery {
            after: Some(after.to_owned()),
            limit: 1,
            ..SessionQuery::default()
        };
        assert_eq!(
            bench.journal.sessions(&query).await.unwrap_err(),
            JournalError::BadToken,
            "{after}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_page_and_its_count_are_of_one_moment() {
    const EVENTS: u64 = 400;
    let bench = bench().await;
    let journal = bench.journal.clone();
    let writing = tokio::spawn(async move {
        for number in 0..EVENTS {
            let event = event("a", &number.to_string());
            journal.append(vec![event]).await.unwrap();
        }
    });
    let query = EventQuery {
        limit: 1_000,
        count: true,
        ..EventQuery::default()
    };
    let mut seen = 0;
    while seen < EVENTS {
        let page = bench
            .journal
            .session_events(&ProjectId::default(), &session("a"), &query)
            .await
            .unwrap();
        assert_eq!(page.total, Some(page.events.len() as u64));
        seen = page.events.len() as u64;
    }
    writing.await.unwrap();
}
