//! Watching: rows that changed, numbers, previews.

use serde_json::{Value, json};

use crate::support::{Server, Socket, some};

async fn until(socket: &mut Socket, done: impl Fn(&Value) -> bool) -> Value {
    loop {
        let frame = socket.next().await;
        if done(&frame) {
            return frame;
        }
    }
}

#[tokio::test]
async fn a_watcher_is_told_of_rows_numbers_and_some_of_the_events() {
    let server = Server::start(&[]).await;
    let mut socket = server.socket().await;
    let watch =
        json!({"type": "watch", "sessions": true, "metrics": true, "preview_per_second": 10});
    socket.send(watch).await;
    let numbers = until(&mut socket, |frame| frame["type"] == "metrics").await;
    assert_eq!(numbers["metrics"]["connected_clients"], 1);

    server.tell(&some("a", 0..100)).await;
    let (mut row, mut shown, mut left_out) = (Value::Null, 0, 0);
    while row.is_null() || shown + left_out < 100 {
        let frame = socket.next().await;
        match frame["type"].as_str().unwrap() {
            "sessions" => row = frame["sessions"][0].clone(),
            "preview" => {
                shown += frame["events"].as_array().unwrap().len() as u64;
                left_out += frame["left_out"].as_u64().unwrap();
            }
            _ => {}
        }
    }
    assert_eq!(
        (&row["session_id"], &row["events"]),
        (&json!("a"), &json!(100))
    );
    assert_eq!(shown + left_out, 100, "what is not shown is counted");
    assert!(shown >= 1 && left_out >= 90, "{shown} {left_out}");
}

#[tokio::test]
async fn a_preview_comes_as_lines_where_those_are_asked_for() {
    let server = Server::start(&[]).await;
    let mut socket = server.socket().await;
    socket
        .send(json!({"type": "watch", "preview_per_second": 10, "preview_lines": true}))
        .await;
    server.tell(&some("a", 0..3)).await;
    let preview = until(&mut socket, |frame| frame["type"] == "preview").await;
    assert_eq!(preview["events"], json!([]));
    let line = &preview["lines"][0];
    assert_eq!(line["session_id"], "a");
    assert!(!line["sentence"].as_str().unwrap().is_empty(), "{line}");
    let overview = server.read("/api/v1/overview").await;
    assert_eq!(overview["lines"][0]["seq"], overview["events"][0]["seq"]);
}

#[tokio::test]
async fn an_empty_watch_ends_the_watch() {
    let server = Server::start(&[]).await;
    let mut socket = server.socket().await;
    socket
        .send(json!({"type": "watch", "sessions": true}))
        .await;
    server.tell(&some("a", 0..1)).await;
    until(&mut socket, |frame| frame["type"] == "sessions").await;
    socket.send(json!({"type": "watch"})).await;
    server.tell(&some("b", 0..1)).await;
    server
        .eventually("/api/v1/sessions/b", |snapshot| {
            snapshot["summary"]["events"] == 1
        })
        .await;
    let pong = socket.ask(json!({"type": "ping"})).await;
    assert_eq!(pong["type"], "pong");
}
