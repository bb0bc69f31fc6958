//! Times without an offset are the local time of the host, whichever way they come. A process of its own, in its own zone.

use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::fake_loop::FakeLoop;
use crate::support::{PATIENCE, exchange_with};

/// A server in a process that goes with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn ask(address: SocketAddr, method: &str, path: &str, body: &str) -> Value {
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    exchange_with(address, request.into_bytes()).await.json()
}

#[tokio::test]
async fn a_naive_time_is_the_hosts_own_by_the_feed_and_by_the_webhook() {
    let upstream = FakeLoop::new().await;
    let folder = tempfile::tempdir().unwrap();
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let child = Command::new(env!("CARGO_BIN_EXE_loopscope"))
        .env("TZ", "XYZ5")
        .env("DASHBOARD_HOST", "127.0.0.1")
        .env("DASHBOARD_PORT", address.port().to_string())
        .env("DASHBOARD_DB_PATH", folder.path().join("journal.db"))
        .env("CONVERGENCE_WS_URL", upstream.url())
        .env("LOOPSCOPE_LOG", "warn")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let _process = Process(child);
    let mut link = upstream.accept().await;
    let naive = |session: &str| json!({"session_id": session, "event_type": "METRICS", "timestamp": "2026-01-05T10:00:00.5", "data": {}});
    link.send(naive("fed")).await;
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while tokio::net::TcpStream::connect(address).await.is_err() {
        assert!(tokio::time::Instant::now() < deadline, "no server came up");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let answer = ask(address, "POST", "/events", &naive("posted").to_string()).await;
    assert_eq!(answer["accepted"], 1, "{answer}");
    for session in ["fed", "posted"] {
        let path = format!("/api/sessions/{session}/events");
        let event = loop {
            let page = ask(address, "GET", &path, "").await;
            if page["total"] == 1 {
                break page["events"][0].clone();
            }
            assert!(tokio::time::Instant::now() < deadline, "{session}: {page}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        // Five hours west of Greenwich.
        assert_eq!(
            event["timestamp"], "2026-01-05T15:00:00.500000Z",
            "{session}"
        );
    }
}
