//! The loop's webhook: layouts, retries, and what is refused without refusing the rest.

use serde_json::{Value, json};

use crate::support::{Server, event};
use crate::transcript::transcript;

#[tokio::test]
async fn a_retry_with_newer_events_behind_it_stores_only_those() {
    let server = Server::start(&[]).await;
    let all = transcript("run-1");
    let batch = |events: &[Value]| json!({"session_id": "run-1", "events": events}).to_string();
    let (_, answer) = server.post("/events", batch(&all[..10])).await;
    assert_eq!(answer, json!({"accepted": 10, "duplicates": 0}));
    let (_, answer) = server.post("/events", batch(&all)).await;
    assert_eq!(answer, json!({"accepted": 14, "duplicates": 10}));
    let (_, answer) = server.post("/events", batch(&all)).await;
    assert_eq!(answer, json!({"accepted": 0, "duplicates": 24}));
    assert_eq!(server.read("/api/sessions/run-1/events").await["total"], 24);
    assert_eq!(
        server.read("/api/sessions/run-1").await["metrics"]["total_findings"],
        3
    );
    server.stop().await;
}

#[tokio::test]
async fn every_layout_is_taken() {
    let server = Server::start(&[]).await;
    let one = |n| event("s", n, "X", 0, &json!({}));
    for (body, accepted) in [
        (one(1).to_string(), 1),
        (json!([one(2), one(3)]).to_string(), 2),
        (json!({"events": [one(4)]}).to_string(), 1),
        (json!({"session_id": "s", "events": []}).to_string(), 0),
        ("[]".to_owned(), 0),
    ] {
        let (status, answer) = server.post("/events", &body).await;
        assert_eq!(
            (status, &answer["accepted"]),
            (200, &json!(accepted)),
            "{body}"
        );
    }
    let (_, answer) = server
        .post(
            "/events",
            r#"{"session_id":"from-batch","events":[{"event_type":"X"}]}"#,
        )
        .await;
    assert_eq!(answer["accepted"], 1);
    assert_eq!(
        server.read("/api/sessions/from-batch/events").await["total"],
        1
    );
    server.stop().await;
}

#[tokio::test]
async fn a_bad_event_is_left_out_and_its_batch_is_kept() {
    let server = Server::start(&[]).await;
    let good = |n| event("s", n, "GOOD", 0, &json!({})).to_string();
    let odd = |field: &str, value: &str| {
        format!(r#"{{"event_id":"x-{field}","session_id":"s","event_type":"X","{field}":{value}}}"#)
    };
    let long = format!(r#""{}""#, "x".repeat(1_000_000));
    let deep = format!("{}{}", "[".repeat(100), "]".repeat(100));
    for (n, bad) in (0..).zip([
        "7".to_owned(),
        "null".to_owned(),
        "[]".to_owned(),
        r#""text""#.to_owned(),
        odd("state", &format!(r#""{}""#, "x".repeat(1_000))),
        odd("data", &format!(r#"{{"long":{long}}}"#)),
        odd("data", &format!(r#"{{"deep":{deep}}}"#)),
        format!(r#"{{"event_id":{long},"session_id":"s","event_type":"X"}}"#),
    ]) {
        let body = format!("[{},{bad},{}]", good(2 * n), good(2 * n + 1));
        let shown: String = bad.chars().take(80).collect();
        let (status, answer) = server.post("/events", body).await;
        assert_eq!(status, 200, "{shown}: {answer}");
        assert_eq!(
            (&answer["accepted"], &answer["rejected"]),
            (&json!(2), &json!(1)),
            "{shown}: {answer}"
        );
        assert_eq!(answer["errors"][0]["index"], 1, "{shown}");
        assert!(answer["errors"][0]["message"].is_string());
    }
    server.stop().await;
}

#[tokio::test]
async fn a_wrong_field_loses_no_event() {
    let server = Server::start(&[]).await;
    let fields = [
        ("timestamp", &["true", "{}", "[]", r#""soon""#][..]),
        ("iteration", &["-1", "true", r#""x""#, "[]", "20000000"]),
        ("data", &["5", r#""s""#, "[]", "null"]),
        ("event_id", &["5", "{}"]),
        ("state", &["7", "[]", "false"]),
        ("event_type", &["{}", "7"]),
        ("severity", &["{}", "7"]),
    ];
    let mut sent = 0;
    for (field, values) in fields {
        for value in values {
            let mut odd = event("s", sent, "X", 0, &json!({}));
            odd[field] = serde_json::from_str(value).unwrap();
            let (status, answer) = server.post("/events", odd.to_string()).await;
            let taken = json!({"accepted": 1, "duplicates": 0});
            assert_eq!((status, &answer), (200, &taken), "{field}: {value}");
            sent += 1;
        }
    }
    let events = server.read("/api/sessions/s/events?limit=1000").await;
    assert_eq!(events["total"], sent);
    for event in events["events"].as_array().unwrap() {
        assert!(event["data"].is_object(), "{event}");
        assert_eq!(event["iteration"], 0, "{event}");
    }
    let kept: Vec<_> = events["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| &event["data"]["value"])
        .collect();
    for value in [json!(5), json!("s"), json!([])] {
        assert!(kept.contains(&&value), "{value}");
    }
    let numbered = r#"{"event_type":"X","session_id":7}"#;
    server.post("/events", numbered).await;
    assert_eq!(server.read("/api/sessions/7/events").await["total"], 1);
    server.stop().await;
}

#[tokio::test]
async fn quirks_are_taken() {
    let server = Server::start(&[]).await;
    let body = r#"[
        {"event_id":"", "session_id":"q", "event_type":"step_complete", "iteration":"1", "timestamp":"2026-01-05T10:00:00", "data":{"step":"diagnose","findings":["a","b"],"rate":NaN,"most":Infinity}},
        {"event_id":"", "session_id":"q", "event_type":"NO_SUCH_TYPE", "iteration":1.0, "state":"PONDERING", "timestamp":"nonsense", "extra":true, "data":{"lone":"\ud800"}},
        {"type":"connected","timestamp":"2026-01-05T10:00:00.123456"}
    ]"#;
    let (status, answer) = server.post("/events", body).await;
    assert_eq!((status, &answer["accepted"]), (200, &json!(2)), "{answer}");
    let events = server.read("/api/sessions/q/events").await;
    assert_eq!(events["total"], 2);
    assert_eq!(events["events"][0]["data"]["rate"], Value::Null);
    assert_eq!(events["events"][1]["state"], "PONDERING");
    assert_eq!(
        server.read("/api/sessions/q/metrics").await["findings_per_iteration"],
        json!([2])
    );
    // The greeting made no session.
    assert_eq!(server.read("/api/sessions").await["total"], 1);
    server.stop().await;
}

#[tokio::test]
async fn what_is_no_batch_is_refused_with_the_contracts_error() {
    let server = Server::start(&[("LOOPSCOPE_LIMIT_BODY_BYTES", "100000")]).await;
    for (body, expected) in [
        (String::new(), 400),
        ("nonsense".to_owned(), 400),
        (r#"{"events":[}"#.to_owned(), 400),
        ("7".to_owned(), 400),
        (r#"{"events":7}"#.to_owned(), 400),
        ("[".repeat(10_000), 413),
        (format!(r#"{{"a":"{}"}}"#, "x".repeat(200_000)), 413),
        ("x".repeat(5_000_000), 413),
    ] {
        let shown: String = body.chars().take(40).collect();
        let (status, answer) = server.post("/events", body).await;
        assert_eq!(status, expected, "{shown}: {answer}");
        for key in ["detail", "error", "message"] {
            assert!(answer[key].is_string(), "{shown}: {answer}");
        }
    }
    assert_eq!(server.read("/api/sessions").await["total"], 0);
    server.stop().await;
}

#[tokio::test]
async fn a_full_disk_asks_the_loop_to_send_again_and_readers_go_on() {
    let server = Server::start(&[("LOOPSCOPE_JOURNAL_MAX_BYTES", "600000")]).await;
    let text = "x".repeat(50_000);
    let mut stored = 0;
    let refused = loop {
        let event = event("s", stored, "LARGE", 1, &json!({"text": text}));
        let (status, answer) = server.post("/events", event.to_string()).await;
        if status != 200 {
            break (status, answer);
        }
        stored += 1;
        assert!(stored < 1_000, "the bound does not hold");
    };
    assert_eq!(refused.0, 507, "{}", refused.1);
    assert_eq!(refused.1["error"], "disk_full");
    assert!(refused.1["detail"].is_string() && refused.1["message"].is_string());
    let total = server.read("/api/sessions/s/events?limit=1").await["total"].clone();
    assert_eq!(
        total, stored,
        "what was acknowledged is there, and nothing else"
    );
    let (status, health) = server.get("/health").await;
    assert_eq!((status, &health["status"]), (503, &json!("unhealthy")));
    server.stop().await;
}
