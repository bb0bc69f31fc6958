//! Server-sent events: resuming by `Last-Event-ID`, filters, resets.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{PATIENCE, Server, event, some};

/// Reads a stream until the text meets the condition.
async fn read_until(
    server: &Server,
    path: &str,
    head: &str,
    done: impl Fn(&str) -> bool,
) -> String {
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{head}\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut text = Vec::new();
    let read = async {
        let mut buffer = [0; 4096];
        while !done(&String::from_utf8_lossy(&text)) {
            let count = stream.read(&mut buffer).await.unwrap();
            assert!(count > 0, "the stream ended");
            text.extend_from_slice(&buffer[..count]);
        }
    };
    tokio::time::timeout(PATIENCE, read)
        .await
        .expect("it did not come");
    String::from_utf8(text).unwrap()
}

#[tokio::test]
async fn events_come_with_their_cursor_and_go_on_from_it() {
    let server = Server::start(&[]).await;
    server.tell(&some("s", 0..5)).await;
    let text = read_until(&server, "/api/v1/stream?since=0", "", |text| {
        text.contains("id: 1-5")
    })
    .await;
    assert!(text.contains("text/event-stream"));
    assert!(text.contains("retry: "));
    assert_eq!(text.matches("event: event").count(), 5);
    let head = "Last-Event-ID: 1-3\r\n";
    let text = read_until(&server, "/api/v1/stream?since=0", head, |text| {
        text.contains("id: 1-5")
    })
    .await;
    assert!(
        !text.contains("id: 1-3\n"),
        "what was seen is not sent again"
    );
    assert!(text.contains("id: 1-4\n"));
}

#[tokio::test]
async fn filters_choose_and_payloads_stay_on_one_line() {
    let server = Server::start(&[]).await;
    let pretty =
        "{\"event_type\":\"STEP_STARTED\",\"session_id\":\"s\",\"data\":{\n  \"step\":\n\"fix\"}}";
    server.tell(&[event("s", 1, "METRICS")]).await;
    assert_eq!(
        server.post("/api/v1/events", pretty).await.json()["accepted"],
        1
    );
    let path = "/api/v1/stream?since=0&name=step_*";
    let text = read_until(&server, path, "", |text| {
        text.contains("id: 1-2") && text.ends_with("\n\n\r\n")
    })
    .await;
    assert!(!text.contains("METRICS"));
    let data = text
        .lines()
        .find_map(|line| line.strip_prefix("data: "))
        .unwrap();
    let event: serde_json::Value = serde_json::from_str(data).unwrap();
    assert_eq!(event["data"]["step"], "fix");
}

#[tokio::test]
async fn a_cursor_that_cannot_be_gone_on_from_is_reset() {
    let server = Server::start(&[]).await;
    let text = read_until(&server, "/api/v1/stream?since=1-50", "", |text| {
        text.contains("event: reset")
    })
    .await;
    assert!(text.contains(r#""reason":"ahead""#), "{text}");
    let answer = server.get("/api/v1/stream?since=soon").await;
    assert_eq!(answer.code(), (422, "invalid_field".to_owned()));
}

#[tokio::test]
async fn open_streams_are_counted_while_they_are_open() {
    let server = Server::start(&[]).await;
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream
        .write_all(b"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .unwrap();
    server
        .eventually("/api/v1/overview", |overview| {
            overview["metrics"]["connected_clients"] == 1
        })
        .await;
    drop(stream);
    // The server notices when it next writes.
    tokio::time::sleep(Duration::from_millis(10)).await;
    server.tell(&some("s", 0..1)).await;
    server
        .eventually("/api/v1/overview", |overview| {
            overview["metrics"]["connected_clients"] == 0
        })
        .await;
}
