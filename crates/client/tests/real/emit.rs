//! A program tells a real server what it does.

use std::time::Duration;

use crate::server::Server;
use loopscope_client::protocol::{EventsQuery, SessionsQuery};
use loopscope_client::{Client, Event, Finding, Fix, Outcome, RawJson, Session, Severity};

const SOON: Duration = Duration::from_mins(1);

fn events(client: &Client, id: &str) -> Vec<Event> {
    let query = EventsQuery {
        limit: 1000,
        ..EventsQuery::default()
    };
    client.query().events(id, &query).wait().unwrap().events
}

#[test]
fn a_session_is_told_from_its_start_to_its_end() {
    let server = Server::start();
    let client = server.client().build().unwrap();
    assert_eq!(client.check().wait().unwrap(), "admin");
    let run = Session::start("nightly")
        .on(&client)
        .target("services/gate")
        .config(serde_json::json!({"depth": 3}))
        .begin()
        .unwrap();
    let id = run.id().to_owned();
    {
        let _pass = run.pass(1);
        let step = run.step("diagnose");
        step.progress(1, 2);
        step.finding(
            Finding::new("unchecked \"length\"")
                .severity(Severity::High)
                .file("a.rs")
                .line(41),
        );
        step.finding(Finding::new("open door").by_attack());
        drop(step);
        run.run_step("fix", |step| {
            step.fix("bounded it");
            step.fix(Fix::new("closed it").failed("it is painted over"));
            Err::<(), _>("one is left")
        })
        .unwrap_err();
    }
    for step in 0..100 {
        run.metric_at("loss", 1.0 / f64::from(step + 1), u64::from(step as u32));
    }
    run.metric("loss", f64::NAN);
    run.metrics([("a", 1.5), ("b", -0.25)], Some(7));
    run.log("a line");
    run.checkpoint("cp-1", "before the merge");
    run.emit("CACHE_WARMED", serde_json::json!({"entries": 12}))
        .unwrap();
    let counters = run.finish().unwrap();
    assert_eq!(
        (counters.waiting, counters.rejected, counters.dropped),
        (0, 0, 0),
        "{counters:?}"
    );
    assert_eq!(counters.acknowledged, counters.emitted);

    let page = client.query().session(&id).wait().unwrap();
    let row = &page.summary;
    assert_eq!(
        (row.name.as_str(), row.status.as_str()),
        ("nightly", "completed")
    );
    assert_eq!(row.target.as_deref(), Some("services/gate"));
    assert_eq!(
        (
            row.findings_total,
            row.vulnerabilities_total,
            row.fixes_total
        ),
        (1, 1, 1)
    );
    let metrics = client.query().metrics(&id).wait().unwrap();
    let loss = metrics
        .metrics
        .iter()
        .find(|row| row.name == "loss")
        .unwrap();
    assert_eq!((loss.count, loss.non_finite), (101, 1));
    let events = events(&client, &id);
    // The server adds words of its own: an alert fires for what is no number.
    let events: Vec<_> = events
        .into_iter()
        .filter(|event| event.dialect != loopscope_event::Dialect::Loopscope)
        .collect();
    assert_eq!(events.len() as u64, counters.emitted);
    let names: Vec<&str> = events.iter().map(|event| event.name.as_str()).collect();
    assert_eq!(names.first(), Some(&"SESSION_STARTED"));
    assert_eq!(names.last(), Some(&"SESSION_ENDED"));
    let finding = events.iter().find(|event| event.name == "FINDING").unwrap();
    assert_eq!(
        (finding.iteration, finding.severity),
        (1, Some(Severity::High))
    );
}

#[test]
fn a_session_that_is_dropped_ends_and_its_events_are_not_lost() {
    let server = Server::start();
    let client = server.client().build().unwrap();
    let run = Session::start("dropped")
        .on(&client)
        .id("dropped-1")
        .begin()
        .unwrap();
    drop(run);
    let panics = Session::start("panics")
        .on(&client)
        .id("panics-1")
        .begin()
        .unwrap();
    let thread = std::thread::spawn(move || {
        let _step = panics.step("walk");
        panic!("on purpose");
    });
    assert!(thread.join().is_err());
    let own = server.client().build().unwrap();
    let left = Session::start("left")
        .on(&own)
        .id("left-1")
        .begin()
        .unwrap();
    left.clone()
        .finish_as(Outcome::Failed("no more time".to_owned()))
        .unwrap();
    drop((left, own));
    client.flush(SOON).unwrap();
    for (id, status) in [
        ("dropped-1", "completed"),
        ("panics-1", "failed"),
        ("left-1", "failed"),
    ] {
        let page = client.query().session(id).wait().unwrap();
        assert_eq!(page.summary.status.as_str(), status, "{id}");
    }
}

#[test]
fn whole_events_of_any_dialect_are_sent_as_they_are() {
    let server = Server::start();
    let client = server.client().on_trouble(|_| {}).build().unwrap();
    client.emit_whole(r#"{"event_type":"EPOCH_COMPLETED","session_id":"t-1","epoch":3,"data":{"inner_epoch":1,"host_accuracy":71.5}}"#);
    client.emit_whole("{\"event_type\":\"X\",\n\"session_id\":\"t-1\",\"event_id\":\"mine\"}");
    client.emit_whole("no event");
    client.emit_whole(r#"{"event_type":"Y","session_id":"t-1","iteration":-1}"#);
    client.flush(SOON).unwrap();
    let counters = client.counters();
    assert_eq!(
        (counters.acknowledged, counters.rejected, counters.waiting),
        (2, 2, 0),
        "{counters:?}"
    );
    let events = events(&client, "t-1");
    assert_eq!(events.len(), 2);
    assert_eq!(events[1].event_id.as_str(), "mine");
}

#[test]
fn what_cannot_be_used_is_refused_with_its_field() {
    let server = Server::start();
    let client = server.client().build().unwrap();
    let bad_config = Session::start("x").on(&client).config([1, 2]).begin();
    assert!(
        bad_config
            .err()
            .unwrap()
            .to_string()
            .contains("`config` is no object")
    );
    assert!(Session::start("x").on(&client).id("a\nb").begin().is_err());
    let run = Session::start("x").on(&client).begin().unwrap();
    for (result, word) in [
        (
            run.emit("", serde_json::json!({})),
            "`name` must be a text that is not empty",
        ),
        (run.emit("X", 3), "`data` is no object"),
        (run.emit("x".repeat(300), serde_json::json!({})), "256"),
        (
            run.emit("X", serde_json::json!({"a": "b".repeat(1 << 20)})),
            "1048576",
        ),
    ] {
        let error = result.unwrap_err().to_string();
        assert!(error.contains(word), "{error}");
    }
    run.emit_raw("X", &RawJson::parse("{\n\"a\" : 1.50}").unwrap(), None)
        .unwrap();
    assert_eq!(run.finish().unwrap().rejected, 0);
}

#[test]
fn the_ten_lines_of_the_readme_make_a_session() {
    let readme = include_str!("../../../../README.md");
    let example = include_str!("../../examples/ten_lines.rs");
    let (_, code) = example.split_once("\n\n").unwrap();
    assert!(
        readme.contains(&format!("```rust\n{code}```")),
        "the README shows other lines than the example has"
    );
    let server = Server::start();
    let status = std::process::Command::new(crate::server::example("ten_lines"))
        .env("LOOPSCOPE_URL", server.url())
        .env("LOOPSCOPE_SPILL_DIR", server.spill_dir())
        .status()
        .unwrap();
    assert!(status.success());
    let client = server.client().build().unwrap();
    let page = client
        .query()
        .sessions(&SessionsQuery::default())
        .wait()
        .unwrap();
    assert_eq!(page.total, 1);
    let row = &page.sessions[0];
    assert_eq!(
        (row.name.as_str(), row.status.as_str(), row.findings_total),
        ("nightly", "completed", 1)
    );
}
