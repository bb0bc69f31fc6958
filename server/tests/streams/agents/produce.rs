//! Producers on sockets: one event or many a frame, acknowledged where asked for.

use serde_json::{Value, json};

use super::{Begun, event, numbered};
use crate::support::Server;

#[tokio::test]
async fn a_producer_is_told_only_what_it_asks_for() {
    let server = Server::start(&[]).await;
    for path in [
        "/agents/ws?role=producer",
        "/agents/ws/publish",
        "/agents?role=producer",
    ] {
        let mut producer = server.socket(path).await;
        producer.send(numbered(1).to_string()).await;
        let mut asked = numbered(2);
        asked["ack"] = json!("a-2");
        producer.send(asked.to_string()).await;
        // No history, no answer to the first: the first word is the one that was asked for.
        assert_eq!(producer.next().await, json!({"ack": "a-2", "accepted": 1}));
        let batch = json!({"ack": 3, "events": [numbered(3), 7, numbered(4)]});
        producer.send(batch.to_string()).await;
        let expected = json!({"ack": 3, "accepted": 2, "rejected": 1});
        assert_eq!(producer.next().await, expected);
    }
    server.stop().await;
}

#[tokio::test]
async fn what_is_acknowledged_is_there_after_a_restart() {
    let server = Server::start(&[]).await;
    let mut producer = server.socket("/agents/ws?role=producer&system=crew").await;
    for number in 0..20 {
        let mut event = numbered(number);
        event["ack"] = json!(number);
        producer.send(event.to_string()).await;
    }
    for number in 0..20 {
        assert_eq!(producer.next().await, json!({"ack": number, "accepted": 1}));
    }
    let server = server.restart().await;
    let stats = server.read("/agents/stats?system=crew").await;
    assert_eq!(stats["metrics"]["total_events"], 20);
    server.stop().await;
}

#[tokio::test]
async fn arrays_and_garbage_come_in_any_order() {
    let server = Server::start(&[]).await;
    let mut viewer = Begun::at(&server, "/agents/ws").await;
    let mut producer = server.socket("/agents/ws?role=producer").await;
    producer
        .send(json!([numbered(0), numbered(1)]).to_string())
        .await;
    producer.send("not JSON").await;
    producer.send("[1, null]").await;
    let binary = tokio_tungstenite::tungstenite::Message::binary(vec![1_u8]);
    futures_util::SinkExt::send(&mut producer.0, binary)
        .await
        .unwrap();
    producer.send(numbered(2).to_string()).await;
    for number in 0..3 {
        assert_eq!(viewer.socket.next().await, numbered(number));
    }
    server.stop().await;
}

#[tokio::test]
async fn what_was_left_out_is_given_and_what_was_sent_is_kept() {
    let server = Server::start(&[]).await;
    let mut viewer = Begun::at(&server, "/agents/ws").await;
    let mut producer = server.socket("/agents/ws?role=producer").await;
    producer
        .send(r#"{"event_type":"quality_score_updated","data":{"source":"s","overall_score":NaN,"extra":{"deep":[1]},"description":"x"}}"#)
        .await;
    let frame = viewer.socket.next().await;
    assert!(frame["event_id"].as_str().is_some_and(|id| id.len() == 36));
    assert!(
        frame["timestamp"]
            .as_str()
            .is_some_and(|time| time.ends_with('Z'))
    );
    let data =
        json!({"source": "s", "overall_score": null, "extra": {"deep": [1]}, "description": "x"});
    assert_eq!(frame["data"], data);
    // A producer's own time is relayed in its own spelling.
    let sent = event(
        "mine",
        "agent_registered",
        &json!({"agent_id": "ä😀", "description": "é"}),
    );
    producer.send(sent.to_string()).await;
    assert_eq!(viewer.socket.next().await, sent);
    // That it asks to be told is between it and the server.
    let mut asking = numbered(8);
    asking["ack"] = json!(8);
    producer.send(asking.to_string()).await;
    assert_eq!(viewer.socket.next().await, numbered(8));
    // Sent again it is one event.
    producer.send(sent.to_string()).await;
    producer.send(numbered(9).to_string()).await;
    assert_eq!(viewer.socket.next().await, numbered(9));
    let newest: Vec<Value> =
        serde_json::from_value(server.read("/agents/events?limit=3").await["events"].clone())
            .unwrap();
    assert_eq!(newest, [numbered(9), numbered(8), sent]);
    server.stop().await;
}
