//! The contract's HTTP: health, numbers, lists, the way to the page, and what is not there.

use serde_json::json;

use super::{Begun, event, numbered, tell};
use crate::support::{Server, exchange, free_port, get};

#[tokio::test]
async fn health_is_told_in_the_shape_of_the_contract() {
    let server = Server::start(&[]).await;
    let health = server.read("/agents/health").await;
    assert_eq!(health["status"], "healthy");
    assert_eq!(health["service"], "DashboardWebSocketServer");
    assert_eq!(health["connected_clients"], 0);
    assert!(health["timestamp"].as_str().unwrap().ends_with('Z'));
    assert!(health["uptime_seconds"].is_f64());
    // Producers are no viewers.
    let _producer = server.socket("/agents/ws?role=producer").await;
    let _viewer = Begun::at(&server, "/agents/ws").await;
    assert_eq!(server.read("/agents/health").await["connected_clients"], 1);
    assert_eq!(server.read("/agents/stats").await["connected_clients"], 1);
    server.stop().await;
}

#[tokio::test]
async fn numbers_are_those_of_the_contract() {
    let server = Server::start(&[]).await;
    let done = |number: usize, score: serde_json::Value| {
        let data = json!({"agent_id": format!("a{number}"), "agent_name": "A", "task_description": "t",
            "duration_ms": 1.5, "success": number != 1, "quality_score": score});
        event(&format!("d{number}"), "agent_execution_completed", &data)
    };
    let begun = json!({"agent_id": "busy", "agent_name": "B", "task_description": "t"});
    let events = [
        done(0, json!(90.0)),
        done(1, json!(null)),
        done(2, json!(0.0)),
        done(3, json!(60.0)),
        event("begun", "agent_execution_started", &begun),
        event(
            "reputation",
            "reputation_updated",
            &json!({"agent_id": "a0", "new_score": 0.1}),
        ),
        event(
            "health",
            "system_health_updated",
            &json!({"active_agents": 99}),
        ),
    ];
    tell(&server, "/agents/events?system=one", &events).await;
    tell(
        &server,
        "/agents/events?system=other",
        &[done(9, json!(50.0))],
    )
    .await;
    let of_one = server.read("/agents/stats?system=one").await;
    assert_eq!(of_one["metrics"]["total_agents_executed"], 4);
    assert_eq!(of_one["metrics"]["avg_quality_score"], 50.0);
    assert_eq!(of_one["active_agents"], 1);
    let of_all = server.read("/agents/stats").await;
    assert_eq!(of_all["metrics"]["total_events"], 8);
    assert_eq!(of_all["metrics"]["total_agents_executed"], 5);
    assert_eq!(of_all["metrics"]["avg_quality_score"], 50.0);
    server.stop().await;
}

#[tokio::test]
async fn posts_are_answered_by_what_became_of_them() {
    let server = Server::start(&[]).await;
    for (body, status, accepted) in [
        (numbered(1).to_string(), 202, 1),
        (json!([numbered(2), numbered(3)]).to_string(), 202, 2),
        (json!({"events": [numbered(4), 7]}).to_string(), 202, 1),
        (numbered(1).to_string(), 202, 1),
    ] {
        let answer = server.post("/agents/events", &body).await;
        assert_eq!(answer.status, status, "{body}");
        assert_eq!(answer.json()["accepted"], accepted, "{body}");
    }
    for (body, status) in [
        ("{", 400),
        ("", 400),
        ("7", 422),
        ("[7]", 422),
        ("null", 422),
    ] {
        let answer = server.post("/agents/events", body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
    }
    assert_eq!(
        server.read("/agents/stats").await["metrics"]["total_events"],
        4
    );
    server.stop().await;
}

#[tokio::test]
async fn lists_are_newest_first_and_bounded() {
    let server = Server::start(&[]).await;
    let events: Vec<_> = (0..120).map(numbered).collect();
    tell(&server, "/agents/events", &events).await;
    for (path, count) in [
        ("/agents/events", 50),
        ("/agents/events?limit=7", 7),
        ("/agents/events?limit=1000", 100),
        ("/agents/events?limit=-1", 0),
        ("/agents/events?limit=99999999999999999999", 100),
    ] {
        let list = server.read(path).await;
        let list = list["events"].as_array().unwrap();
        assert_eq!(list.len(), count, "{path}");
        for (place, event) in list.iter().take(2).enumerate() {
            assert_eq!(*event, numbered(119 - place), "{path}");
        }
    }
    assert_eq!(server.ask("/agents/events?limit=x").await.status, 422);
    let found = |id: &str, title: &str| {
        let data = json!({"opportunity_id": id, "title": title, "confidence_score": 0.5,
            "revenue_potential": "$1M ARR", "description": "d"});
        event(&format!("{id}-{title}"), "opportunity_discovered", &data)
    };
    let opportunities = [found("a", "old"), found("b", "other"), found("a", "new")];
    tell(&server, "/agents/events", &opportunities).await;
    let list = server.read("/agents/opportunities").await;
    assert_eq!(list["total"], 2);
    assert_eq!(list["opportunities"][0]["title"], "new");
    assert_eq!(list["opportunities"][1]["title"], "other");
    assert_eq!(list["opportunities"][1]["revenue_potential"], "$1M ARR");
    // One that is told of for ever hides no other.
    let again: Vec<_> = (0..1_100).map(|n| found("a", &n.to_string())).collect();
    tell(&server, "/agents/events", &again).await;
    let check = async |server: &Server| {
        let list = server.read("/agents/opportunities").await;
        assert_eq!(list["total"], 2);
        assert_eq!(list["opportunities"][0]["title"], "1099");
        assert_eq!(list["opportunities"][1]["title"], "other");
    };
    check(&server).await;
    let server = server.restart().await;
    check(&server).await;
    server.stop().await;
}

#[tokio::test]
async fn the_root_leads_to_the_dashboard_and_unknown_paths_nowhere() {
    let own = free_port().await;
    let server = Server::start(&[("LOOPSCOPE_LISTEN", &format!("agents={own}"))]).await;
    tell(&server, "/agents/events?system=my%20crew", &[numbered(1)]).await;
    let main = server.address();
    server
        .eventually("/api/v1/sessions", |list| {
            list["sessions"][0]["dialect"] == "agents"
        })
        .await;
    for (address, prefix) in [(main, "/agents"), (own, "")] {
        let root = get(address, &format!("{prefix}/"), "").await;
        let moved = format!("location: {prefix}/dashboard");
        assert!(root.head.contains(&moved), "{}", root.head);
        // Whatever it accepts: followers of the redirect that say nothing, too.
        let dashboard = get(address, &format!("{prefix}/dashboard"), "").await;
        assert_eq!(dashboard.status, 200);
        assert!(
            dashboard.head.contains("content-type: text/html"),
            "{}",
            dashboard.head
        );
        let html = dashboard.text();
        assert!(html.contains("data-address=\"/sessions/my%20crew\""));
        assert!(html.contains("<title>Session my crew · Loopscope</title>"));
        let lost = get(address, &format!("{prefix}/nothing"), "").await;
        assert_eq!(lost.status, 404);
        assert!(
            lost.head.contains("content-type: text/plain"),
            "{}",
            lost.head
        );
        assert!(lost.text().contains(&format!("{prefix}/nothing")));
        let posted = format!(
            "POST {prefix}/nothing HTTP/1.1\r\nHost: {address}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        assert_eq!(exchange(address, posted.as_bytes()).await.status, 404);
        for path in ["health", "stats", "events", "opportunities"] {
            assert_eq!(
                get(address, &format!("{prefix}/{path}"), "").await.status,
                200
            );
        }
    }
    // The page that the dashboard is stands on the same port.
    let page = get(own, "/sessions/my%20crew", "Accept: text/html\r\n").await;
    assert_eq!(page.status, 200);
    let mut viewer = Begun::of(crate::support::Socket::open(own, "/").await).await;
    assert_eq!(viewer.history, [numbered(1)]);
    let through = crate::support::Socket::open(own, "/ws/publish?system=my%20crew");
    through.await.send(numbered(2).to_string()).await;
    assert_eq!(viewer.socket.next().await, numbered(2));
    server.stop().await;
}
