//! A server that stops and comes back: clients go on where they were.

use serde_json::json;

use crate::support::{Server, event, numbers, some};

#[tokio::test]
async fn a_cursor_outlives_the_server_and_so_do_sessions() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..10)).await;
    let mut socket = server.socket().await;
    let subscribed = socket.ask(json!({"type": "subscribe", "since": 4})).await;
    assert_eq!(subscribed["cursor"], "1-4");
    let seen = socket.events(3).await;
    let last = seen.last().unwrap()["offset"].clone();

    let server = server.restart().await;
    server.tell(&[event("s", 10, "METRICS")]).await;
    let mut socket = server.socket().await;
    socket
        .ask(json!({"type": "subscribe", "since": format!("1-{last}")}))
        .await;
    assert_eq!(numbers(&socket.events(4).await), [7, 8, 9, 10]);
    let rows = server.read("/api/v1/sessions").await;
    assert_eq!(rows["sessions"][0]["events"], 11);
    let snapshot = server.read("/api/v1/sessions/s").await;
    assert_eq!(snapshot["summary"]["events"], 11);
}

#[tokio::test]
async fn a_snapshot_and_the_stream_behind_it_meet_without_a_gap() {
    let server = Server::start(&[("LOOPSCOPE_LIMIT_BOARDS", "2")]).await;
    for session in 0..6 {
        server.tell(&some(&format!("s{session}"), 0..40)).await;
    }
    // Four of the boards have left memory and are folded anew.
    for session in 0..6 {
        let snapshot = server.read(&format!("/api/v1/sessions/s{session}")).await;
        assert_eq!(snapshot["summary"]["events"], 40, "s{session}");
        let mut socket = server.socket().await;
        let since = snapshot["cursor"].clone();
        socket
            .ask(json!({"type": "subscribe", "since": since, "session": format!("s{session}")}))
            .await;
        server
            .tell(&[event(&format!("s{session}"), 40, "METRICS")])
            .await;
        let next = loop {
            let event = socket.events(1).await.remove(0);
            // What the snapshot has already is passed over by its seq.
            if event["seq"].as_u64().unwrap() > 40 {
                break event;
            }
        };
        assert_eq!(next["seq"], 41);
    }
}
