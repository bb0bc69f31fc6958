//! A trainer that sends as fast as it can: it is never held up for long, and every event is there in the end.

use futures_util::SinkExt as _;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;

use super::trainer::Trainer;
use super::{epoch, started};
use crate::support::Server;

/// A second of a trainer that emits 20,000 events a second.
const BURST: u32 = 20_000;

/// Every event of the run, by its number, once and in order.
async fn count(server: &Server, run: &str) {
    let path = format!("/training/api/runs/{run}/events");
    server
        .eventually(&format!("{path}?limit=1"), |page| {
            page["total"] == BURST + 1
        })
        .await;
    let mut next = 0;
    for offset in (1..=BURST).step_by(1_000) {
        let page = server
            .read(&format!("{path}?limit=1000&offset={offset}"))
            .await;
        for event in page["events"].as_array().unwrap() {
            assert_eq!(event["data"]["inner_epoch"], next);
            next += 1;
        }
    }
    assert_eq!(next, BURST);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_burst_over_a_dialled_link_is_stored_whole() {
    let trainer = Trainer::new().await;
    let server = trainer.server().await;
    let mut link = trainer.accept().await;
    link.send(&started(0, "burst")).await;
    for number in 0..BURST {
        let event = epoch(number / 20_000, number, 50.0).to_string();
        link.0.feed(Message::text(event)).await.unwrap();
    }
    link.0.flush().await.unwrap();
    link.close().await;
    count(&server, "burst").await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_burst_of_a_producer_is_acknowledged_and_stored_whole() {
    let server = Server::start(&[]).await;
    let mut producer = server.socket("/training/ws?role=producer").await;
    producer.send(started(0, "burst").to_string()).await;
    for number in 0..BURST {
        let mut event = epoch(0, number, 50.0);
        if number % 1_000 == 999 {
            event["ack"] = json!(number);
        }
        let event = Message::text(event.to_string());
        producer.0.feed(event).await.unwrap();
    }
    producer.0.flush().await.unwrap();
    for number in (999..BURST).step_by(1_000) {
        assert_eq!(producer.next().await, json!({"ack": number, "accepted": 1}));
    }
    // What is acknowledged is on the disk: the server is asked only after it was started anew.
    let server = server.restart().await;
    count(&server, "burst").await;
    server.stop().await;
}
