//! Files of every kind, opened and asked about as a page asks.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use loopscope_event::{Event, Timestamp};
use loopscope_protocol::{ArchiveFacts, ArchiveHeader, SeriesAnswer, write_archived};
use loopscope_viewer::{Opened, Shelf, answer, open};
use serde_json::{Value, json};

fn at() -> Timestamp {
    Timestamp::parse_utc("2026-01-06T00:00:00Z").unwrap()
}

fn opened(shelf: &mut Shelf, name: &str, bytes: &[u8]) -> Opened {
    open(shelf, name, bytes, at()).unwrap()
}

fn ask(shelf: &Shelf, path: &str) -> Value {
    serde_json::from_str(&answer(shelf, path).unwrap()).unwrap()
}

/// Events of a session as a program writes them, each with a metric.
fn lines(session: &str, count: usize) -> String {
    let line = |n: usize| {
        json!({
            "event_id": format!("{session}-{n}"), "session_id": session, "event_type": "METRICS",
            "timestamp": format!("2026-01-05T10:{:02}:{:02}.000000Z", n / 60 % 60, n % 60),
            "iteration": n / 10, "data": {"step": n, "loss": if n == 7 { 100.0 } else { 1.0 / (n + 1) as f64 }},
        })
        .to_string()
    };
    (0..count).map(|n| line(n) + "\n").collect()
}

fn events(shelf: &Shelf, session: &str) -> Vec<Event> {
    let page = ask(
        shelf,
        &format!("/api/v1/sessions/{session}/events?after=0&limit=1000"),
    );
    serde_json::from_value(page["events"].clone()).unwrap()
}

/// An archive as a server writes it, of what is open; the session is called otherwise in it.
fn archive(shelf: &Shelf, session: &str, first: u64) -> Vec<u8> {
    let events = events(shelf, session);
    let header = ArchiveHeader {
        archive: "loopscope.session".to_owned(),
        version: 1,
        project: "lab 2".parse().unwrap(),
        session_id: "a/b".parse().unwrap(),
        first_seq: loopscope_event::Seq(first),
        last_seq: loopscope_event::Seq(first + events.len() as u64 - 1),
        facts: ArchiveFacts::default(),
        tags: vec!["nightly".to_owned()],
        commands: Vec::new(),
        annotations: Vec::new(),
    };
    let mut text = serde_json::to_vec(&header).unwrap();
    text.push(b'\n');
    for (event, seq) in events.into_iter().zip(first..) {
        let event = Event {
            seq: loopscope_event::Seq(seq),
            ..event
        };
        write_archived(&event, &mut text).unwrap();
    }
    text
}

#[test]
fn lines_and_archives_packed_or_not_are_sessions() {
    let mut shelf = Shelf::default();
    let plain = format!("{}\n{}", lines("one", 30), lines("two", 5));
    let first = opened(&mut shelf, "runs.jsonl", plain.as_bytes());
    assert_eq!(
        (first.sessions.len(), first.events, first.refused),
        (2, 35, 0)
    );
    // Frames one behind the other are one file.
    let whole = archive(&shelf, "one", 11);
    let (head, tail) = whole.split_at(whole.len() / 2);
    let packed = [
        zstd::encode_all(head, 3).unwrap(),
        zstd::encode_all(tail, 3).unwrap(),
    ]
    .concat();
    for file in [whole.clone(), packed] {
        // Once more is the same.
        let second = opened(&mut shelf, "a.jsonl.zst", &file);
        assert_eq!(
            (second.sessions.len(), second.events, second.refused),
            (1, 30, 0)
        );
    }
    let list = ask(&shelf, "/api/v1/sessions?sort=name&order=asc");
    assert_eq!(list["total"], 3);
    let session = ask(&shelf, "/api/v1/sessions/a%2Fb?project=lab%202");
    assert_eq!(session["summary"]["events"], 40);
    let page = ask(
        &shelf,
        "/api/v1/sessions/a%2Fb/events?project=lab+2&limit=10",
    );
    assert_eq!(
        (&page["first_seq"], &page["last_seq"]),
        (&json!(11), &json!(40))
    );
    assert_eq!(
        (&page["events"][0]["seq"], &page["more"]),
        (&json!(31), &json!(true))
    );
    let tagged = ask(&shelf, "/api/v1/sessions?tag=nightly&since=2001-01-01");
    assert_eq!(tagged["sessions"][0]["session_id"], "a/b");
    assert_eq!(
        (&tagged["total"], &tagged["tags"], &tagged["facets"]["tag"]),
        (&json!(1), &json!([["nightly"]]), &json!([["nightly", 1]]))
    );
    let found = ask(&shelf, "/api/v1/sessions/one/events?q=100.0");
    assert_eq!(found["total"], 1);
    let before = ask(&shelf, "/api/v1/sessions/one/board?at=12");
    assert_eq!(before["summary"]["events"], 12);
    assert_eq!(
        ask(&shelf, "/api/v1/overview")["metrics"]["total_sessions"],
        3
    );
    let spans = ask(&shelf, "/api/v1/sessions/one/spans?limit=9");
    assert_eq!(spans["seq"], 30);
    let error = answer(&shelf, "/api/v1/sessions/none").unwrap_err();
    assert!(error.message.contains("none of the files"), "{error}");
}

#[test]
fn a_point_among_thousands_is_seen() {
    let mut shelf = Shelf::default();
    opened(&mut shelf, "long.jsonl", lines("long", 3_000).as_bytes());
    let path = "/api/v1/sessions/long/series?name=loss&columns=50";
    let series: SeriesAnswer = serde_json::from_value(ask(&shelf, path)).unwrap();
    let loss = &series.series[0];
    assert_eq!((loss.total, loss.points), (3_000, 3_000));
    assert_eq!(loss.columns.at.len(), 50);
    assert_eq!(loss.columns.max[0].to_bits(), 100.0_f64.to_bits());
    assert_eq!(loss.columns.count.iter().sum::<u64>(), 3_000);
    let path = "/api/v1/sessions/long/series?name=loss&columns=50&from=5&to=9";
    let series: SeriesAnswer = serde_json::from_value(ask(&shelf, path)).unwrap();
    let loss = &series.series[0];
    assert!(loss.columns.exact);
    assert_eq!(loss.columns.at, [5.0, 6.0, 7.0, 8.0, 9.0]);
    assert_eq!((loss.before.unwrap().0, loss.after.unwrap().0), (4.0, 10.0));
}

#[test]
fn what_is_no_file_of_ours_says_so_and_leaves_the_rest_alone() {
    let mut shelf = Shelf::default();
    opened(&mut shelf, "one.jsonl", lines("one", 3).as_bytes());
    let packed = zstd::encode_all(lines("two", 500).as_bytes(), 3).unwrap();
    let mut spoilt = packed.clone();
    let middle = spoilt.len() / 2;
    spoilt[middle] ^= 0xff;
    for (name, bytes, why) in [
        ("empty", &b""[..], "empty"),
        ("text", b"hello\nworld", "cannot be shown"),
        ("gzip", &[0x1f, 0x8b, 8, 0], "gzip"),
        ("cut", &packed[..packed.len() - 9], "damaged or cut off"),
        ("spoilt", &spoilt, "damaged or cut off"),
        (
            "newer",
            br#"{"archive":"loopscope.session","version":9}"#,
            "version 9",
        ),
    ] {
        let error = open(&mut shelf, name, bytes, at()).unwrap_err();
        assert!(error.message.contains(why), "{name}: {error}");
    }
    let whole = archive(&shelf, "one", 1);
    let short = &whole[..whole.len() - 20];
    let part = opened(&mut shelf, "short", short);
    assert_eq!((part.events, part.refused), (2, 1));
    assert_eq!(ask(&shelf, "/api/v1/sessions")["total"], 2);
}
