//! Viewers that come while events stream: none misses one, none gets one twice, and the numbers fit.

use std::time::Duration;

use serde_json::Value;

use super::{Begun, numbered};
use crate::support::Server;

const EVENTS: usize = 4_000;
const VIEWERS: usize = 30;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn viewers_that_come_under_load_get_every_event_once() {
    let server = Server::start(&[]).await;
    let mut producer = server.socket("/agents/ws?role=producer").await;
    let sending = tokio::spawn(async move {
        for number in 0..EVENTS {
            producer.send(numbered(number).to_string()).await;
            if number % 20 == 0 {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        producer
    });
    let mut viewers = Vec::new();
    for _ in 0..VIEWERS {
        viewers.push(Begun::at(&server, "/agents/ws").await);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    for viewer in viewers {
        check(viewer).await;
    }
    drop(sending.await.unwrap());
    server.stop().await;
}

/// What a viewer saw is one run of numbers up to the last, and it was told how many there were before.
async fn check(mut viewer: Begun) {
    let number = |frame: &Value| frame["data"]["n"].as_u64().unwrap() as usize;
    let history: Vec<usize> = viewer.history.iter().map(number).collect();
    let told = viewer.stats["data"]["metrics"]["total_events"]
        .as_u64()
        .unwrap() as usize;
    let first = told.saturating_sub(50);
    assert_eq!(history, (first..told).collect::<Vec<_>>());
    for expected in told..EVENTS {
        assert_eq!(number(&viewer.socket.next().await), expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_hundred_viewers_see_the_same() {
    let server = Server::start(&[]).await;
    let mut viewers = Vec::new();
    for _ in 0..100 {
        viewers.push(Begun::at(&server, "/agents/ws").await);
    }
    assert_eq!(
        server.read("/agents/health").await["connected_clients"],
        100
    );
    let mut producer = server.socket("/agents/ws/publish").await;
    for number in 0..100 {
        producer.send(numbered(number).to_string()).await;
    }
    for viewer in &mut viewers {
        for number in 0..100 {
            assert_eq!(viewer.socket.next().await, numbered(number));
        }
    }
    drop(viewers);
    server
        .eventually("/agents/health", |health| health["connected_clients"] == 0)
        .await;
    server.stop().await;
}

#[tokio::test]
async fn a_viewer_that_does_not_read_holds_up_nobody() {
    let server = Server::start(&[]).await;
    let stalled = Begun::at(&server, "/agents/ws").await;
    let mut viewer = Begun::at(&server, "/agents/ws").await;
    let mut producer = server.socket("/agents/ws/publish").await;
    for number in 0..2_000 {
        producer.send(numbered(number).to_string()).await;
    }
    for number in 0..2_000 {
        assert_eq!(viewer.socket.next().await["data"]["n"], number);
    }
    // It is behind, and still misses nothing.
    let mut stalled = stalled;
    for number in 0..2_000 {
        assert_eq!(stalled.socket.next().await["data"]["n"], number);
    }
    server.stop().await;
}
