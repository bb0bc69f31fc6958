//! A full disk: intake says so, readers go on, and it recovers by itself.

use serde_json::{Value, json};

use crate::support::Server;

fn big(n: usize) -> Value {
    json!({"event_id": n.to_string(), "event_type": "X", "session_id": "s", "data": {"pad": "x".repeat(20_000)}})
}

#[tokio::test]
async fn a_full_journal_refuses_intake_and_serves_readers() {
    let server = Server::start(&[("LOOPSCOPE_JOURNAL_MAX_BYTES", "2000000")]).await;
    let mut socket = server.socket().await;
    let mut stored = 0;
    let refused = loop {
        let answer = server.post("/api/v1/events", big(stored).to_string()).await;
        if answer.status != 200 {
            break answer;
        }
        stored += 1;
        assert!(stored < 1_000, "it never filled up");
    };
    assert_eq!(refused.code(), (507, "disk_full".to_owned()));
    assert!(refused.header("retry-after").is_some());
    assert_eq!(server.get("/readyz").await.status, 503);
    assert_eq!(server.get("/healthz").await.status, 200);
    let refused = socket
        .ask(json!({"type": "publish", "id": "p", "events": big(stored)}))
        .await;
    assert_eq!(
        (&refused["id"], &refused["error"]["code"]),
        (&json!("p"), &json!("disk_full"))
    );
    let page = server.read("/api/v1/sessions/s/events?limit=1000").await;
    assert_eq!(page["events"].as_array().unwrap().len(), stored);
    let streamed = socket.ask(json!({"type": "subscribe", "since": 0})).await;
    assert_eq!(streamed["type"], "subscribed");
    assert_eq!(socket.events(stored).await.len(), stored);
}
