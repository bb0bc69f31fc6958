//! Spans over HTTP: stretches, pages, bounds that name their field; and the trace as other programs read it.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::support::Server;

/// An event of a loop, so many seconds after the start.
fn at(seconds: f64, n: usize, iteration: u32, name: &str, data: &Value) -> Value {
    let (whole, micros) = (seconds as u32, (seconds.fract() * 1e6).round() as u32);
    json!({
        "event_id": format!("e{n}"),
        "timestamp": format!("2026-01-05T10:{:02}:{:02}.{micros:06}Z", whole / 60, whole % 60),
        "session_id": "s",
        "iteration": iteration,
        "event_type": name,
        "data": data,
    })
}

/// Passes of ten seconds with two steps each; the last of them goes on.
fn passes(count: u32) -> Vec<Value> {
    let mut events = Vec::new();
    for pass in 1..=count {
        let start = f64::from(pass - 1) * 10.0;
        let mut say = |seconds: f64, name: &str, data: Value| {
            events.push(at(start + seconds, events.len(), pass, name, &data));
        };
        say(0.0, "ITERATION_STARTED", json!({"iteration": pass}));
        say(1.0, "STEP_STARTED", json!({"step": "diagnose"}));
        say(2.0, "METRICS", json!({"metrics": {"loss": 1}}));
        say(
            3.5,
            "STEP_COMPLETE",
            json!({"step": "diagnose", "success": true, "findings_count": 2}),
        );
        say(4.0, "STEP_STARTED", json!({"step": "fix"}));
        if pass < count {
            say(8.0, "STEP_FAILED", json!({"step": "fix", "error": "no"}));
            say(9.0, "ITERATION_ENDED", json!({"iteration": pass}));
        }
    }
    events
}

const START_US: i64 = 1_767_607_200_000_000;

#[tokio::test]
async fn spans_come_in_stretches_and_go_on_with_what_comes() {
    let server = Server::start(&[]).await;
    server.tell(&passes(3)).await;
    let path = "/api/v1/sessions/s/spans";
    let all = server.read(&format!("{path}?resume=1")).await;
    assert_eq!(all["spans"].as_array().unwrap().len(), 9);
    assert_eq!(
        (&all["total"], &all["merged"], &all["seq"]),
        (&json!(9), &json!(false), &json!(19))
    );
    assert_eq!(all["range_us"], json!([START_US, START_US + 24_000_000]));
    assert_eq!(all["fold"]["open"].as_array().unwrap().len(), 2);
    let fix = &all["spans"][8];
    assert_eq!(
        (&fix["name"], &fix["status"], &fix["parent"]),
        (&json!("fix"), &json!("running"), &json!("15"))
    );

    let stretch = format!(
        "{path}?from=2026-01-05T10:00:08.5Z&to={}&kind=step",
        START_US / 1000 + 12_000
    );
    let stretch = server.read(&stretch).await;
    let names: Vec<_> = stretch["spans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|span| &span["id"])
        .collect();
    assert_eq!(names, [&json!("9")]);

    // One by one, in pages.
    let mut next = String::new();
    let mut seen = Vec::new();
    loop {
        let page = server
            .read(&format!("{path}?each=1&limit=4&after={next}"))
            .await;
        seen.extend(page["spans"].as_array().unwrap().clone());
        match page["next"].as_str() {
            Some(more) => more.clone_into(&mut next),
            None => break,
        }
    }
    assert_eq!(json!(seen), all["spans"]);

    // What comes is there at once, and after a restart.
    server
        .tell(&[at(
            25.0,
            99,
            3,
            "STEP_COMPLETE",
            &json!({"step": "fix", "fixes_count": 1}),
        )])
        .await;
    let now = server.read(path).await;
    assert_eq!(now["spans"][8]["label"], "1 fix");
    assert_eq!(now["spans"][8]["end_us"], START_US + 25_000_000);
    let server = server.restart().await;
    assert_eq!(server.read(path).await, now);
}

#[tokio::test]
async fn more_spans_than_asked_for_are_merged_and_none_is_lost() {
    let server = Server::start(&[]).await;
    for part in passes(200).chunks(500) {
        server.tell(part).await;
    }
    let few = server.read("/api/v1/sessions/s/spans?limit=40").await;
    let spans = few["spans"].as_array().unwrap();
    assert!(
        spans.len() <= 40 && few["merged"] == true,
        "{}",
        spans.len()
    );
    let count = |span: &Value| span["merged"]["count"].as_u64().unwrap_or(1);
    assert_eq!(spans.iter().map(count).sum::<u64>(), 600);
    let failed = |span: &Value| match span["merged"]["failed"].as_u64() {
        Some(failed) => failed,
        None => u64::from(span["status"] == "failed"),
    };
    assert_eq!(spans.iter().map(failed).sum::<u64>(), 199);
    assert!(spans.iter().any(|span| span["status"] == "running"));
}

#[tokio::test]
async fn what_is_odd_names_its_field() {
    let server = Server::start(&[]).await;
    server.tell(&passes(1)).await;
    let path = "/api/v1/sessions/s/spans";
    for (query, field) in [
        ("from=noon", "from"),
        ("from=2&to=1", "to"),
        ("kind=lunch", "kind"),
        ("limit=0", "limit"),
        ("limit=50001", "limit"),
        ("after=x", "after"),
        ("each=maybe", "each"),
    ] {
        let answer = server.get(&format!("{path}?{query}")).await;
        assert_eq!(answer.status, 422, "{query}: {}", answer.text());
        assert_eq!(answer.json()["error"]["field"], field, "{query}");
    }
    for path in [
        "/api/v1/sessions/nobody/spans",
        "/api/v1/sessions/nobody/trace",
    ] {
        assert_eq!(server.get(path).await.code(), (404, "not_found".to_owned()));
    }
}

/// A body that was sent in chunks.
fn whole(mut body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let end = body.windows(2).position(|bytes| bytes == b"\r\n").unwrap();
        let length = std::str::from_utf8(&body[..end]).unwrap();
        let length = usize::from_str_radix(length.trim(), 16).unwrap();
        if length == 0 {
            return out;
        }
        out.extend_from_slice(&body[end + 2..end + 2 + length]);
        body = &body[end + 4 + length..];
    }
}

/// The Trace Event Format (Perfetto, Chrome): complete events with microseconds, on tracks where what overlaps is nested.
#[tokio::test]
async fn a_trace_is_what_other_programs_open() {
    let server = Server::start(&[]).await;
    server.tell(&passes(30)).await;
    // A second diagnosis at the same time as the step that goes on.
    server
        .tell(&[
            at(295.0, 900, 30, "STEP_STARTED", &json!({"step": "diagnose"})),
            at(
                299.0,
                901,
                30,
                "STEP_COMPLETE",
                &json!({"step": "diagnose"}),
            ),
        ])
        .await;
    let answer = server.get("/api/v1/sessions/s/trace").await;
    assert_eq!(
        answer.header("content-disposition"),
        Some("attachment; filename=\"trace.json\"")
    );
    let trace: Value = serde_json::from_slice(&whole(&answer.body)).unwrap();
    let events = trace["traceEvents"].as_array().unwrap();
    let (about, spans): (Vec<_>, Vec<_>) = events.iter().partition(|event| event["ph"] == "M");
    assert_eq!(about[0]["name"], "process_name");
    let threads: HashMap<u64, &str> = about
        .iter()
        .filter(|event| event["name"] == "thread_name")
        .map(|event| {
            (
                event["tid"].as_u64().unwrap(),
                event["args"]["name"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        (threads[&1], threads[&2], threads.len()),
        ("Steps", "Steps 2", 2)
    );
    assert_eq!(spans.len(), 91);
    let mut tracks: HashMap<u64, Vec<(i64, i64, &str)>> = HashMap::new();
    for span in &spans {
        assert_eq!((&span["ph"], &span["pid"]), (&json!("X"), &json!(1)));
        let (ts, dur) = (span["ts"].as_i64().unwrap(), span["dur"].as_i64().unwrap());
        assert!(ts >= START_US && dur >= 0);
        let name = span["name"].as_str().unwrap();
        tracks
            .entry(span["tid"].as_u64().unwrap())
            .or_default()
            .push((ts, ts + dur, name));
    }
    for spans in tracks.values_mut() {
        // The longest first, as a reader nests them.
        spans.sort_by_key(|(ts, end, _)| (*ts, -end));
        let mut stack: Vec<(i64, i64, &str)> = Vec::new();
        for span in spans.iter() {
            while stack.last().is_some_and(|above| above.1 <= span.0) {
                stack.pop();
            }
            if let Some(above) = stack.last() {
                assert!(span.1 <= above.1, "{span:?} outlives {above:?}");
                assert!(
                    above.2.starts_with("iteration"),
                    "{span:?} is no part of {above:?}"
                );
            }
            stack.push(*span);
        }
    }
    let second = spans.iter().find(|span| span["tid"] == 2).unwrap();
    assert_eq!(second["name"], "fix");
    let first = spans
        .iter()
        .find(|span| span["name"] == "diagnose")
        .unwrap();
    assert_eq!(
        (&first["ts"], &first["dur"]),
        (&json!(START_US + 1_000_000), &json!(2_500_000))
    );
    assert_eq!(
        (&first["cat"], &first["args"]["label"]),
        (&json!("step"), &json!("2 findings"))
    );
}
