//! What is kept of sessions: records, facets, totals, and what is behind.

mod common;

use common::sessions::{filled, ids, pages, record};
use common::{at, bench, events, project, session};
use loopscope_event::{Duration, ProjectId, RawJson, Seq, Severities};
use loopscope_journal::{SessionQuery, SessionRecord};

#[tokio::test]
async fn facets_count_under_the_other_choices_but_not_their_own() {
    let bench = filled(84).await;
    let everything = pages(
        &bench,
        &SessionQuery {
            limit: 1_000,
            ..SessionQuery::default()
        },
    )
    .await;
    let query = SessionQuery {
        statuses: vec!["failed".to_owned()],
        has_errors: Some(true),
        ..SessionQuery::default()
    };
    let facets = bench.journal.facets(&query).await.unwrap();
    let count = |passes: &dyn Fn(&SessionRecord) -> bool| {
        everything.iter().filter(|row| passes(row)).count() as u64
    };
    assert_eq!(facets.statuses.len(), 3);
    for (status, counted) in &facets.statuses {
        assert_eq!(
            *counted,
            count(&|row| row.status == *status && row.errors > 0),
            "{status}"
        );
    }
    for (dialect, counted) in &facets.dialects {
        assert_eq!(
            *counted,
            count(&|row| row.dialect == *dialect && row.status == "failed" && row.errors > 0)
        );
    }
    for (target, counted) in &facets.targets {
        assert_eq!(
            *counted,
            count(&|row| row.target.as_ref() == Some(target)
                && row.status == "failed"
                && row.errors > 0)
        );
    }
    assert_eq!(
        facets.with_errors,
        count(&|row| row.status == "failed" && row.errors > 0)
    );
    assert_eq!(
        facets.with_open_findings,
        count(&|row| row.status == "failed" && row.errors > 0 && row.findings_open > 0)
    );
}

#[tokio::test]
async fn totals_are_sums_and_means() {
    let bench = bench().await;
    assert_eq!(
        bench.journal.totals(None).await.unwrap(),
        loopscope_journal::Totals::default()
    );
    let mut batch = events("a", 0..3, 1);
    batch.extend(events("b", 0..1, 1));
    batch.extend(events("c", 0..1, 1));
    bench.journal.append(batch).await.unwrap();
    let record = |name: &str, iteration, seconds: i64, ended: bool, critical| {
        let mut record = SessionRecord::new(ProjectId::default(), session(name));
        record.iteration = iteration;
        record.duration = Duration::from_millis(seconds * 1000);
        record.ended_at = ended.then(|| at(0));
        record.started_at = at(0);
        record.status = if ended { "converged" } else { "running" }.to_owned();
        record.severities = Severities {
            critical,
            ..Severities::default()
        };
        record.findings_total = critical;
        record.errors = critical / 5;
        record.summary_seq = Seq(1);
        record
    };
    bench
        .journal
        .put_sessions(vec![
            record("a", 4, 10, true, 5),
            record("b", 0, 999, false, 2),
            record("c", 1, 20, true, 0),
        ])
        .await
        .unwrap();
    let totals = bench.journal.totals(None).await.unwrap();
    assert_eq!((totals.sessions, totals.events, totals.findings), (3, 5, 7));
    assert_eq!(
        totals.by_status,
        [("converged".to_owned(), 2), ("running".to_owned(), 1)]
    );
    assert!((totals.mean_iterations - 2.5).abs() < 1e-9);
    assert_eq!(totals.mean_duration, Duration::from_millis(15_000));
    assert_eq!(totals.severities.critical, 7);
    assert_eq!((totals.errors, totals.sessions_with_errors), (1, 1));
    let other = bench.journal.totals(Some(&project("other"))).await.unwrap();
    assert_eq!(other.sessions, 0);
    let days = bench
        .journal
        .sessions_per_day(None, at(86_400), 3)
        .await
        .unwrap();
    let counts: Vec<_> = days
        .iter()
        .map(|day| (day.sessions, day.converged, day.events, day.findings))
        .collect();
    assert_eq!(counts, [(0, 0, 0, 0), (3, 2, 5, 7), (0, 0, 0, 0)]);
}

#[tokio::test]
async fn a_record_is_kept_whole_and_never_by_an_older_one() {
    let bench = bench().await;
    let journal = &bench.journal;
    journal.append(events("s001", 0..5, 1)).await.unwrap();
    let get = async || {
        journal
            .session(&ProjectId::default(), &session("s001"))
            .await
            .unwrap()
            .unwrap()
    };
    let first = get().await;
    assert_eq!(
        (first.last_seq, first.status.as_str(), first.started_at),
        (Seq(5), "running", at(0))
    );
    assert_eq!((first.summary, first.summary_seq), (None, Seq(0)));
    assert_eq!(journal.sessions_behind().await.unwrap().len(), 1);

    let mut wanted = record(1);
    wanted.summary_seq = Seq(5);
    wanted.max_iterations = Some(10);
    wanted.open_severities = Severities {
        critical: 1,
        high: 2,
        medium: 3,
        low: 4,
        info: 5,
    };
    journal.put_sessions(vec![wanted.clone()]).await.unwrap();
    // What the journal keeps itself stays.
    wanted.last_seq = Seq(5);
    wanted.last_offset = first.last_offset;
    wanted.last_event_at = first.last_event_at;
    assert_eq!(get().await, wanted);
    assert_eq!(journal.sessions_behind().await.unwrap(), []);

    let mut older = wanted.clone();
    older.summary_seq = Seq(4);
    older.status = "failed".to_owned();
    older.summary = Some(RawJson::from_trusted("{}"));
    // One whose session does not exist changes nothing, and does not keep the rest from being written.
    let mut newer = wanted.clone();
    newer.summary = None;
    newer.status = "failed".to_owned();
    journal.put_sessions(vec![older, record(2)]).await.unwrap();
    assert_eq!(get().await, wanted);
    journal.put_sessions(vec![record(2), newer]).await.unwrap();
    let now = get().await;
    assert_eq!(
        (now.status.as_str(), &now.summary),
        ("failed", &wanted.summary)
    );

    journal.append(events("s001", 5..6, 1)).await.unwrap();
    assert_eq!(
        ids(&journal.sessions_behind().await.unwrap()),
        [session("s001")]
    );
}
