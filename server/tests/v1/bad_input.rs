//! Hostile and broken input: a structured error each, and nothing else is disturbed.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Server, event, numbers, some};

/// Bodies, and the error that each gets.
fn bodies() -> Vec<(&'static str, Vec<u8>, u16, &'static str)> {
    let deep = format!(
        r#"{{"name":"x","data":{}{}}}"#,
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    let with = |field: &str, value: &str| {
        format!(
            r#"{{"event_type":"X","session_id":"s",{field}:{value}}}"#,
            field = json!(field)
        )
    };
    let long = json!("x".repeat(1_000_000)).to_string();
    vec![
        ("no JSON", b"{\"name\": ".to_vec(), 400, "malformed"),
        ("nothing", Vec::new(), 400, "malformed"),
        ("no UTF-8", vec![0xFF, 0xFE, b'{'], 400, "malformed"),
        ("a number", b"42".to_vec(), 400, "malformed"),
        (
            "events that are no array",
            b"{\"events\": 3}".to_vec(),
            400,
            "malformed",
        ),
        ("10,000 deep", deep.into_bytes(), 422, "too_large"),
        (
            "a million characters",
            with("data", &format!(r#"{{"a":{long}}}"#)).into(),
            422,
            "too_large",
        ),
        (
            "a negative iteration",
            with("iteration", "-1").into(),
            422,
            "invalid_field",
        ),
        (
            "an iteration that is a list",
            with("iteration", "[1]").into(),
            422,
            "invalid_field",
        ),
        (
            "an id that is an object",
            with("event_id", "{}").into(),
            422,
            "invalid_field",
        ),
        (
            "data that is a number",
            with("data", "3").into(),
            422,
            "invalid_field",
        ),
    ]
}

#[tokio::test]
async fn every_bad_body_gets_its_own_error_and_the_next_good_one_is_taken() {
    let server = Server::start(&[]).await;
    for (n, (what, body, status, code)) in bodies().into_iter().enumerate() {
        let answer = server.post("/api/v1/events", body).await;
        let value = answer.json();
        let error = if value["error"].is_object() {
            &value["error"]
        } else {
            &value["receipts"][0]["error"]
        };
        assert_eq!(
            (answer.status, error["code"].as_str()),
            (status, Some(code)),
            "{what}: {value}"
        );
        assert!(!error["message"].as_str().unwrap().is_empty(), "{what}");
        server.tell(&[event("good", n, "X")]).await;
    }
}

#[tokio::test]
async fn a_body_of_a_hundred_megabytes_is_refused_by_its_bound() {
    let server = Server::start(&[]).await;
    let answer = server.post("/api/v1/events", vec![b' '; 100 << 20]).await;
    assert_eq!(answer.code(), (413, "too_large".to_owned()));
    assert_eq!(answer.json()["error"]["limit"], "16777216 bytes");
    server.tell(&[event("good", 1, "X")]).await;
}

#[tokio::test]
async fn numbers_that_json_cannot_say_become_null() {
    let server = Server::start(&[]).await;
    let body = r#"{"event_type":"METRICS","session_id":"s","data":{"a":NaN,"b":[-Infinity]}}"#;
    assert_eq!(
        server.post("/api/v1/events", body).await.json()["accepted"],
        1
    );
    let page = server.read("/api/v1/sessions/s/events").await;
    assert_eq!(
        page["events"][0]["data"],
        json!({"a": null, "b": [null], "_non_finite": {"/a": "NaN", "/b/0": "-Infinity"}}),
        "what they were is remembered beside them"
    );
}

#[tokio::test]
async fn every_bad_message_gets_an_error_and_the_socket_stays() {
    let server = Server::start(&[]).await;
    let mut socket = server.socket().await;
    for (message, code) in [
        (Message::text("no json"), "malformed"),
        (Message::text("[]"), "invalid_field"),
        (Message::text("{}"), "invalid_field"),
        (
            Message::text(r#"{"type":"dance","id":"d"}"#),
            "unknown_action",
        ),
        (
            Message::text(r#"{"type":"subscribe","names":"x"}"#),
            "invalid_field",
        ),
        (
            Message::text(r#"{"type":"subscribe","names":["a*b"]}"#),
            "invalid_field",
        ),
        (
            Message::text(r#"{"type":"subscribe","since":"yesterday"}"#),
            "invalid_field",
        ),
        (
            Message::text(r#"{"type":"unsubscribe","id":"nobody"}"#),
            "not_found",
        ),
        (Message::text(r#"{"type":"publish"}"#), "invalid_field"),
        (Message::binary(vec![1, 2, 3]), "malformed"),
        (Message::text("x".repeat(5 << 20)), "too_large"),
    ] {
        let shown: String = format!("{message:?}").chars().take(80).collect();
        socket.send_raw(message).await;
        let answer = socket.next().await;
        assert_eq!(answer["type"], "error", "{shown}");
        assert_eq!(answer["error"]["code"], code, "{shown}: {answer}");
    }
    assert_eq!(
        socket.ask(json!({"type": "dance", "id": "d"})).await["id"],
        "d"
    );
    assert_eq!(
        socket.ask(json!({"type": "ping", "id": "p"})).await["id"],
        "p"
    );
}

#[tokio::test]
async fn a_published_event_that_is_too_deep_is_refused_alone() {
    let server = Server::start(&[]).await;
    let mut socket = server.socket().await;
    let deep = format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000));
    let message = format!(
        r#"{{"type":"publish","events":[{{"name":"x","data":{{"a":{deep}}}}},{}]}}"#,
        event("good", 1, "X")
    );
    socket.send_raw(Message::text(message)).await;
    let ack = socket.next().await;
    assert_eq!((&ack["accepted"], &ack["rejected"]), (&json!(1), &json!(1)));
    assert_eq!(ack["receipts"][0]["error"]["limit"], "64 levels");
}

#[tokio::test]
async fn a_thousand_subscriptions_are_64_and_errors() {
    let server = Server::start(&[]).await;
    let mut socket = server.socket().await;
    let mut refused = Vec::new();
    for n in 0..1_000 {
        let answer = socket
            .ask(json!({"type": "subscribe", "id": n.to_string(), "batch": true}))
            .await;
        if answer["type"] == "error" {
            refused.push(answer["error"].clone());
        }
    }
    assert_eq!(refused.len(), 1_000 - 64);
    assert_eq!(refused[0]["limit"], "64 subscriptions");
    server.tell(&some("s", 0..1)).await;
    let mut names: Vec<Value> = Vec::new();
    for _ in 0..64 {
        let frame = socket.next().await;
        assert_eq!(numbers(frame["events"].as_array().unwrap()), [0]);
        names.push(frame["id"].clone());
    }
    names.sort_by_key(|name| name.as_str().unwrap().parse::<u32>().unwrap());
    names.dedup();
    assert_eq!(names.len(), 64, "each stream got it once");
}
