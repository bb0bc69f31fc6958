//! What dashboards of training get: a greeting, then live events as they were sent; a replay where they ask for it.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::timeout;

use super::{epoch, event, said, started};
use crate::support::{Server, Socket, free_port};

async fn greeted(mut socket: Socket) -> Socket {
    let greeting = timeout(Duration::from_secs(2), socket.next())
        .await
        .unwrap();
    let expected = json!({"type": "connected", "message": "Connected to Karn telemetry stream"});
    assert_eq!(greeting, expected);
    socket
}

#[tokio::test]
async fn a_client_is_greeted_and_an_event_arrives_as_it_was_sent() {
    let own = free_port().await;
    let server = Server::start(&[("LOOPSCOPE_LISTEN", &format!("training={own}"))]).await;
    let main = server.address();
    let mut clients = Vec::new();
    for (address, path) in [
        (main, "/training"),
        (main, "/training/ws"),
        (own, "/"),
        (own, "/ws"),
    ] {
        clients.push(greeted(Socket::open(address, path).await).await);
    }
    let mut trainer = Socket::open(own, "/ws?role=producer").await;
    let sent = epoch(1, 10, 75.5);
    trainer.send(sent.to_string()).await;
    for client in &mut clients {
        let frame = timeout(Duration::from_secs(2), client.next())
            .await
            .unwrap();
        assert_eq!(frame["event_type"], "EPOCH_COMPLETED");
        assert_eq!(frame["epoch"], 10);
        assert_eq!(frame["data"]["inner_epoch"], 10);
        assert_eq!(frame["data"]["val_accuracy"], 75.5);
        assert_eq!(said(&frame), said(&sent));
    }
    assert_eq!(server.read("/training/api/health").await["clients"], 4);
    server.stop().await;
}

#[tokio::test]
async fn bare_tokens_come_in_and_null_goes_out() {
    let server = Server::start(&[]).await;
    let mut client = greeted(server.socket("/training/ws").await).await;
    let mut trainer = server.socket("/training/ws?role=producer").await;
    let skipped = r#"{"event_type":"PPO_UPDATE_COMPLETED","timestamp":"2026-01-05T10:00:00+00:00","epoch":4,"data":{"skipped":true,"q_variance":NaN,"op_q_values":[NaN,Infinity,-Infinity,0.0],"note":"NaN stays","seed":18446744073709551615},"ack":1}"#;
    trainer.send(skipped).await;
    assert_eq!(trainer.next().await, json!({"ack": 1, "accepted": 1}));
    let text = client.next_text().await.unwrap();
    let frame: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(frame["data"]["q_variance"], Value::Null);
    assert_eq!(frame["data"]["op_q_values"], json!([null, null, null, 0.0]));
    assert_eq!(frame["data"]["note"], "NaN stays");
    assert!(text.contains("18446744073709551615"), "{text}");
    assert!(
        !text.contains("_non_finite") && !text.contains("_envelope"),
        "{text}"
    );
    server.stop().await;
}

#[tokio::test]
async fn nothing_is_replayed_unless_it_is_asked_for() {
    let server = Server::start(&[]).await;
    let events = json!([started(0, "run-1"), epoch(1, 1, 10.0), epoch(2, 2, 20.0)]);
    assert_eq!(
        server
            .post("/training/events", events.to_string())
            .await
            .status,
        202
    );
    let mut plain = greeted(server.socket("/training/ws").await).await;
    let mut again = greeted(server.socket("/training/ws?replay=1").await).await;
    for expected in events.as_array().unwrap() {
        assert_eq!(said(&again.next().await), said(expected));
    }
    let live = epoch(3, 3, 30.0);
    assert_eq!(
        server
            .post("/training/events", live.to_string())
            .await
            .status,
        202
    );
    assert_eq!(said(&plain.next().await), said(&live));
    assert_eq!(said(&again.next().await), said(&live));
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_replay_under_load_joins_the_live_stream_without_a_seam() {
    const EVENTS: u32 = 600;
    let server = Server::start(&[]).await;
    let mut trainer = server.socket("/training/ws?role=producer").await;
    trainer.send(epoch(0, 0, 0.0).to_string()).await;
    let sending = tokio::spawn(async move {
        for number in 1..EVENTS {
            trainer.send(epoch(number, number, 1.0).to_string()).await;
            if number % 10 == 0 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        trainer
    });
    server
        .eventually("/training/api/runs", |list| list["total"] == 1)
        .await;
    for _ in 0..10 {
        let mut client = greeted(server.socket("/training/ws?replay=1").await).await;
        for number in 0..EVENTS {
            assert_eq!(client.next().await["data"]["inner_epoch"], number);
        }
    }
    drop(sending.await.unwrap());
    server.stop().await;
}

#[tokio::test]
async fn what_a_client_says_is_ignored() {
    let server = Server::start(&[]).await;
    let mut client = greeted(server.socket("/training/ws").await).await;
    client.send("nonsense").await;
    client.send(r#"{"type":"pong"}"#).await;
    client.send("x".repeat(50_000)).await;
    let mut trainer = server.socket("/training/ws/publish").await;
    trainer
        .send(r#"{"type":"connected","message":"Connected to Karn telemetry stream"}"#)
        .await;
    let sent = event(1, "a_new_type", None, &json!({"kept": [1, 2]}));
    trainer.send(sent.to_string()).await;
    assert_eq!(said(&client.next().await), said(&sent));
    server.stop().await;
}

#[tokio::test]
async fn a_hundred_clients_see_every_event() {
    let server = Server::start(&[]).await;
    let mut clients = Vec::new();
    for _ in 0..100 {
        clients.push(greeted(server.socket("/training/ws").await).await);
    }
    let mut trainer = server.socket("/training/ws?role=producer").await;
    for number in 0..50 {
        trainer.send(epoch(number, number, 1.0).to_string()).await;
    }
    for client in &mut clients {
        for number in 0..50 {
            assert_eq!(client.next().await["data"]["inner_epoch"], number);
        }
    }
    server.stop().await;
}
