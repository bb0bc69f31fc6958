//! Both sockets: frames, subscriptions, requests, refusals, and a reader that falls behind.

use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Server, event};
use crate::transcript::transcript;

#[tokio::test]
async fn the_root_sends_flat_frames_whose_data_is_what_was_sent() {
    let server = Server::start(&[]).await;
    let mut socket = server.socket("/").await;
    socket.settle().await;
    let body = r#"{"event_id":"e1","session_id":"s","event_type":"METRICS","timestamp":"2026-01-05T10:00:00Z","data":{"a" : 1.50e3, "b":[ ],"c":"\u00e4"}}"#;
    assert_eq!(server.post("/events", body).await.0, 200);
    assert_eq!(
        socket.next_text().await.unwrap(),
        r#"{"type":"event","event_id":"e1","timestamp":"2026-01-05T10:00:00.000000Z","session_id":"s","iteration":0,"state":"IDLE","event_type":"METRICS","data":{"a" : 1.50e3, "b":[ ],"c":"\u00e4"}}"#
    );
    server.stop().await;
}

#[tokio::test]
async fn the_reference_socket_begins_with_state_and_is_nested_until_the_first_subscribe() {
    let server = Server::start(&[]).await;
    server.tell(&transcript("run-1")).await;
    let mut socket = server.socket("/ws").await;
    let first = socket.next().await;
    assert_eq!(first["type"], "state");
    assert_eq!(first["data"]["session_id"], "run-1");
    assert_eq!(first["data"]["state"], "CONVERGED");
    assert_eq!(first["data"]["logs"].as_array().unwrap().len(), 24);

    server
        .tell(&[event("s", 1, "ONE", 0, &json!({"n": 1}))])
        .await;
    let nested = socket.next().await;
    assert_eq!(nested["data"]["event_type"], "ONE");
    assert_eq!(nested["data"]["data"], json!({"n": 1}));

    // An unsubscribe is no subscribe: the shape stays.
    socket
        .send(json!({"action": "unsubscribe", "events": ["OTHER"]}))
        .await;
    socket.settle().await;
    server.tell(&[event("s", 2, "TWO", 0, &json!({}))]).await;
    assert_eq!(socket.next().await["data"]["event_type"], "TWO");

    socket
        .send(json!({"action": "subscribe", "events": ["*"]}))
        .await;
    socket.settle().await;
    server.tell(&[event("s", 3, "THREE", 0, &json!({}))]).await;
    assert_eq!(socket.next().await["event_type"], "THREE");
    server.stop().await;
}

#[tokio::test]
async fn the_state_frame_stays_below_what_clients_take() {
    let server = Server::start(&[]).await;
    let pad = "x".repeat(2_000);
    let events: Vec<Value> = (0..1_200)
        .map(|n| event("s", n, "LOG", 1, &json!({"n": n, "pad": pad})))
        .collect();
    server.tell(&events).await;
    let mut socket = server.socket("/ws").await;
    let text = socket.next_text().await.unwrap();
    assert!(text.len() < 1 << 20, "{} bytes", text.len());
    let state: Value = serde_json::from_str(&text).unwrap();
    let logs = state["data"]["logs"].as_array().unwrap();
    assert!(logs.len() > 300);
    let numbers: Vec<u64> = logs
        .iter()
        .map(|event| event["data"]["n"].as_u64().unwrap())
        .collect();
    let newest: Vec<u64> = (1_200 - logs.len() as u64..1_200).collect();
    assert_eq!(numbers, newest);
    server.stop().await;
}

#[tokio::test]
async fn excluded_names_stay_away_from_one_socket_only() {
    let server = Server::start(&[]).await;
    let mut one = server.socket("/").await;
    let mut other = server.socket("/").await;
    one.send(json!({"action": "unsubscribe", "events": ["b"]}))
        .await;
    one.settle().await;
    other.settle().await;
    server
        .tell(&[
            event("s", 1, "A", 0, &json!({})),
            event("s", 2, "B", 0, &json!({})),
            event("s", 3, "C", 0, &json!({})),
        ])
        .await;
    for expected in ["A", "C"] {
        assert_eq!(one.next().await["event_type"], expected);
    }
    for expected in ["A", "B", "C"] {
        assert_eq!(other.next().await["event_type"], expected);
    }
    server.stop().await;
}

#[tokio::test]
async fn requests_on_the_socket_equal_rest() {
    let server = Server::start(&[]).await;
    server.tell(&transcript("run-1")).await;
    let mut socket = server.socket("/").await;
    let answer = socket
        .ask(json!({"action": "get_session", "session_id": "run-1"}))
        .await;
    assert_eq!(answer["type"], "response");
    assert_eq!(answer["request_action"], "get_session");
    assert_eq!(answer["data"], server.read("/api/sessions/run-1").await);
    let answer = socket.ask(json!({"action": "list_sessions"})).await;
    let rest = server.read("/api/sessions").await;
    assert_eq!(
        answer["data"],
        json!({"sessions": rest["sessions"], "total": 1})
    );
    let answer = socket
        .ask(json!({"action": "list_sessions", "offset": 1}))
        .await;
    assert_eq!(answer["data"], json!({"sessions": [], "total": 1}));
    let refused = socket
        .ask(json!({"action": "get_session", "session_id": "none"}))
        .await;
    assert_eq!(
        (&refused["type"], &refused["error"]),
        (&json!("error"), &json!("not_found"))
    );
    server.stop().await;
}

#[tokio::test]
async fn whatever_a_client_sends_it_is_told_and_stays_connected() {
    let server = Server::start(&[]).await;
    let mut socket = server.socket("/").await;
    let many: Vec<String> = (0..1_000).map(|n| format!("NAME_{n}")).collect();
    for (message, action, error) in [
        (Message::text("nonsense"), None, "invalid_json"),
        (Message::text(r#"{"action":NaN}"#), None, "invalid_json"),
        (Message::text("[".repeat(10_000)), None, "invalid_json"),
        (Message::text("x".repeat(1_000_000)), None, "too_large"),
        (Message::binary(vec![0_u8; 10]), None, "invalid_message"),
        (Message::text("[1,2]"), None, "invalid_message"),
        (
            Message::text(r#"{"action":"dance"}"#),
            Some("dance"),
            "unknown_action",
        ),
        (
            Message::text(r#"{"action":"list_sessions","limit":[]}"#),
            Some("list_sessions"),
            "invalid_field",
        ),
        (
            Message::text(json!({"action": "subscribe", "events": many}).to_string()),
            Some("subscribe"),
            "too_large",
        ),
    ] {
        socket.send_raw(message.clone()).await;
        let answer = socket.next().await;
        assert_eq!(answer["type"], "error");
        assert_eq!(answer["error"], error, "{answer}");
        assert_eq!(answer["request_action"], json!(action), "{answer}");
        assert!(answer["message"].is_string());
    }
    socket.settle().await;
    server
        .tell(&[event("s", 1, "STILL_HERE", 0, &json!({}))])
        .await;
    assert_eq!(socket.next().await["event_type"], "STILL_HERE");
    server.stop().await;
}

#[tokio::test]
async fn a_reader_that_slept_has_every_event_in_order() {
    let small_ring = [("LOOPSCOPE_LIMIT_RING_EVENTS", "64")];
    let server = Server::start(&small_ring).await;
    let mut sleeper = server.socket("/").await;
    sleeper.settle().await;
    let pad = "x".repeat(4_000);
    for batch in 0..20_u32 {
        let events: Vec<Value> = (0..200)
            .map(|n| {
                event(
                    "s",
                    batch * 200 + n,
                    "LOG",
                    1,
                    &json!({"n": batch * 200 + n, "pad": pad}),
                )
            })
            .collect();
        server.tell(&events).await;
    }
    for expected in 0..4_000 {
        assert_eq!(sleeper.next().await["data"]["n"], expected);
    }
    server.stop().await;
}

#[tokio::test]
async fn a_stop_says_farewell_to_open_sockets() {
    let server = Server::start(&[]).await;
    let mut socket = server.socket("/").await;
    socket.settle().await;
    let (_, last) = tokio::join!(server.stop(), socket.next_text());
    assert_eq!(last, None);
}
