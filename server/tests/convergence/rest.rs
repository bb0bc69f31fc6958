//! Every REST route: shapes as snapshots, numbers by the contract's section 4.1, bounds and errors.

use serde_json::{Value, json};

use crate::support::{Server, event};
use crate::transcript::transcript;

#[tokio::test]
async fn a_run_that_converged_is_answered_in_the_contracts_shapes() {
    let server = Server::start(&[]).await;
    server.tell(&transcript("run-1")).await;
    insta::assert_json_snapshot!("sessions", server.read("/api/sessions").await);
    insta::assert_json_snapshot!("detail", server.read("/api/sessions/run-1").await);
    insta::assert_json_snapshot!(
        "events",
        server
            .read("/api/sessions/run-1/events?limit=4&offset=6")
            .await
    );
    insta::assert_json_snapshot!(
        "session_metrics",
        server.read("/api/sessions/run-1/metrics").await
    );
    insta::assert_json_snapshot!("threats", server.read("/api/threats").await);
    let metrics = server
        .eventually("/api/metrics", |value| value["converged_sessions"] == 1)
        .await;
    insta::assert_json_snapshot!("metrics", metrics);
    insta::assert_json_snapshot!("stats", server.read("/api/stats").await);
    insta::assert_json_snapshot!("security", server.read("/api/security").await);
    insta::assert_json_snapshot!(
        "convergence_metrics",
        server.read("/api/convergence/metrics").await
    );
    let state = server.read("/api/state").await;
    assert_eq!(state["logs"].as_array().unwrap().len(), 24);
    assert_eq!(state["logs"][23]["data"]["to"], "CONVERGED");
    let mut head = state;
    head["logs"] = json!([]);
    insta::assert_json_snapshot!("state", head);
    server.stop().await;
}

#[tokio::test]
async fn before_any_event_everything_answers_with_nothing() {
    let server = Server::start(&[]).await;
    let nothing = json!({"state": "IDLE", "iteration": 0, "session_id": "", "findings": 0, "fixes": 0, "vulnerabilities": 0, "logs": []});
    assert_eq!(server.read("/api/state").await, nothing);
    let sessions = json!({"sessions": [], "total": 0, "limit": 10, "offset": 0});
    assert_eq!(server.read("/api/sessions").await, sessions);
    let stats = json!({"total_sessions": 0, "converged_sessions": 0, "convergence_rate": 0.0, "avg_iterations": 0.0, "total_events": 0});
    assert_eq!(server.read("/api/stats").await, stats);
    assert_eq!(server.read("/api/threats").await, json!([]));
    assert_eq!(
        server.read("/api/security").await["risk_score"],
        Value::Null
    );
    assert_eq!(
        server.read("/api/convergence/metrics").await["current_stage"],
        Value::Null
    );
    assert_eq!(server.read("/health").await["status"], "healthy");
    server.stop().await;
}

#[tokio::test]
async fn security_counts_what_was_found_and_is_null_before_anything_was_looked_at() {
    let server = Server::start(&[]).await;
    let posture = async |body: Value| {
        server.tell(&[body]).await;
        let security = server.read("/api/security").await;
        let counts = ["critical", "high", "medium", "low"]
            .map(|name| security["vulnerabilities"][name].clone());
        (security["risk_score"].clone(), counts)
    };
    let nothing = (
        Value::Null,
        [Value::Null, Value::Null, Value::Null, Value::Null],
    );
    let at = |risk: u64, counts: [u64; 4]| (json!(risk), counts.map(Value::from));
    let started = event("s", 1, "SESSION_STARTED", 0, &json!({}));
    assert_eq!(posture(started).await, nothing);
    let announced = json!({"severity": "critical", "description": "q"});
    let announced = event("s", 2, "VULNERABILITY_FOUND", 1, &announced);
    assert_eq!(posture(announced).await, at(85, [1, 0, 0, 0]));
    let attack =
        json!({"step": "attack", "findings": [{"severity": "critical", "description": "x"}]});
    let attack = event("s", 3, "STEP_COMPLETE", 1, &attack);
    assert_eq!(posture(attack).await, at(70, [2, 0, 0, 0]));
    let total = &server.read("/api/sessions/s").await["metrics"]["total_vulnerabilities"];
    assert_eq!(total, 1, "of the attack step alone");
    let look = json!({"step": "diagnose", "findings_count": 6, "metrics": {"high": 1, "medium": 2, "low": 3}});
    let look = event("s", 4, "STEP_COMPLETE", 2, &look);
    assert_eq!(posture(look).await, at(56, [2, 1, 2, 3]));
    let repelled = json!({"step": "attack", "findings_count": 0});
    let repelled = event("s", 5, "STEP_COMPLETE", 2, &repelled);
    assert_eq!(posture(repelled).await, at(86, [0, 1, 2, 3]));
    let reached = event("s", 6, "CONVERGENCE_REACHED", 2, &json!({"iterations": 2}));
    assert_eq!(posture(reached).await, at(100, [0; 4]));
    // A look that finds nothing is a look; a run that never looked says nothing.
    let blind = event("t", 7, "SESSION_STARTED", 0, &json!({}));
    assert_eq!(posture(blind).await, nothing);
    let clean = json!({"step": "diagnose", "findings_count": 0});
    let clean = event("t", 8, "STEP_COMPLETE", 1, &clean);
    assert_eq!(posture(clean).await, at(100, [0; 4]));
    server.stop().await;
}

#[tokio::test]
async fn sessions_come_newest_start_first_in_pages() {
    let server = Server::start(&[]).await;
    for (minute, id) in ["old", "newest", "middle"].into_iter().zip([0, 120, 60]) {
        server
            .tell(&[event(minute, id, "SESSION_STARTED", 0, &json!({}))])
            .await;
    }
    let ids = |value: &Value| -> Vec<String> {
        let rows = value["sessions"]
            .as_array()
            .or_else(|| value.as_array())
            .unwrap();
        rows.iter()
            .map(|row| row["session_id"].as_str().unwrap().to_owned())
            .collect()
    };
    for (query, expected) in [
        ("", vec!["newest", "middle", "old"]),
        ("?limit=2", vec!["newest", "middle"]),
        ("?limit=2&offset=2", vec!["old"]),
        ("?offset=99999999999999999999", vec![]),
        ("?limit=-5", vec!["newest"]),
        ("?limit=0&offset=-1", vec!["newest"]),
        ("?format=array&limit=1&offset=1", vec!["middle"]),
    ] {
        let answer = server.read(&format!("/api/sessions{query}")).await;
        assert_eq!(ids(&answer), expected, "{query}");
        if answer.is_object() {
            assert_eq!(answer["total"], 3, "{query}");
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn events_come_by_the_producers_clock_and_ties_by_arrival() {
    let server = Server::start(&[]).await;
    let mut events = vec![
        event("s", 5, "FIFTH", 1, &json!({})),
        event("s", 1, "FIRST", 1, &json!({})),
        event("s", 9, "TIE_A", 1, &json!({})),
        event("s", 10, "TIE_B", 1, &json!({})),
    ];
    events[3]["timestamp"] = events[2]["timestamp"].clone();
    server.tell(&events).await;
    let answer = server.read("/api/sessions/s/events").await;
    let names: Vec<_> = answer["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| &event["event_type"])
        .collect();
    assert_eq!(names, ["FIRST", "FIFTH", "TIE_A", "TIE_B"]);
    server.stop().await;
}

#[tokio::test]
async fn what_is_wrong_is_said_in_the_contracts_shape() {
    let server = Server::start(&[]).await;
    server.tell(&[event("s", 1, "X", 0, &json!({}))]).await;
    for (path, expected) in [
        ("/api/sessions/none", 404),
        ("/api/sessions/none/events", 404),
        ("/api/sessions/none/metrics", 404),
        ("/api/sessions/%00", 404),
        ("/api/sessions?limit=ten", 422),
        ("/api/sessions?limit=", 422),
        ("/api/sessions?offset=1.5", 422),
        ("/api/sessions/s/events?limit=NaN", 422),
        ("/api/threats?limit=0x10", 422),
        ("/api/sessions/%FF", 400),
        ("/api/sessions/%FF/events", 400),
        ("/api/sessions/%FF/metrics", 400),
        ("/api/sessions/", 404),
        ("/api/sessions/s/", 404),
        ("/api/sessions/s/nothing", 404),
        ("/api/sessions/s/events/", 404),
        ("/api/state/", 404),
        ("/health/", 404),
        ("/ws", 400),
        ("/events", 405),
    ] {
        let (status, body) = server.get(path).await;
        assert_eq!(status, expected, "{path}: {body}");
        for key in ["detail", "error", "message"] {
            assert!(body[key].is_string(), "{path}: {body}");
        }
        assert_eq!(body["detail"], body["message"], "{path}");
    }
    server.stop().await;
}

#[tokio::test]
async fn reads_are_shared_with_pages_of_any_origin_and_nothing_else_is() {
    let server = Server::start(&[]).await;
    let ask = |method: &str, path: &str| {
        format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").into_bytes()
    };
    let read = server.exchange(ask("GET", "/api/stats")).await;
    assert!(
        read.head.contains("access-control-allow-origin: *"),
        "{}",
        read.head
    );
    let preflight = server.exchange(ask("OPTIONS", "/api/stats")).await;
    assert_eq!(preflight.status, 204);
    assert!(
        preflight
            .head
            .contains("access-control-allow-headers: authorization")
    );
    let webhook = server.exchange(ask("POST", "/events")).await;
    assert!(!webhook.head.contains("access-control"), "{}", webhook.head);
    server.stop().await;
}

#[tokio::test]
async fn history_survives_a_restart() {
    let server = Server::start(&[]).await;
    server.tell(&transcript("run-1")).await;
    let before = server.read("/api/sessions/run-1").await;
    let server = server.restart().await;
    assert_eq!(server.read("/api/sessions/run-1").await, before);
    assert_eq!(server.read("/api/sessions/run-1/events").await["total"], 24);
    server.stop().await;
}

#[tokio::test]
async fn a_page_of_large_events_comes_whole_and_in_order() {
    let server = Server::start(&[]).await;
    let text = "x".repeat(200_000);
    for n in 0..100 {
        server
            .tell(&[event("s", n, "LARGE", 1, &json!({"n": n, "text": text}))])
            .await;
    }
    for (query, expected) in [
        ("?limit=90&offset=5", 5..95_u64),
        ("?limit=1000", 0..100),
        ("?limit=1000&format=array", 0..100),
    ] {
        let answer = server.read(&format!("/api/sessions/s/events{query}")).await;
        let events = answer["events"]
            .as_array()
            .or_else(|| answer.as_array())
            .unwrap();
        let numbers: Vec<u64> = events
            .iter()
            .map(|event| event["data"]["n"].as_u64().unwrap())
            .collect();
        assert_eq!(numbers, expected.collect::<Vec<_>>(), "{query}");
        if answer.is_object() {
            assert_eq!(answer["total"], 100);
        }
    }
    server.stop().await;
}
