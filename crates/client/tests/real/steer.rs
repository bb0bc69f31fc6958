//! People steer a program: commands with receipts, questions with answers; and events are followed as they come.

use std::time::Duration;

use crate::server::Server;
use loopscope_client::protocol::{
    CommandsPage, DecisionsPage, EventsQuery, NewCommand, StreamFilter,
};
use loopscope_client::{Client, CommandRecord, Cursor, Session, Streamed};
use loopscope_event::{CommandState, SessionId};
use serde_json::{Value, json};

const SOON: Duration = Duration::from_mins(1);

fn ask(client: &Client, id: &str, kind: &str) -> CommandRecord {
    let command = NewCommand {
        kind: kind.to_owned(),
        parameters: None,
        reason: Some("look first".to_owned()),
        idempotency_key: None,
        expires_in_seconds: None,
    };
    // A server that was started anew knows what a program declares when the program is back.
    let end = std::time::Instant::now() + SOON;
    loop {
        match client.query().command(id, &command).wait() {
            Ok(record) => return record,
            Err(error) if std::time::Instant::now() > end => panic!("{error}"),
            Err(_) => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// The commands of a session, newest first, once none is open any more.
fn settled(client: &Client, id: &str) -> Vec<CommandRecord> {
    loop {
        let page = client
            .query()
            .json(&format!("/api/v1/sessions/{id}/commands"))
            .wait()
            .unwrap();
        let page: CommandsPage = serde_json::from_value(page).unwrap();
        if page.commands.iter().all(|command| command.state.is_over()) {
            return page.commands;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn commands_come_once_and_their_receipts_arrive() {
    let mut server = Server::start();
    let client = server.client().build().unwrap();
    let run = Session::start("steered")
        .on(&client)
        .id("steered-1")
        .begin()
        .unwrap();
    run.flush(SOON).unwrap();
    let mut commands = run.commands(["HALT", "RESUME", "snapshot"]);
    let halt = ask(&client, "steered-1", "HALT");
    let command = commands.wait_next(SOON).unwrap();
    assert_eq!(
        (command.kind().as_str(), &command.record().command_id),
        ("HALT", &halt.command_id)
    );
    assert_eq!(command.record().reason.as_deref(), Some("look first"));
    run.halted("asked to");
    // The server dies before it hears that it is done.
    server.kill();
    command.succeed(json!({"at": "step 3"})).unwrap();
    server.restart();
    ask_until(&client, "steered-1", "snapshot");
    let command = commands.wait_next(SOON).unwrap();
    assert_eq!(command.kind(), "SNAPSHOT");
    command.fail("no disk");
    ask(&client, "steered-1", "RESUME");
    drop(commands.wait_next(SOON).unwrap());
    let told: Vec<(String, CommandState)> = settled(&client, "steered-1")
        .into_iter()
        .rev()
        .map(|command| (command.kind, command.state))
        .collect();
    let expected = [
        ("HALT", CommandState::Succeeded),
        ("snapshot", CommandState::Failed),
        ("RESUME", CommandState::Failed),
    ];
    assert_eq!(told, expected.map(|(kind, state)| (kind.to_owned(), state)));
    assert!(commands.try_next().is_none(), "a command came twice");
    run.finish().unwrap();
}

/// Asks, as soon as the server is back.
fn ask_until(client: &Client, id: &str, kind: &str) {
    while client.query().json("/api/v1/overview").wait().is_err() {
        std::thread::sleep(Duration::from_millis(20));
    }
    ask(client, id, kind);
}

#[test]
fn a_question_is_answered_by_a_person_or_by_time() {
    let server = Server::start();
    let client = server.client().build().unwrap();
    let run = Session::start("asks")
        .on(&client)
        .id("asks-1")
        .begin()
        .unwrap();
    let asked = run
        .decision("Merge it?")
        .option("yes")
        .option_with(json!({"id": "no", "label": "No", "consequences": "it waits"}))
        .recommend("no")
        .priority("high")
        .ask();
    run.flush(SOON).unwrap();
    let row = loop {
        let page = client
            .query()
            .json("/api/v1/decisions?state=pending")
            .wait()
            .unwrap();
        let page: DecisionsPage = serde_json::from_value(page).unwrap();
        if let Some(row) = page.decisions.into_iter().next() {
            break row;
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!((row.question.as_str(), row.options.len()), ("Merge it?", 2));
    let command = NewCommand {
        kind: "DECISION".to_owned(),
        parameters: Some(
            loopscope_client::RawJson::parse(
                &json!({"decision_id": row.decision_id, "choice": "yes"}).to_string(),
            )
            .unwrap(),
        ),
        reason: Some("tests pass".to_owned()),
        idempotency_key: None,
        expires_in_seconds: None,
    };
    client.query().command("asks-1", &command).wait().unwrap();
    let answer = asked.wait().unwrap();
    assert!(answer.is("yes") && answer.by == "local", "{answer:?}");
    assert_eq!(answer.reason.as_deref(), Some("tests pass"));
    let answer = run
        .decision("And now?")
        .option("go on")
        .option("stop")
        .default_after(Duration::from_millis(300), "stop")
        .wait()
        .unwrap();
    assert!(answer.is("stop") && answer.by == "timeout", "{answer:?}");
    run.finish().unwrap();
    let page = client.query().session("asks-1").wait().unwrap();
    assert_eq!(
        page.summary.dialect.as_str(),
        "generic",
        "a question does not make it an orchestrator's"
    );
    assert_eq!(page.summary.decisions_waiting, 0);
}

#[test]
fn a_stream_goes_on_where_it_was_when_the_server_comes_back() {
    let mut server = Server::start();
    let client = server.client().build().unwrap();
    let run = Session::start("followed")
        .on(&client)
        .id("followed-1")
        .begin()
        .unwrap();
    run.flush(SOON).unwrap();
    let filter = StreamFilter {
        session: Some(SessionId::new("followed-1").unwrap()),
        ..StreamFilter::default()
    };
    let mut stream = client.subscribe(filter, Some(Cursor::default()));
    let mut seen: Vec<Value> = Vec::new();
    let mut last = 0;
    let mut read_to = |stream: &mut loopscope_client::Subscription, count: usize| {
        while seen.len() < count {
            match stream.wait_next(SOON).unwrap().unwrap() {
                Streamed::Events(events, _) => {
                    for event in events {
                        assert_eq!(event.seq.0, last + 1, "a gap, or twice");
                        last = event.seq.0;
                        if event.name == "TICK" {
                            seen.push(event.data.value()["n"].clone());
                        }
                    }
                }
                Streamed::Cursor(_) => {}
                other => panic!("{other:?}"),
            }
        }
    };
    for n in 0..50 {
        run.emit("TICK", json!({"n": n})).unwrap();
    }
    read_to(&mut stream, 50);
    server.kill();
    for n in 50..100 {
        run.emit("TICK", json!({"n": n})).unwrap();
    }
    server.restart();
    read_to(&mut stream, 100);
    assert!(stream.cursor().is_some());
    run.finish().unwrap();
}

#[test]
fn futures_are_awaited_on_any_runtime() {
    let server = Server::start();
    let client = server.client().build().unwrap();
    let work = async {
        let run = Session::start("async")
            .on(&client)
            .id("async-1")
            .begin()
            .unwrap();
        let answer = run
            .decision("Well?")
            .option("a")
            .default_after(Duration::from_millis(100), "a")
            .await
            .unwrap();
        assert!(answer.is("a"));
        client
            .query()
            .session("async-1")
            .await
            .unwrap()
            .summary
            .name
    };

    let name = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap()
        .block_on(work);
    assert_eq!(name, "async");
}

#[test]
fn spans_are_steps_and_events_are_lines_of_the_log() {
    use tracing_subscriber::layer::SubscriberExt as _;
    let server = Server::start();
    let client = server.client().build().unwrap();
    let run = Session::start("traced")
        .on(&client)
        .id("traced-1")
        .begin()
        .unwrap();
    let layer = loopscope_client::trace::SessionLayer::new(run.clone());
    tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
        tracing::info_span!("compile", crate_name = "gate").in_scope(|| {
            tracing::info!(files = 3, "compiling");
            tracing::debug!("not told");
        });
        tracing::info_span!("link").in_scope(|| tracing::error!("no linker"));
    });
    run.finish().unwrap();
    let page = client
        .query()
        .events("traced-1", &EventsQuery::default())
        .wait()
        .unwrap();
    let told: Vec<(String, Value)> = page
        .events
        .into_iter()
        .filter(|event| !event.name.starts_with("SESSION"))
        .map(|event| (event.name, event.data.value()))
        .collect();
    let names: Vec<&str> = told.iter().map(|(name, _)| name.as_str()).collect();
    let expected = [
        "STEP_STARTED",
        "LOG",
        "STEP_COMPLETE",
        "STEP_STARTED",
        "LOG",
        "STEP_FAILED",
    ];
    assert_eq!(names, expected);
    assert_eq!(told[0].1["step"], "compile");
    assert_eq!(told[1].1["message"], "compiling files=3");
    assert_eq!(told[5].1["error"], "no linker");
}
