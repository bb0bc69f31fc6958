//! Widgets: bounds, sorts, what a deletion takes with it.

mod common;

use common::{at, bench, event, open, project, session};
use loopscope_event::{Offset, ProjectId, RawJson};
use loopscope_journal::{Journal, NewAudit, SessionRecord, WidgetPush, WidgetPut, WidgetRecord};

fn row(name: &str, spec: Option<&str>) -> WidgetRecord {
    WidgetRecord {
        project: ProjectId::default(),
        name: name.to_owned(),
        spec: spec.map(str::to_owned),
        title: name.to_owned(),
        since: Offset(7),
        made_by: "local".to_owned(),
        made_at: at(1),
    }
}

fn audit() -> NewAudit {
    NewAudit {
        at: at(1),
        who: "local".to_owned(),
        action: "widget.declared".to_owned(),
        subject: "w".to_owned(),
        session: None,
        detail: RawJson::empty_object(),
    }
}

#[expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
async fn push(journal: &Journal, name: &str, of: Option<&str>, state: &str) -> WidgetPut {
    let push = WidgetPush {
        project: ProjectId::default(),
        session_id: of.map(session),
        name: name.to_owned(),
        state: state.to_owned(),
        pushed_at: at(2),
    };
    let done = journal.push_widget(push, row(name, None), 3, 2, audit());
    done.await.unwrap()
}

#[tokio::test]
async fn declarations_are_bounded_and_there_after_a_restart() {
    let bench = bench().await;
    let put = |row, new| bench.journal.put_widget(row, new, 2, audit());
    assert_eq!(
        put(row("a", Some("{}")), true).await.unwrap(),
        WidgetPut::Made
    );
    assert_eq!(
        put(row("a", Some("{}")), true).await.unwrap(),
        WidgetPut::Taken
    );
    assert_eq!(
        put(row("a", Some("{\"b\":1}")), false).await.unwrap(),
        WidgetPut::Changed
    );
    assert_eq!(
        put(row("b", Some("{}")), false).await.unwrap(),
        WidgetPut::Made
    );
    assert_eq!(
        put(row("c", Some("{}")), true).await.unwrap(),
        WidgetPut::Full
    );
    let own = ProjectId::default();
    let fold = (own.clone(), "a".to_owned(), at(1), "[1]".to_owned());
    let stale = (own.clone(), "b".to_owned(), at(9), "[2]".to_owned());
    bench
        .journal
        .put_widget_folds(vec![fold.clone(), stale])
        .await
        .unwrap();
    bench
        .journal
        .put_widget_arrangement(&own, "{}".to_owned(), audit())
        .await
        .unwrap();
    bench.journal.close().await.unwrap();

    let journal = open(&bench.path()).await;
    let found = journal.widgets(Some(&own)).await.unwrap();
    let names: Vec<_> = found.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    assert_eq!(found[0], row("a", Some("{\"b\":1}")));
    assert!(
        journal
            .widgets(Some(&project("other")))
            .await
            .unwrap()
            .is_empty()
    );
    // What was counted of another declaration is not kept.
    assert_eq!(journal.widget_folds().await.unwrap(), [fold]);
    assert_eq!(
        journal.widget_arrangement(&own).await.unwrap().as_deref(),
        Some("{}")
    );
    assert!(journal.delete_widget(&own, "a", audit()).await.unwrap());
    assert!(!journal.delete_widget(&own, "a", audit()).await.unwrap());
    assert!(journal.widget_folds().await.unwrap().is_empty());
}

#[tokio::test]
async fn what_is_pushed_last_stands_and_goes_with_its_session() {
    let bench = bench().await;
    let journal = &bench.journal;
    journal.append(vec![event("s", "1")]).await.unwrap();
    let record = SessionRecord::new(ProjectId::default(), session("s"));
    journal.put_sessions(vec![record]).await.unwrap();
    assert_eq!(
        push(journal, "a", Some("nobody"), "1").await,
        WidgetPut::NoSession
    );
    assert_eq!(push(journal, "a", Some("s"), "1").await, WidgetPut::Made);
    assert_eq!(push(journal, "a", Some("s"), "2").await, WidgetPut::Changed);
    assert_eq!(push(journal, "b", Some("s"), "3").await, WidgetPut::Made);
    assert_eq!(
        push(journal, "c", Some("s"), "4").await,
        WidgetPut::Full,
        "of a session"
    );
    assert_eq!(push(journal, "c", None, "5").await, WidgetPut::Made);
    assert_eq!(
        push(journal, "d", None, "6").await,
        WidgetPut::Full,
        "of a project"
    );
    let declared = journal.put_widget(row("a", Some("{}")), false, 9, audit());
    assert_eq!(declared.await.unwrap(), WidgetPut::Taken, "it is pushed");

    let own = ProjectId::default();
    let states = |rows: Vec<WidgetPush>| {
        let rows = rows.into_iter();
        rows.map(|row| (row.name, row.state)).collect::<Vec<_>>()
    };
    let told = |name: &str, state: &str| (name.to_owned(), state.to_owned());
    let of_session = journal
        .pushed_widgets(&own, Some(&session("s")))
        .await
        .unwrap();
    assert_eq!(states(of_session), [told("a", "2"), told("b", "3")]);
    let of_project = journal.pushed_widgets(&own, None).await.unwrap();
    assert_eq!(states(of_project), [told("c", "5")]);

    journal.delete_session(&own, &session("s")).await.unwrap();
    let left = journal
        .pushed_widgets(&own, Some(&session("s")))
        .await
        .unwrap();
    assert!(left.is_empty());
    assert_eq!(journal.widgets(Some(&own)).await.unwrap().len(), 3);
}
