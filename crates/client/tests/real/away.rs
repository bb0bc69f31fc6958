//! The server is away, dies, comes back; the program dies and comes back; the disk is full. Nothing is lost, or it is
//! counted and shown.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::server::Server;
use loopscope_client::protocol::EventsQuery;
use loopscope_client::{Client, Error, Event, Outcome, Session};
use loopscope_event::Seq;

const SOON: Duration = Duration::from_secs(90);

/// Every event of a session, in order.
fn events(client: &Client, id: &str) -> Vec<Event> {
    let mut all: Vec<Event> = Vec::new();
    loop {
        let query = EventsQuery {
            after: Some(all.last().map_or(Seq(0), |event| event.seq)),
            limit: 1000,
            ..EventsQuery::default()
        };
        let page = client.query().events(id, &query).wait().unwrap();
        let more = page.more;
        all.extend(page.events);
        if !more {
            return all;
        }
    }
}

/// The numbers that were told, in the order in which they stand.
fn numbers(events: &[Event]) -> Vec<u64> {
    let told = events.iter().filter(|event| event.name == "TICK");
    told.map(|event| event.data.value()["n"].as_u64().unwrap())
        .collect()
}

fn tick(run: &Session, n: u64) {
    run.emit("TICK", serde_json::json!({"n": n})).unwrap();
}

#[test]
fn a_server_that_dies_and_comes_back_has_everything_once_and_in_order() {
    let mut server = Server::start();
    let words: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = Arc::clone(&words);
    let client = server
        .client()
        .on_trouble(move |words| heard.lock().unwrap().push(words.to_owned()))
        .build()
        .unwrap();
    let run = Session::start("away")
        .on(&client)
        .id("away-1")
        .begin()
        .unwrap();
    for n in 0..500 {
        tick(&run, n);
    }
    run.flush(SOON).unwrap();
    for n in 500..1_000 {
        tick(&run, n);
    }
    server.kill();
    for n in 1_000..3_000 {
        tick(&run, n);
    }
    let error = run.flush(Duration::from_millis(300)).unwrap_err();
    let Error::Deadline {
        waiting, spilled, ..
    } = &error
    else {
        panic!("{error}")
    };
    assert!(*waiting >= 2_000 && *spilled, "{error}");
    assert!(error.to_string().contains("kept on disk"), "{error}");
    server.restart();
    let counters = run.finish_within(&Outcome::Completed, SOON).unwrap();
    assert_eq!(
        (counters.dropped, counters.rejected, counters.waiting),
        (0, 0, 0),
        "{counters:?}"
    );
    assert_eq!(counters.acknowledged, counters.emitted);
    assert_eq!(
        numbers(&events(&client, "away-1")),
        (0..3_000).collect::<Vec<_>>()
    );
    let words = words.lock().unwrap();
    assert!(
        words
            .iter()
            .any(|words| words.contains("no server answers at http://127.0.0.1")),
        "{words:?}"
    );
    assert!(
        words
            .iter()
            .any(|words| words.contains("takes events again")),
        "{words:?}"
    );
}

#[test]
fn what_a_killed_program_left_is_sent_by_the_next_one() {
    let mut server = Server::start();
    let url = server.url();
    server.kill();
    // The example emits for ever, and says how far it was when what it emitted was written to disk.
    let mut child = Command::new(crate::server::example("ticker"))
        .args([&url, "killed-1"])
        .env("LOOPSCOPE_SPILL_DIR", server.spill_dir())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let written: u64 = lines.nth(4).unwrap().unwrap().parse().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    server.restart();
    let client = server.client().build().unwrap();
    // A flush waits for what the program itself emitted, which is nothing.
    let end = std::time::Instant::now() + SOON;
    while client.counters().waiting > 0 && std::time::Instant::now() < end {
        std::thread::sleep(Duration::from_millis(20));
    }
    let counters = client.counters();
    assert_eq!(counters.emitted, 0);
    assert!(counters.recovered >= written, "{counters:?} of {written}");
    assert_eq!(
        counters.acknowledged + counters.dropped,
        counters.recovered,
        "{counters:?}"
    );
    let told = numbers(&events(&client, "killed-1"));
    assert!(told.len() as u64 >= written, "{} of {written}", told.len());
    assert_eq!(told, (0..told.len() as u64).collect::<Vec<_>>());
    drop(client);
    let left = std::fs::read_dir(server.spill_dir()).unwrap().count();
    assert_eq!(left, 0, "files are left behind");
}

#[test]
fn a_last_line_that_was_cut_off_is_counted_as_lost_and_the_others_are_sent() {
    let server = Server::start();
    let dir = server.spill_dir();
    std::fs::create_dir_all(&dir).unwrap();
    let whom = serde_json::json!({"server": server.url(), "project": "default"});
    std::fs::write(dir.join("1-a.lock"), whom.to_string()).unwrap();
    let line = |n: u64| {
        format!(
            "{{\"event_type\":\"TICK\",\"session_id\":\"torn-1\",\"event_id\":\"t{n}\",\"data\":{{\"n\":{n}}}}}\n"
        )
    };
    std::fs::write(dir.join("1-a.000001.ndjson"), line(0) + &line(1)).unwrap();
    let torn = line(2) + &line(3)[..40];
    std::fs::write(dir.join("1-a.000002.ndjson"), torn).unwrap();
    let other = serde_json::json!({"server": "http://elsewhere", "project": "default"});
    std::fs::write(dir.join("2-b.lock"), other.to_string()).unwrap();
    std::fs::write(dir.join("2-b.000001.ndjson"), line(9)).unwrap();
    let words: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = Arc::clone(&words);
    let tell = move |words: &str| heard.lock().unwrap().push(words.to_owned());
    let client = server.client().on_trouble(tell).build().unwrap();
    let run = Session::start("later")
        .on(&client)
        .id("torn-1")
        .begin()
        .unwrap();
    tick(&run, 4);
    run.flush(SOON).unwrap();
    let counters = client.counters();
    assert_eq!(
        (counters.recovered, counters.dropped, counters.waiting),
        (4, 1, 0),
        "{counters:?}"
    );
    assert_eq!(numbers(&events(&client, "torn-1")), [0, 1, 2, 4]);
    assert!(
        words
            .lock()
            .unwrap()
            .iter()
            .any(|words| words.contains("cut off"))
    );
    drop((run, client));
    let mut left: Vec<_> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    left.sort();
    assert_eq!(
        left,
        ["2-b.000001.ndjson", "2-b.lock"],
        "another server's events are left alone, ours are gone"
    );
}

#[test]
fn what_does_not_fit_on_disk_is_counted_told_and_shown() {
    let mut server = Server::start();
    server.kill();
    let words: Arc<Mutex<Vec<String>>> = Arc::default();
    let heard = Arc::clone(&words);
    let client = server
        .client()
        .spill_bytes(64 << 10)
        .memory_bytes(16 << 10)
        .on_trouble(move |words| heard.lock().unwrap().push(words.to_owned()))
        .build()
        .unwrap();
    let run = Session::start("full")
        .on(&client)
        .id("full-1")
        .begin()
        .unwrap();
    for n in 0..20_000 {
        tick(&run, n);
    }
    assert!(run.flush(Duration::from_millis(100)).is_err());
    let full = run.counters();
    assert!(full.dropped > 15_000 && full.dropped < 20_000, "{full:?}");
    assert_eq!(
        full.acknowledged + full.dropped + full.waiting,
        full.emitted,
        "{full:?}"
    );
    server.restart();
    run.flush(SOON).unwrap();
    let counters = run.finish_within(&Outcome::Completed, SOON).unwrap();
    // What was in memory still may have found no room either.
    assert!(counters.dropped >= full.dropped, "{counters:?}");
    assert_eq!(
        counters.acknowledged + counters.dropped,
        counters.emitted,
        "{counters:?}"
    );
    let events = events(&client, "full-1");
    let told = numbers(&events);
    let distinct: HashSet<u64> = told.iter().copied().collect();
    assert!(told.is_sorted() && distinct.len() == told.len());
    assert!(told.len() as u64 + counters.dropped >= 20_000);
    let owned: Vec<u64> = events
        .iter()
        .filter(|event| event.name == "ERROR")
        .map(|event| event.data.value()["lost_events"].as_u64().unwrap())
        .collect();
    assert_eq!(owned.iter().sum::<u64>(), counters.dropped);
    let words = words.lock().unwrap();
    assert!(
        words.iter().any(|words| words.contains("were lost")),
        "{words:?}"
    );
}

#[test]
fn wrong_addresses_tokens_and_roles_say_what_to_do() {
    let server = Server::with(&["--auth", "always"]);
    let quiet = || {
        server
            .client()
            .no_spill()
            .shut_within(Duration::ZERO)
            .on_trouble(|_| {})
    };
    let check = |client: Client| client.check().wait().unwrap_err();
    let error = check(quiet().url("http://127.0.0.1:1").build().unwrap());
    assert!(
        matches!(error, Error::Unreachable { .. }) && error.to_string().contains("loopscope serve"),
        "{error}"
    );
    let error = check(quiet().build().unwrap());
    assert!(
        matches!(error, Error::Unauthorized { .. })
            && error.to_string().contains("LOOPSCOPE_TOKEN"),
        "{error}"
    );
    let error = check(quiet().token("lsc_wrong").build().unwrap());
    assert!(matches!(error, Error::Unauthorized { .. }), "{error}");
    let error = check(
        quiet()
            .url(format!("{}/docs", server.url()))
            .build()
            .unwrap(),
    );
    assert!(
        matches!(
            error,
            Error::NotLoopscope { .. } | Error::Unauthorized { .. }
        ),
        "{error}"
    );
}
