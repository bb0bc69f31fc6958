//! Words of events, tags and saved views: what is found, in what order, and that it goes with what it belongs to.
#![expect(clippy::unwrap_used, reason = "a test's helpers may panic")]

mod common;

use common::{all, at, bench, event, project, session};
use loopscope_event::{NewEvent, Offset, ProjectId, RawJson, Timestamp};
use loopscope_journal::{
    AskedWord, EventWords, FoundEvents, Journal, MAX_TAGS, MAX_VIEWS, NewAudit, Retention,
    SessionQuery, ViewRecord,
};

/// Keeps the words of everything that is there: those of the payload's `say`.
async fn keep(journal: &Journal) {
    let events = all(journal).await;
    let words = events.iter().map(|event| EventWords {
        offset: event.offset,
        words: words_of(event.data.value()["say"].as_str().unwrap_or_default()),
    });
    let words: Vec<_> = words.collect();
    journal.put_words(&words, journal.head()).await.unwrap();
}

fn words_of(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

fn said(session: &str, number: usize, text: &str) -> NewEvent {
    NewEvent {
        data: RawJson::from_trusted(format!(r#"{{"say":"{text}"}}"#)),
        received_at: at(number as i64),
        ..event(session, &format!("{session}-{number}"))
    }
}

/// `word*` means words that begin so.
fn asked(text: &str) -> Vec<AskedWord> {
    let words = words_of(text).into_iter();
    words
        .map(|word| AskedWord {
            begins: word.ends_with('*'),
            word,
        })
        .collect()
}

async fn page(
    journal: &Journal,
    project: Option<&str>,
    text: &str,
    before: Option<Offset>,
    limit: u32,
) -> FoundEvents {
    let project = project.map(common::project);
    let asked = asked(text);
    let found = journal.find_events(project.as_ref(), &asked, before, limit);
    found.await.unwrap()
}

async fn found(journal: &Journal, text: &str) -> Vec<String> {
    let events = page(journal, None, text, None, 100).await.events;
    let events = events.into_iter();
    events.map(|event| event.event_id.to_string()).collect()
}

#[tokio::test]
async fn events_are_found_by_all_their_words_the_newest_first() {
    let bench = bench().await;
    let journal = &bench.journal;
    let events = vec![
        said("a", 1, "unchecked length größe"),
        said("b", 1, "length or near"),
        said("a", 2, "日 本"),
    ];
    journal.append(events).await.unwrap();
    assert_eq!(journal.search_place().await.unwrap(), Offset(0));
    assert_eq!(found(journal, "length").await, Vec::<String>::new());
    keep(journal).await;
    assert_eq!(journal.search_place().await.unwrap(), journal.head());
    for (text, expected) in [
        ("length", &["b-1", "a-1"][..]),
        ("length unchecked", &["a-1"]),
        ("len", &[]),
        ("len*", &["b-1", "a-1"]),
        ("or", &["b-1"]),
        ("near", &["b-1"]),
        ("größe", &["a-1"]),
        ("本", &["a-2"]),
        ("length absent", &[]),
        ("", &[]),
    ] {
        assert_eq!(found(journal, text).await, expected, "{text}");
    }
    assert!(journal.has_words(&asked("near length")).await.unwrap());
    assert!(!journal.has_words(&asked("near unchecked")).await.unwrap());
}

#[tokio::test]
async fn pages_go_on_and_a_project_sees_its_own() {
    let bench = bench().await;
    let journal = &bench.journal;
    let mut events: Vec<_> = (0..25).map(|number| said("a", number, "word")).collect();
    for event in events.iter_mut().step_by(5) {
        event.project = project("other");
        event.session_id = session("b");
    }
    journal.append(events).await.unwrap();
    keep(journal).await;
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = page(journal, None, "word", before, 10).await;
        seen.extend(page.events.iter().map(|event| event.offset.0));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen, (1..=25).rev().collect::<Vec<_>>());
    let own = page(journal, Some("other"), "word", None, 100).await;
    assert_eq!((own.events.len(), own.next), (5, None));
    let none = page(journal, Some("none"), "word", None, 100).await;
    assert_eq!(none, FoundEvents::default());
    let keys = journal.sessions_with_words(&asked("word")).await.unwrap();
    assert_eq!(keys.len(), 2);
}

#[tokio::test]
async fn sessions_are_found_by_name_tag_or_words_and_facets_agree() {
    let bench = bench().await;
    let journal = &bench.journal;
    let events = vec![
        said("by-words", 1, "needle"),
        said("needle-by-name", 1, "hay"),
        said("by-tag", 1, "hay"),
        said("other", 1, "hay"),
    ];
    journal.append(events).await.unwrap();
    keep(journal).await;
    let tagged = vec![(ProjectId::default(), session("by-tag"))];
    journal
        .tag_sessions(tagged, vec!["a needle".to_owned()], Vec::new(), None)
        .await
        .unwrap();
    let wanted = SessionQuery {
        search: Some("needle".to_owned()),
        search_tags: true,
        or_keys: journal.sessions_with_words(&asked("needle")).await.unwrap(),
        limit: 10,
        ..SessionQuery::default()
    };
    let page = journal.sessions(&wanted).await.unwrap();
    let mut names: Vec<_> = page
        .rows
        .iter()
        .map(|row| row.session_id.as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["by-tag", "by-words", "needle-by-name"]);
    let facets = journal.facets(&wanted).await.unwrap();
    assert_eq!(facets.projects, [("default".to_owned(), 3)]);
    assert_eq!(facets.tags, [("a needle".to_owned(), 1)]);
    let plain = SessionQuery {
        search_tags: false,
        or_keys: Vec::new(),
        ..wanted
    };
    assert_eq!(journal.sessions(&plain).await.unwrap().total, 1);
}

#[tokio::test]
async fn what_is_let_go_takes_its_words_and_tags_along() {
    let bench = bench().await;
    let journal = &bench.journal;
    let old: Vec<_> = (0..5_000)
        .map(|number| said("old", number, "secret"))
        .collect();
    journal.append(old).await.unwrap();
    let new = vec![said("new", 9_000, "secret")];
    journal.append(new).await.unwrap();
    keep(journal).await;
    let both = vec![
        (ProjectId::default(), session("old")),
        (ProjectId::default(), session("new")),
    ];
    let tags = vec!["kept".to_owned()];
    journal
        .tag_sessions(both, tags, Vec::new(), None)
        .await
        .unwrap();
    let bounds = Retention {
        max_age: Some(loopscope_event::Duration::from_millis(1_000_000)),
        max_bytes: None,
    };
    journal.retain(bounds, at(9_500)).await.unwrap();
    assert_eq!(found(journal, "secret").await, ["new-9000"]);
    assert_eq!(journal.tags(None).await.unwrap(), [("kept".to_owned(), 1)]);
    let id = session("new");
    assert!(
        journal
            .delete_session(&ProjectId::default(), &id)
            .await
            .unwrap()
    );
    assert!(!journal.has_words(&asked("secret")).await.unwrap());
    assert_eq!(journal.tags(None).await.unwrap(), []);
    // Words that come late for events that are gone are not kept.
    let late = EventWords {
        offset: Offset(1),
        words: words_of("secret"),
    };
    journal.put_words(&[late], Offset(1)).await.unwrap();
    assert!(!journal.has_words(&asked("secret")).await.unwrap());
    assert_eq!(journal.search_place().await.unwrap(), journal.head());
    journal.close().await.unwrap();
    let report = loopscope_journal::doctor(bench.path()).await.unwrap();
    assert_eq!(report.problems, Vec::<String>::new());
}

#[tokio::test]
async fn a_session_has_each_tag_once_and_not_too_many() {
    let bench = bench().await;
    let journal = &bench.journal;
    let events = vec![said("a", 1, ""), said("b", 1, "")];
    journal.append(events).await.unwrap();
    let names = |names: &[&str]| {
        let names = names
            .iter()
            .map(|name| (ProjectId::default(), session(name)));
        names.collect::<Vec<_>>()
    };
    let many: Vec<_> = (0..40).map(|number| format!("t{number:02}")).collect();
    let told = journal
        .tag_sessions(names(&["a", "gone"]), many, Vec::new(), None)
        .await
        .unwrap();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].1.len(), MAX_TAGS);
    let (add, remove) = (vec!["new".to_owned()], vec!["t00".to_owned()]);
    let told = journal
        .tag_sessions(names(&["a", "b"]), add.clone(), remove, None)
        .await
        .unwrap();
    assert_eq!((told[0].1.len(), told[0].1[0].as_str()), (MAX_TAGS, "new"));
    assert_eq!(told[1].1, add);
    let tags = journal.tags_of(&names(&["b", "gone", "a"])).await.unwrap();
    assert_eq!(
        (&tags[0], &tags[1], tags[2].len()),
        (&add, &vec![], MAX_TAGS)
    );
}

#[tokio::test]
async fn views_are_kept_up_to_a_bound_and_belong_to_their_project() {
    let bench = bench().await;
    let journal = &bench.journal;
    let audit = || NewAudit {
        at: at(1),
        who: "ana".to_owned(),
        action: "view.kept".to_owned(),
        subject: "x".to_owned(),
        session: None,
        detail: RawJson::empty_object(),
    };
    let view = |number: usize| ViewRecord {
        view_id: format!("v{number:03}"),
        name: "Failed".to_owned(),
        query: "status=failed".to_owned(),
        project: (number == 0).then(|| project("lab")),
        who: "ana".to_owned(),
        created_at: Timestamp::from_micros(number as i64),
    };
    for number in 0..MAX_VIEWS {
        assert!(journal.put_view(view(number), audit()).await.unwrap());
    }
    assert!(!journal.put_view(view(MAX_VIEWS), audit()).await.unwrap());
    let own = journal.saved_views(Some(&project("lab"))).await.unwrap();
    assert_eq!(own, [view(0)]);
    let other = Some(project("other"));
    assert!(!journal.delete_view("v000", other, audit()).await.unwrap());
    assert!(journal.delete_view("v000", None, audit()).await.unwrap());
    assert_eq!(
        journal.saved_views(None).await.unwrap().len(),
        MAX_VIEWS - 1
    );
}
