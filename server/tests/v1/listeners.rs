//! A port of the orchestrator contract's own: its paths at the root, our own behind them, the contract's refusal where
//! nothing is, and a port that is taken.

use std::collections::HashMap;
use std::net::SocketAddr;

use loopscope::config::{Layers, resolve};
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;

use crate::support::{Answer, Server, Socket, request, some};

async fn get(address: SocketAddr, path: &str) -> Answer {
    request(address, &format!("GET {path}"), "", b"").await
}

/// A server with a listener of the contract's own.
async fn start() -> (Server, SocketAddr) {
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = free.local_addr().unwrap();
    drop(free);
    let listen = format!("orchestrator={own}");
    (Server::start(&[("LOOPSCOPE_LISTEN", &listen)]).await, own)
}

#[tokio::test]
async fn the_contract_stands_at_the_root_of_its_own_port_and_below_a_prefix_of_the_main_one() {
    let (server, own) = start().await;
    let main = server.address();
    for (address, prefix) in [(own, ""), (main, "/orchestrator")] {
        let health = get(address, &format!("{prefix}/health")).await.json();
        assert_eq!(
            (&health["status"], &health["version"]),
            (&json!("healthy"), &json!("4.0.0")),
            "{health}"
        );
        let listed = get(address, &format!("{prefix}/api/sessions")).await;
        assert_eq!(listed.status, 200, "{}", listed.text());
        let lost = get(address, &format!("{prefix}/api/sessions/nobody")).await;
        assert_eq!(lost.status, 404);
        assert_eq!(lost.json()["success"], json!(false), "{}", lost.text());
    }
    // At the root of the main port the name is another contract's.
    let other = get(main, "/health").await;
    assert_ne!(other.json()["version"], json!("4.0.0"), "{}", other.text());
    // Socket.IO is at the root of both.
    for address in [own, main] {
        let shaken = get(address, "/socket.io/?EIO=4&transport=polling").await;
        assert_eq!(shaken.status, 200, "{}", shaken.text());
        let content = String::from_utf8(shaken.content()).unwrap();
        let hello: Value = serde_json::from_str(content.strip_prefix('0').unwrap()).unwrap();
        assert!(hello["sid"].is_string(), "{hello}");
    }
}

#[tokio::test]
async fn behind_the_contract_its_own_port_answers_as_the_main_one_does() {
    let (server, own) = start().await;
    server.tell(&some("s", 0..3)).await;
    server
        .eventually("/api/v1/sessions", |list| list["total"] == 1)
        .await;
    for path in ["/api/v1/sessions/s/events", "/api/openapi.json"] {
        let (here, there) = (get(own, path).await, server.get(path).await);
        assert_eq!((here.status, here.json()), (200, there.json()), "{path}");
    }
    // Our own routes refuse in our own shape.
    let unknown = get(own, "/api/v1/sessions/nobody").await;
    assert_eq!(unknown.code(), (404, "not_found".to_owned()));
    let stored = br#"{"event_type":"A","session_id":"t"}"#;
    let line = "POST /api/v1/events";
    let head = "Content-Type: application/json\r\n";
    let answer = request(own, line, head, stored).await;
    assert_eq!(answer.json()["accepted"], json!(1), "{}", answer.text());

    let (stream, _) = connect_async(format!("ws://{own}/ws/v1")).await.unwrap();
    let mut socket = Socket(stream);
    assert_eq!(socket.next().await["type"], "hello");
    let subscribe = json!({"type": "subscribe", "since": "0", "session": "t"});
    assert_eq!(socket.ask(subscribe).await["type"], "subscribed");
    assert_eq!(socket.events(1).await[0]["name"], "A");

    // Whoever takes HTML is a person: the pages, and our page for what is not there.
    for (path, status) in [("/", 200), ("/sessions/s", 200), ("/nothing", 404)] {
        let page = request(own, &format!("GET {path}"), "Accept: text/html\r\n", b"").await;
        assert_eq!(page.status, status, "{path}");
        let media = page.header("content-type").unwrap_or_default();
        assert!(media.starts_with("text/html"), "{path}: {media}");
    }
}

#[tokio::test]
async fn where_nothing_is_the_contract_refuses_in_its_own_shape() {
    let (_server, own) = start().await;
    for line in ["GET /nothing", "GET /api/nothing", "POST /api/nothing"] {
        let lost = request(own, line, "", b"").await;
        let told = lost.json();
        assert_eq!(
            (lost.status, &told["success"]),
            (404, &json!(false)),
            "{line}"
        );
        assert!(
            told["error"].is_string() && told["timestamp"].is_string(),
            "{told}"
        );
        assert!(
            lost.header("content-security-policy").is_some(),
            "{}",
            lost.head
        );
    }
    // What other contracts have is not here.
    for line in [
        "GET /agents/events",
        "GET /orchestrator/health",
        "GET /metrics",
    ] {
        let lost = request(own, line, "", b"").await;
        assert_eq!(
            (lost.status, &lost.json()["success"]),
            (404, &json!(false)),
            "{line}"
        );
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_named_and_the_server_does_not_come_up() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db").display().to_string();
    let settings = |listen: &str| -> HashMap<String, String> {
        [
            ("DASHBOARD_HOST", "127.0.0.1"),
            ("DASHBOARD_PORT", "0"),
            ("DASHBOARD_DB_PATH", &path),
            ("CONVERGENCE_WS_URL", "none"),
            ("LOOPSCOPE_LISTEN", listen),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    };
    let layers = |listen: &str| Layers {
        env: settings(listen),
        ..Layers::default()
    };
    let config = resolve(&layers(&format!("orchestrator={address}"))).unwrap();
    let Err(refused) = loopscope::serve(config).await else {
        panic!("it serves on a port that is taken")
    };
    let words = refused.to_string();
    assert!(words.contains(&address.to_string()), "{words}");
    let unknown = resolve(&layers(&format!("orchestra={address}"))).unwrap_err();
    let words = unknown.to_string();
    assert!(
        words.contains("LOOPSCOPE_LISTEN") && words.contains("orchestrator"),
        "{words}"
    );
    // The database is free again.
    drop(taken);
    let config = resolve(&layers(&format!("orchestrator={address}"))).unwrap();
    let running = loopscope::serve(config).await.unwrap();
    assert_eq!(get(address, "/health").await.json()["version"], "4.0.0");
    running.stop().await.unwrap();
}
