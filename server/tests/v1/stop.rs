//! Stopping: farewells, nothing lost, in time.

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{PATIENCE, Server, some};

#[tokio::test]
async fn a_stop_says_farewell_to_everyone_and_keeps_everything() {
    let server = Server::start(&[]).await;
    let mut socket = server.socket().await;
    socket.ask(json!({"type": "subscribe"})).await;
    let mut stream = TcpStream::connect(server.address()).await.unwrap();
    stream
        .write_all(b"GET /api/v1/stream?since=0 HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .await
        .unwrap();
    let mut poll = TcpStream::connect(server.address()).await.unwrap();
    poll.write_all(
        b"GET /api/v1/events?since=0&session=x&wait=60 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    )
    .await
    .unwrap();
    server.tell(&some("s", 0..20)).await;
    assert_eq!(socket.events(20).await.len(), 20);

    let reads = async {
        let closing = socket.next().await;
        assert_eq!(
            (&closing["type"], &closing["reason"]),
            (&json!("closing"), &json!("shutdown"))
        );
        assert_eq!(socket.next_or_close().await, Err(Some(1001)));
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        assert_eq!(text.matches("event: event").count(), 20);
        assert!(text.ends_with("0\r\n\r\n"), "the stream ends in order");
        let mut text = String::new();
        poll.read_to_string(&mut text).await.unwrap();
        assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    };
    let both = async { tokio::join!(server.restart(), reads).0 };
    let server = tokio::time::timeout(PATIENCE, both)
        .await
        .expect("it did not stop");
    assert_eq!(
        server.read("/api/v1/sessions/s").await["summary"]["events"],
        20
    );
    let settings = server.read("/api/v1/settings").await;
    assert_eq!(settings["storage"]["epoch"], 1, "it was closed in order");
}
