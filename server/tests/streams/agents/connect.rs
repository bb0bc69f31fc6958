//! What a viewer gets: greeting, history, numbers, then everything that happens.

use serde_json::{Value, json};

use super::{Begun, event, numbered, tell};
use crate::support::Server;

#[tokio::test]
async fn a_viewer_is_greeted_and_told_what_was_and_what_comes() {
    let server = Server::start(&[]).await;
    let events: Vec<Value> = (0..60).map(numbered).collect();
    tell(&server, "/agents/events", &events).await;

    let mut viewer = Begun::at(&server, "/agents/ws").await;
    let greeting = viewer.greeting.as_object().unwrap();
    assert_eq!(greeting["event_type"], "connection_established");
    assert_eq!(
        greeting["message"],
        "Connected to Agentic Standards Protocol Dashboard"
    );
    let id = greeting["client_id"].as_str().unwrap();
    assert!(
        id.len() == 8 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{id}"
    );
    for missing in ["event_id", "data", "severity"] {
        assert!(!greeting.contains_key(missing), "{missing}");
    }
    // At most 50, oldest first, as they were sent.
    assert_eq!(viewer.history, events[10..]);
    let stats = &viewer.stats["data"];
    assert_eq!(stats["metrics"]["total_events"], 60);
    assert_eq!(stats["recent_events"], 60);
    assert!(stats.get("connected_clients").is_none());
    assert!(stats["system_uptime_seconds"].as_f64().unwrap() >= 0.0);

    let live = numbered(60);
    tell(&server, "/agents/events", std::slice::from_ref(&live)).await;
    assert_eq!(viewer.socket.next().await, live);
    server.stop().await;
}

#[tokio::test]
async fn an_empty_server_greets_and_says_zero() {
    let server = Server::start(&[]).await;
    for path in ["/agents/ws", "/agents"] {
        let viewer = Begun::at(&server, path).await;
        assert_eq!(viewer.history, Vec::<Value>::new());
        let stats = &viewer.stats["data"];
        assert_eq!(stats["metrics"]["total_events"], 0);
        assert_eq!(stats["metrics"]["avg_quality_score"], 0.0);
        assert_eq!(stats["active_agents"], 0);
    }
    server.stop().await;
}

#[tokio::test]
async fn systems_are_told_apart_and_seen_together() {
    let server = Server::start(&[]).await;
    let (one, other) = (numbered(1), numbered(2));
    tell(
        &server,
        "/agents/events?system=east",
        std::slice::from_ref(&one),
    )
    .await;
    tell(
        &server,
        "/agents/events?system=west",
        std::slice::from_ref(&other),
    )
    .await;
    let mut east = Begun::at(&server, "/agents/ws?system=east").await;
    assert_eq!(east.history, std::slice::from_ref(&one));
    assert_eq!(east.stats["data"]["metrics"]["total_events"], 1);
    let mut all = Begun::at(&server, "/agents/ws").await;
    assert_eq!(all.history, [one, other]);
    assert_eq!(all.stats["data"]["metrics"]["total_events"], 2);

    let (third, fourth) = (numbered(3), numbered(4));
    tell(
        &server,
        "/agents/events?system=west",
        std::slice::from_ref(&third),
    )
    .await;
    tell(
        &server,
        "/agents/events?system=east",
        std::slice::from_ref(&fourth),
    )
    .await;
    assert_eq!(east.socket.next().await, fourth);
    assert_eq!(all.socket.next().await, third);
    assert_eq!(all.socket.next().await, fourth);
    server.stop().await;
}

#[tokio::test]
async fn history_survives_a_restart_and_the_uptime_does_not() {
    let server = Server::start(&[]).await;
    let events: Vec<Value> = (0..3).map(numbered).collect();
    tell(&server, "/agents/events", &events).await;
    let server = server.restart().await;
    let viewer = Begun::at(&server, "/agents/ws").await;
    assert_eq!(viewer.history, events);
    assert_eq!(viewer.stats["data"]["metrics"]["total_events"], 3);
    let uptime = server.read("/agents/health").await["uptime_seconds"].clone();
    assert!(uptime.as_f64().unwrap() < 60.0);
    server.stop().await;
}

#[tokio::test]
async fn history_older_than_the_ring_comes_from_the_journal() {
    let server = Server::start(&[("LOOPSCOPE_LIMIT_RING_EVENTS", "16")]).await;
    let events: Vec<Value> = (0..40).map(numbered).collect();
    for event in &events {
        tell(&server, "/agents/events", std::slice::from_ref(event)).await;
    }
    let viewer = Begun::at(&server, "/agents/ws").await;
    assert_eq!(viewer.history, events);
    server.stop().await;
}

#[tokio::test]
async fn what_a_viewer_says_is_ignored() {
    let server = Server::start(&[]).await;
    let mut viewer = Begun::at(&server, "/agents/ws").await;
    for said in [
        "nonsense",
        "{",
        r#"{"type":"get_state"}"#,
        r#"{"event_type":"agent_registered","data":{}}"#,
        &"x".repeat(100_000),
    ] {
        viewer.socket.send(said).await;
    }
    let binary = tokio_tungstenite::tungstenite::Message::binary(vec![0_u8, 1, 2]);
    futures_util::SinkExt::send(&mut viewer.socket.0, binary)
        .await
        .unwrap();
    let live = event(
        "live",
        "agent_registered",
        &json!({"agent_id": "a", "description": "new"}),
    );
    tell(&server, "/agents/events", std::slice::from_ref(&live)).await;
    assert_eq!(viewer.socket.next().await, live);
    assert_eq!(
        server.read("/agents/stats").await["metrics"]["total_events"],
        1
    );
    server.stop().await;
}
