//! Who gets in: refused in the contract's shape, let in by a token in the header or in the address.

use serde_json::json;
use tokio_tungstenite::connect_async;

use crate::support::{Server, event};

#[tokio::test]
async fn strangers_are_refused_in_the_contracts_shape_and_tokens_open_every_door() {
    let server = Server::start(&[("LOOPSCOPE_AUTH", "always")]).await;
    for path in [
        "/api/sessions",
        "/api/sessions/s/events",
        "/api/stats",
        "/api/threats",
        "/ws",
    ] {
        let (status, body) = server.get(path).await;
        assert_eq!(
            (status, &body["error"]),
            (401, &json!("unauthorized")),
            "{path}"
        );
        assert!(
            body["detail"].is_string() && body["message"].is_string(),
            "{path}"
        );
    }
    let batch = json!([event("s", 1, "X", 0, &json!({}))]).to_string();
    assert_eq!(server.post("/events", &batch).await.0, 401);
    for path in ["/", "/ws"] {
        assert!(
            connect_async(format!("ws://{}{path}", server.address()))
                .await
                .is_err(),
            "{path}"
        );
    }
    // A probe need not have a token.
    assert_eq!(server.read("/health").await["status"], "healthy");

    // A loop knows nothing but an address to post to.
    let token = server.first_token();
    let (status, answer) = server.post(&format!("/events?token={token}"), &batch).await;
    assert_eq!(
        (status, answer),
        (200, json!({"accepted": 1, "duplicates": 0}))
    );
    let sessions = server
        .read(&format!("/api/sessions?token={token}&limit=5"))
        .await;
    assert_eq!(
        (&sessions["total"], &sessions["limit"]),
        (&json!(1), &json!(5))
    );
    let mut socket = server.socket(&format!("/?token={token}")).await;
    socket.settle().await;
    let mut socket = server.socket(&format!("/ws?token={token}")).await;
    assert_eq!(socket.next().await["type"], "state");
    server.stop().await;
}
