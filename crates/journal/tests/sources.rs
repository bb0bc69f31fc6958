//! Notes of where sessions come from, our own events, and figures of a part of the sessions.

mod common;

use common::{bench, event, open, session};
use loopscope_event::{Dialect, NewEvent, ProjectId, Seq};
use loopscope_journal::{SessionQuery, SessionRecord};

#[tokio::test]
async fn a_source_outlives_the_journal_and_ended_sessions_are_not_asked_for() {
    let bench = bench().await;
    let project = ProjectId::default();
    let batch = vec![
        event("runs", "1"),
        event("ended", "2"),
        event("posted", "3"),
    ];
    bench.journal.append(batch).await.unwrap();
    for name in ["runs", "ended", "unknown"] {
        bench
            .journal
            .set_source(&project, &session(name), "ws://loop")
            .await
            .unwrap();
    }
    let record = SessionRecord {
        status: "failed".to_owned(),
        summary_seq: Seq(1),
        ..SessionRecord::new(project.clone(), session("ended"))
    };
    bench.journal.put_sessions(vec![record]).await.unwrap();
    bench.journal.close().await.unwrap();

    let journal = open(&bench.path()).await;
    let found = journal.unended_with_source().await.unwrap();
    let shown: Vec<_> = found
        .iter()
        .map(|row| {
            (
                row.session_id.as_str(),
                row.source.as_str(),
                row.status.as_str(),
            )
        })
        .collect();
    assert_eq!(shown, [("runs", "ws://loop", "running")]);
}

#[tokio::test]
async fn our_own_events_are_told_from_the_producers() {
    let bench = bench().await;
    let own = NewEvent {
        dialect: Dialect::Loopscope,
        ..event("a", "own")
    };
    bench
        .journal
        .append(vec![event("a", "1"), own, event("b", "2")])
        .await
        .unwrap();
    assert_eq!(
        bench
            .journal
            .own_events(&ProjectId::default())
            .await
            .unwrap(),
        1
    );
    let other = ProjectId::new("other").unwrap();
    assert_eq!(bench.journal.own_events(&other).await.unwrap(), 0);
}

#[tokio::test]
async fn figures_can_be_of_a_part_of_the_sessions() {
    let bench = bench().await;
    bench
        .journal
        .append(vec![event("a", "1"), event("b", "2")])
        .await
        .unwrap();
    let record = SessionRecord {
        status: "converged".to_owned(),
        iteration: 4,
        summary_seq: Seq(1),
        ..SessionRecord::new(ProjectId::default(), session("a"))
    };
    bench.journal.put_sessions(vec![record]).await.unwrap();
    let converged = SessionQuery {
        statuses: vec!["converged".to_owned()],
        ..SessionQuery::default()
    };
    let totals = bench.journal.totals_of(&converged).await.unwrap();
    assert_eq!(
        (totals.sessions, totals.events, totals.mean_iterations),
        (1, 1, 4.0)
    );
    assert_eq!(bench.journal.totals(None).await.unwrap().sessions, 2);
}
