//! Bad input: it is refused by name, and disturbs nothing else.

use serde_json::json;

use super::{event, numbered};
use crate::support::Server;

#[tokio::test]
async fn one_bad_event_does_not_refuse_its_batch() {
    let server = Server::start(&[
        ("LOOPSCOPE_LIMIT_JSON_DEPTH", "16"),
        ("LOOPSCOPE_LIMIT_STRING_BYTES", "2000"),
        ("LOOPSCOPE_LIMIT_EVENT_BYTES", "5000"),
    ])
    .await;
    let deep = "[".repeat(40) + &"]".repeat(40);
    let deep = format!(r#"{{"event_type":"agent_registered","data":{{"d":{deep}}}}}"#);
    let long = event("long", "agent_registered", &json!({"t": "x".repeat(3_000)}));
    let many: Vec<String> = (0..60).map(|_| "y".repeat(100)).collect();
    let large = event("large", "agent_registered", &json!({"t": many}));
    let nameless = json!({"event_type": 7, "data": {}});
    let body = format!(
        "[{},{deep},{long},{large},{nameless},\"x\",{}]",
        numbered(1),
        numbered(2)
    );
    let answer = server.post("/agents/events", body).await;
    assert_eq!(answer.status, 202);
    let told = answer.json();
    assert_eq!(
        (&told["accepted"], &told["rejected"]),
        (&json!(2), &json!(5)),
        "{told}"
    );
    assert_eq!(told["errors"][0]["index"], 1);
    server.stop().await;
}

#[tokio::test]
async fn bodies_beyond_their_bounds_are_refused_whole() {
    let server = Server::start(&[
        ("LOOPSCOPE_LIMIT_BODY_BYTES", "10000"),
        ("LOOPSCOPE_LIMIT_BATCH_EVENTS", "10"),
    ])
    .await;
    let large = json!([event("e", "x", &json!({"t": "x".repeat(20_000)}))]).to_string();
    assert_eq!(server.post("/agents/events", large).await.status, 413);
    let many: Vec<_> = (0..11)
        .map(|n| json!({"event_type": "x", "data": {"n": n}}))
        .collect();
    assert_eq!(
        server
            .post("/agents/events", json!(many).to_string())
            .await
            .status,
        413
    );
    let invalid = [b'"', 0xff, b'"'];
    assert_eq!(server.post("/agents/events", invalid).await.status, 400);
    let slow = server.ask("/agents/ws").await;
    assert_eq!(slow.status, 400, "no upgrade was asked for");
    assert_eq!(
        server.read("/agents/stats").await["metrics"]["total_events"],
        0
    );
    server.stop().await;
}

#[tokio::test]
async fn a_frame_that_is_too_long_is_refused_and_the_socket_goes_on() {
    let server = Server::start(&[("LOOPSCOPE_LIMIT_FRAME_BYTES", "1000")]).await;
    let mut producer = server.socket("/agents/ws?role=producer").await;
    producer.send("x".repeat(5_000)).await;
    assert_eq!(producer.next().await["error"], "refused");
    let mut event = numbered(1);
    event["ack"] = json!(1);
    producer.send(event.to_string()).await;
    assert_eq!(producer.next().await, json!({"ack": 1, "accepted": 1}));
    server.stop().await;
}
